public import Foundation
import Primitives

/// A job on disk: work that a process of its own does in a run's folder, as every process can read.
///
/// `job.json` says what the work is; it is written once, by whoever starts it. `state.json` says how it stands; only
/// the worker writes it, each time whole. The worker holds a lock on `lock` for as long as it lives, so that a process
/// that was killed is known to be gone, whatever its state says: the system lets go of the lock, and no number of a
/// process that was given to another can mislead.
public struct JobFolder: Sendable, Hashable {
  /// What a job is.
  public struct Facts: Sendable, Hashable, Codable {
    /// What tells it apart: six digits.
    public var id: String
    /// The work as it was written.
    public var work: String
    /// When it was started.
    public var started: Date

    /// What a job is.
    public init(id: String, work: String, started: Date) { (self.id, self.work, self.started) = (id, work, started) }
  }

  /// How the work stands.
  public enum Phase: String, Sendable, Codable {
    /// The worker makes ready.
    case starting
    /// It works.
    case running
    /// It was asked to stop, and finishes its step.
    case stopping
    /// All was done.
    case finished
    /// It was asked to stop, and did.
    case stopped
    /// Something went wrong.
    case failed
    /// Its process is gone without having said how it ended.
    case lost

    /// Whether a process works on it.
    public var isAlive: Bool { self == .starting || self == .running || self == .stopping }
  }

  /// What the worker says of itself.
  public struct State: Sendable, Hashable, Codable {
    /// How it stands, as far as the worker lived to say.
    public var phase = Phase.starting
    /// The worker's number, for signals.
    public var process: Int32
    /// What runs: `grpo`.
    public var label = ""
    /// Steps done, and in all.
    public var done = 0
    /// Steps in all, if that is known.
    public var total: Int?
    /// Figures in words.
    public var text = ""
    /// The figure that is watched, such as the reward.
    public var watched: Double?
    /// Seconds to go at the pace of the last steps.
    public var secondsLeft: Double?
    /// The archive of the trainer as it last was saved, inside the folder.
    public var latest: String?
    /// The archive of what the work gave, inside the folder.
    public var result: String?
    /// What went wrong.
    public var problem: String?

    /// The state of a worker that has just begun.
    public init(process: Int32) { self.process = process }
  }

  /// The run's folder that the job works in.
  public let folder: RunFolder
  /// The folder that holds all runs.
  public let outputs: String
  /// What the job is.
  public let facts: Facts

  /// Its id.
  public var id: String { facts.id }
  /// Where all that the worker prints goes.
  public var log: String { folder.path + "/log.txt" }
  /// Where the work is archived.
  public var work: String { folder.path + "/work" }

  private var stateFile: String { folder.path + "/state.json" }
  private var stopFile: String { folder.path + "/stop" }

  /// Makes a job's files in a new run's folder.
  ///
  /// - Parameters:
  ///   - facts: what it is.
  ///   - folder: the run's.
  ///   - outputs: the folder that holds all runs.
  /// - Throws: `AtomicFile.Failure`.
  public init(_ facts: Facts, in folder: RunFolder, outputs: String) throws {
    self.init(unwritten: facts, in: folder, outputs: outputs)
    try write()
  }

  /// A job whose files are not there yet.
  init(unwritten facts: Facts, in folder: RunFolder, outputs: String) {
    (self.facts, self.folder, self.outputs) = (facts, folder, outputs)
  }

  /// Says what it is.
  func write() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.dateEncodingStrategy = .iso8601
    try AtomicFile.write(encoder.encode(facts), to: folder.path + "/job.json")
  }

  /// The job in a run's folder.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - outputs: the folder that holds all runs, if it is another than the one that holds this.
  /// - Returns: `nil` if the run is no job.
  public init?(_ path: String, outputs: String? = nil) {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let data = try? AtomicFile.read(path + "/job.json"), let facts = try? decoder.decode(Facts.self, from: data),
      let folder = try? RunFolder.open(path)
    else { return nil }
    (self.facts, self.folder) = (facts, folder)
    self.outputs = outputs ?? URL(fileURLWithPath: path).deletingLastPathComponent().relativePath
  }

  /// All jobs, the one that was started last first.
  ///
  /// - Parameter outputs: the folder that holds all runs.
  public static func all(in outputs: String) -> [JobFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: outputs)) ?? []
    return names.compactMap { JobFolder(outputs + "/" + $0) }
      .sorted { ($0.facts.started, $0.id) > ($1.facts.started, $1.id) }
  }

  /// How it stands: what the worker said last, and whether it still lives.
  public var state: (phase: Phase, last: State?) {
    let isHeld = self.isHeld
    // Read after the lock was looked at: a worker writes its end before it lets go.
    let last = (try? AtomicFile.read(stateFile)).flatMap { try? JSONDecoder().decode(State.self, from: $0) }
    guard let last else { return (isHeld ? .starting : .lost, nil) }
    guard isHeld else { return (last.phase.isAlive ? .lost : last.phase, last) }
    return (wasAskedToStop && last.phase.isAlive ? .stopping : last.phase, last)
  }

  /// Says how it stands; for the worker.
  ///
  /// - Throws: `AtomicFile.Failure`.
  public func write(_ state: State) throws { try AtomicFile.write(JSONEncoder().encode(state), to: stateFile) }

  /// Whether somebody has asked it to stop.
  public var wasAskedToStop: Bool { FileManager.default.fileExists(atPath: stopFile) }

  /// Notes that it was asked to stop.
  ///
  /// - Throws: `AtomicFile.Failure`.
  public func noteStop() throws { try AtomicFile.write("", to: stopFile) }

  /// Takes the lock that the worker is to hold.
  ///
  /// - Returns: its descriptor, which holds the lock until it and all its copies are closed.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  public func lock() throws(RecordsError) -> Int32 { try folder.lock() }

  /// Takes the lock that the worker is to hold, if nobody holds it.
  ///
  /// - Returns: its descriptor, or `nil`.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  public func lockIfFree() throws(RecordsError) -> Int32? { try folder.lockIfFree() }

  /// Whether a process works on it.
  public var isHeld: Bool { folder.isHeld }
}
