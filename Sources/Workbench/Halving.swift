import Foundation
import Primitives
import Records
import Script

/// Early stopping by asynchronous successive halving: trials pause at rungs, and the best share of those that have come
/// to a rung goes on.
///
/// Source: L. Li, K. Jamieson, A. Rostamizadeh, E. Gonina, M. Hardt, B. Recht, A. Talwalkar, *A system for massively
/// parallel hyperparameter tuning*, MLSys 2020 (arXiv 1810.05934), algorithm 2.
struct Halving: Codable, Equatable {
  /// The metric of training that is compared.
  var metric: String
  /// After which steps, ascending.
  var rungs: [Int]
  /// One of so many goes on.
  var eta: Int
  /// How many of its last steps are averaged.
  var window: Int
  /// Whether the greatest is best.
  var isGreatestBest: Bool

  private static let file = "/halving.json"

  /// Writes the settings where workers find them.
  func write(in sweep: String) throws { try AtomicFile.write(JSONEncoder().encode(self), to: sweep + Self.file) }

  /// Where a trial's worker is to pause.
  static func pause(in sweep: String, until: Int?) throws -> TrialTraining.Pause? {
    guard let until else { return nil }
    let halving = try JSONDecoder().decode(Halving.self, from: AtomicFile.read(sweep + file))
    return .init(metric: halving.metric, window: halving.window, rungs: halving.rungs, until: until)
  }

  /// How far a trial has come: how many rungs it has noted.
  func level(_ rungs: [TrialFolder.Rung]) -> Int {
    self.rungs.prefix { step in rungs.contains { $0.step == step } }.count
  }

  /// Which paused trial goes on: from the highest rung that has one among its best, the best.
  ///
  /// - Parameters:
  ///   - noted: the rungs of every trial.
  ///   - paused: the trials that wait at their last rung.
  /// - Returns: the trial, the rung's step, and its place among how many; `nil` if none is to go on as yet.
  func promotion(_ noted: [[TrialFolder.Rung]], paused: [Int]) -> (trial: Int, step: Int, place: Int, of: Int)? {
    for level in rungs.indices.reversed() {
      let step = rungs[level]
      let all = ranking(noted, at: step)
      let best = all.prefix(all.count / eta)
      for (place, trial) in best.enumerated() where paused.contains(trial) && self.level(noted[trial]) == level + 1 {
        return (trial, step, place + 1, all.count)
      }
    }
    return nil
  }

  /// The trials that have come to a rung, the best first; the earlier of equals first, and what is not finite last.
  private func ranking(_ noted: [[TrialFolder.Rung]], at step: Int) -> [Int] {
    let values = noted.enumerated().compactMap { index, rungs in
      rungs.first { $0.step == step }.map { (trial: index, value: $0.value) }
    }
    return values.sorted { a, b in
      let (first, second) = isGreatestBest ? (a.value, b.value) : (-a.value, -b.value)
      guard first.isFinite, second.isFinite, first != second else {
        return first.isFinite == second.isFinite ? a.trial < b.trial : first.isFinite
      }
      return first > second
    }.map(\.trial)
  }

  /// Up to which step a trial goes next; `nil` to its end.
  func until(_ noted: [TrialFolder.Rung]) -> Int? {
    let level = level(noted)
    return level < rungs.count ? rungs[level] : nil
  }
}

/// Early stopping as a value of the language.
final class HalvingObject: BoundObject {
  static let functions: [Member] = [
    .function(
      "asha",
      "Early stopping for a sweep: trials pause at rungs, and one of so many, the best so far, goes on (ASHA)",
      [
        Parameter("metric", .string, "the metric of training that is compared, such as reward"),
        Parameter("rungs", .list(.int), "after which steps of a trainer trials pause"),
        Parameter("eta", .int, default: 3, limits: 2...100, "one of so many goes on"),
        Parameter("window", .int, default: 5, limits: 1...1e6, "how many of the last steps are averaged"),
        Parameter("best", .choice(["greatest", "least"]), default: "greatest", "which values are best"),
      ], result: .object("asha"), example: "asha(metric: \"reward\", rungs: [15, 45], eta: 3)"
    ) { arguments, _ in
      let rungs: [Int] = try arguments["rungs"]
      guard !rungs.isEmpty, rungs.allSatisfy({ $0 > 0 }), zip(rungs, rungs.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw arguments.problem("rungs", "rungs are numbers of steps above 0, each greater than the one before")
      }
      return .object(
        HalvingObject(
          Halving(
            metric: try arguments["metric"], rungs: rungs, eta: try arguments["eta"], window: try arguments["window"],
            isGreatestBest: try arguments["best"] as String == "greatest")))
    }
  ]

  static let type = BoundType("asha", "Early stopping of the trials of a sweep", members: [])

  let halving: Halving

  init(_ halving: Halving) { self.halving = halving }

  var boundType: BoundType { Self.type }
  var summary: String {
    let rungs = halving.rungs.map(String.init).joined(separator: ", ")
    return "early stopping: after \(rungs) steps one of \(halving.eta) goes on, by \(halving.metric)"
  }
}
