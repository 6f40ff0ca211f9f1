import Foundation
import Primitives

/// A trial of a sweep on disk: a run's folder in which a worker calls the sweep's work with some parameters.
///
/// `spec.json` says which trial it is, and is written once. `end.json` says how it ended, and is written once, whole, by
/// the worker or, for one that is gone, never: a trial without it is still to be done, from its checkpoints if there
/// are some. The worker's lock, state and log are those of a ``JobFolder``.
public struct TrialFolder: Sendable, Hashable {
  /// A value by its name.
  public struct Field: Sendable, Hashable, Codable {
    /// The name of the parameter or result.
    public var name: String
    /// The value as people read it.
    public var text: String
    /// The value as JSON, for whoever wrote it.
    public var value: String

    /// A value by its name.
    public init(name: String, text: String, value: String) {
      (self.name, self.text, self.value) = (name, text, value)
    }

    /// The value as people read it where there is one line for all: without the end of a long one.
    public var short: String {
      let line = text.prefix { !$0.isNewline }
      return line.count <= 32 && line.count == text.count ? text : line.prefix(31) + "…"
    }
  }

  /// Which trial it is.
  public struct Spec: Sendable, Hashable, Codable {
    /// Twelve digits: a digest of all that decides its result.
    public var id: String
    /// The sweep's id.
    public var sweep: String
    /// What the work is called with.
    public var parameters: [Field]

    /// Which trial it is.
    public init(id: String, sweep: String, parameters: [Field]) {
      (self.id, self.sweep, self.parameters) = (id, sweep, parameters)
    }

    /// The parameters on one line: `group 4, think true`.
    public var text: String { parameters.map { "\($0.name) \($0.short)" }.joined(separator: ", ") }
  }

  /// How a trial ended.
  public struct End: Sendable, Hashable, Codable {
    /// How.
    public enum Status: String, Sendable, Codable {
      /// All was done.
      case done
      /// Something went wrong that would go wrong again.
      case failed
    }

    /// What went wrong.
    public enum Failure: String, Sendable, Codable {
      /// A number was not finite.
      case nan
      /// There was not enough memory.
      case memory
      /// A signal ended the worker.
      case signal
      /// The work itself.
      case error
    }

    /// How it ended.
    public var status: Status
    /// What the work gave, a column each.
    public var results: [Field] = []
    /// What kind of failure it was.
    public var failure: Failure?
    /// What went wrong, in words.
    public var problem: String?
    /// What two failures have in common that have one cause: the code and the place.
    public var cause: String?
    /// Seconds of work, over all its workers.
    public var seconds = 0.0
    /// The most memory that the last worker had, in bytes.
    public var memory = 0

    /// How a trial ended.
    public init(status: Status) { self.status = status }
  }

  /// A metric at a rung of early stopping.
  public struct Rung: Sendable, Hashable, Codable {
    /// The steps taken.
    public var step: Int
    /// The metric.
    public var value: Double

    /// A metric at a rung.
    public init(step: Int, value: Double) { (self.step, self.value) = (step, value) }
  }

  /// Its lock, state and log.
  public let job: JobFolder
  /// Which trial it is.
  public let spec: Spec

  /// Its id.
  public var id: String { spec.id }
  /// Its path.
  public var path: String { job.folder.path }
  /// Where training that was interrupted goes on from.
  public var checkpoints: String { path + "/resume" }

  private init(_ job: JobFolder, _ spec: Spec) { (self.job, self.spec) = (job, spec) }

  /// The trial in a folder.
  ///
  /// - Parameter path: the folder.
  /// - Returns: `nil` if there is none.
  public init?(_ path: String) {
    let sweep = URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent()
    guard let data = try? AtomicFile.read(path + "/spec.json"),
      let spec = try? JSONDecoder().decode(Spec.self, from: data),
      let job = JobFolder(path, outputs: sweep.deletingLastPathComponent().relativePath)
    else { return nil }
    self.init(job, spec)
  }

  /// The trial of a sweep, whether its folder is there or not.
  ///
  /// - Parameters:
  ///   - spec: which it is.
  ///   - sweep: the sweep's folder.
  ///   - outputs: the folder that holds all runs.
  public init(_ spec: Spec, in sweep: String, outputs: String) {
    let facts = JobFolder.Facts(id: spec.id, work: spec.text, started: Date())
    let folder = RunFolder(path: "\(sweep)/trials/\(spec.id)")
    self.init(JobFolder(unwritten: facts, in: folder, outputs: outputs), spec)
  }

  /// Makes its folder, if it is not there.
  ///
  /// - Throws: `AtomicFile.Failure`.
  public func make() throws {
    guard !FileManager.default.fileExists(atPath: path + "/spec.json") else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try job.write()
    // Last, so that a folder with a spec is whole.
    try AtomicFile.write(encoder.encode(spec), to: path + "/spec.json")
  }

  /// The folder of the sweep.
  public var sweep: String {
    URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent().relativePath
  }

  // MARK: How it stands

  private var endFile: String { path + "/end.json" }
  private var rungsFile: String { path + "/rungs.json" }
  private var attemptsFile: String { path + "/attempts.txt" }

  /// How it ended, or `nil` if it has not.
  public var end: End? {
    (try? AtomicFile.read(endFile)).flatMap { try? JSONDecoder().decode(End.self, from: $0) }
  }

  /// Says how it ended; for who holds its lock.
  ///
  /// - Throws: `AtomicFile.Failure`.
  public func write(_ end: End) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(encoder.encode(end), to: endFile)
  }

  /// Forgets how it ended, so that it is done again, from the start; for who holds its lock.
  public func reset() {
    for path in [endFile, rungsFile, checkpoints] { try? FileManager.default.removeItem(atPath: path) }
  }

  /// What its metric was at the rungs that it has come to, in order.
  public var rungs: [Rung] {
    (try? AtomicFile.read(rungsFile)).flatMap { try? JSONDecoder().decode([Rung].self, from: $0) } ?? []
  }

  /// Notes a rung; for the worker.
  ///
  /// - Throws: `AtomicFile.Failure`.
  public func note(_ rung: Rung) throws {
    let others = rungs.filter { $0.step != rung.step }
    try AtomicFile.write(
      JSONEncoder().encode((others + [rung]).sorted { $0.step < $1.step }), to: rungsFile)
  }

  /// How often a worker has begun.
  public var attempts: Int {
    (try? AtomicFile.read(attemptsFile)).map { $0.count { $0 == UInt8(ascii: "\n") } } ?? 0
  }

  /// Notes that a worker has begun; for the worker.
  ///
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  public func noteAttempt() throws {
    try LineFile.append("\(ProcessInfo.processInfo.processIdentifier)", to: attemptsFile)
  }
}
