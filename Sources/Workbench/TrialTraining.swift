import Foundation
import Learning
import Primitives
import Records
import Script

/// The training inside a trial, so that a worker that was killed or stopped has not worked in vain.
///
/// When a trial is done again, its work runs from its start; a trainer that comes to a run of steps which an earlier
/// worker has taken, or begun, goes on from the last checkpoint of that run instead. Trainers are told apart by label
/// and order, and runs by their order, which the same work always has.
///
/// What is not training is done anew: it has the same result. So are steps whose function refers to variables outside
/// of itself, since what it did to them is gone with the worker.
final class TrialTraining {
  /// Where a trial pauses, for others to come first.
  struct Pause {
    /// The metric that is compared.
    var metric: String
    /// How many of its last steps are averaged.
    var window: Int
    /// After which steps of the trainer the metric is noted.
    var rungs: [Int]
    /// At which of them the trial pauses; `nil` for none.
    var until: Int?
  }

  /// Whether a number in training was not finite.
  var sawNotFinite = false
  /// Whether the trial paused at a rung.
  private(set) var isPaused = false
  /// Seconds of work, over all workers of the trial.
  var seconds: Double { before + (ContinuousClock.now - start) / .seconds(1) }

  private let folder: TrialFolder
  private let pause: Pause?
  private let before: Double
  private let start = ContinuousClock.now
  private var trainers: [(trainer: TrainerObject, name: String)] = []
  private var runs: [String: Int] = [:]
  /// The run of steps that goes on; `nil` if it cannot be taken up again.
  private var current: String?
  private var saved = (time: ContinuousClock.now, cost: Duration.zero)

  /// Training goes on while nothing is saved: saving takes one part in so many of the time, no more.
  private static let share = 20.0

  init(_ folder: TrialFolder, pause: Pause?) {
    (self.folder, self.pause) = (folder, pause)
    before =
      (try? AtomicFile.read(folder.checkpoints + "/seconds"))
      .flatMap { Double(String(decoding: $0, as: UTF8.self)) } ?? 0
    // What was being written when a worker was killed.
    for name in names where name.hasSuffix(Self.unfinished) {
      try? FileManager.default.removeItem(atPath: folder.checkpoints + "/" + name)
    }
  }

  private static let unfinished = ".part"
  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.checkpoints)) ?? [] }

  /// Prepares a trainer for a run of steps.
  ///
  /// - Parameters:
  ///   - trainer: it.
  ///   - each: what is called after each step.
  /// - Returns: whether it goes on in the midst of that run, or at its end.
  /// - Throws: if there is a checkpoint that cannot be read.
  func takeUp(_ trainer: TrainerObject, each: Function?) throws -> Bool {
    let name = name(of: trainer)
    let run = runs[name, default: 0] + 1
    runs[name] = run
    guard each?.isSelfContained != false else {
      current = nil
      return false
    }
    let key = "\(name)-run-\(run)"
    current = key
    guard let latest = checkpoints(key).last else { return false }
    try trainer.trainer.restore(from: latest)
    return true
  }

  /// The number of the last step of a trainer whose metrics stay as they were written: that before its latest
  /// checkpoint; -1 if there is none.
  func lastStep(of trainer: TrainerObject) -> Int {
    let prefix = name(of: trainer) + "-run-"
    let steps = names.filter { $0.hasPrefix(prefix) }.compactMap { $0.split(separator: "-").last.flatMap { Int($0) } }
    return (steps.max() ?? 0) - 1
  }

  /// Takes notice of a step that was taken; saves now and then, and at a rung.
  func keep(_ trainer: TrainerObject) throws {
    let now = ContinuousClock.now
    let isRung = try pause.map { try note(trainer, $0) } ?? false
    if isRung || now - saved.time >= saved.cost * Self.share { try save(trainer) }
    guard isRung, let until = pause?.until, trainer.trainer.step >= until else { return }
    isPaused = true
    throw Diagnostic(.stopped, "paused after step \(trainer.trainer.step)")
  }

  /// Leaves a run that was stopped before its end.
  ///
  /// - Throws: always: the trial ends here.
  func leave(_ trainer: TrainerObject) throws {
    try save(trainer)
    throw Diagnostic(.stopped, "stopped after step \(trainer.trainer.step)")
  }

  private func name(of trainer: TrainerObject) -> String {
    if let known = trainers.first(where: { $0.trainer === trainer }) { return known.name }
    let number = trainers.count { $0.trainer.label == trainer.label } + 1
    trainers.append((trainer, "\(trainer.label)-\(number)"))
    return "\(trainer.label)-\(number)"
  }

  /// The checkpoints of a run of steps, the latest last.
  private func checkpoints(_ key: String) -> [String] {
    names.compactMap { name -> (path: String, step: Int)? in
      guard name.hasPrefix(key + "-step-"), let step = Int(name.dropFirst(key.count + 6)) else { return nil }
      return ("\(folder.checkpoints)/\(name)", step)
    }.sorted { $0.step < $1.step }.map(\.path)
  }

  private func save(_ trainer: TrainerObject) throws {
    guard let current else { return }
    let start = ContinuousClock.now
    let path = "\(folder.checkpoints)/\(current)-step-\(trainer.trainer.step)"
    let old = checkpoints(current)
    guard !old.contains(path) else { return }
    try trainer.trainer.save(to: path + Self.unfinished)
    guard rename(path + Self.unfinished, path) == 0 else {
      throw AtomicFile.Failure.unwritable(path, reason: String(cString: strerror(errno)))
    }
    try AtomicFile.write("\(seconds)", to: folder.checkpoints + "/seconds")
    for path in old { try? FileManager.default.removeItem(atPath: path) }
    saved = (ContinuousClock.now, ContinuousClock.now - start)
  }

  /// Notes the metric at a rung.
  ///
  /// - Returns: whether the step is a rung.
  private func note(_ trainer: TrainerObject, _ pause: Pause) throws -> Bool {
    let step = trainer.trainer.step
    let history = trainer.trainer.history
    guard pause.rungs.contains(step), let column = history.names.firstIndex(of: pause.metric) else { return false }
    let values = history.columns[column].suffix(pause.window)
    try folder.note(.init(step: step, value: Statistics.mean(Array(values))))
    return true
  }
}
