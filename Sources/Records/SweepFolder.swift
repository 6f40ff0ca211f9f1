public import Foundation
import Primitives

/// A sweep on disk: a run's folder with the work of its trials, archived once, and a folder for each trial.
///
/// Its id is a digest of the work, so that the same cell finds the same sweep, whoever runs it and when; a grid that was
/// edited finds it too, and with it the trials that are done.
public struct SweepFolder: Sendable, Hashable {
  /// What a sweep is.
  public struct Facts: Sendable, Hashable, Codable {
    /// Twelve digits: a digest of the work and all that it refers to.
    public var id: String
    /// What the user calls it.
    public var name: String
    /// The work as it was written.
    public var work: String
    /// When it was first run.
    public var started: Date

    /// What a sweep is.
    public init(id: String, name: String, work: String, started: Date) {
      (self.id, self.name, self.work, self.started) = (id, name, work, started)
    }
  }

  /// The run's folder.
  public let folder: RunFolder
  /// The folder that holds all runs.
  public let outputs: String
  /// What it is.
  public let facts: Facts

  /// Its path.
  public var path: String { folder.path }
  /// Where the work is archived.
  public var work: String { path + "/work" }

  /// The sweep of an id, whose folder is made if it is not there.
  ///
  /// - Parameters:
  ///   - facts: what it is.
  ///   - outputs: the folder that holds all runs.
  ///   - archive: where its work is archived; moved into a folder that is made.
  /// - Throws: ``RecordsError``, `AtomicFile.Failure`.
  public init(_ facts: Facts, in outputs: String, work archive: String) throws {
    if let found = SweepFolder(id: facts.id, in: outputs) {
      self = found
      return
    }
    // The folder may be there without its facts: its maker was killed, or is at this place just now.
    let folder: RunFolder
    if let path = Self.paths(facts.id, in: outputs).first {
      folder = try .open(path)
    } else {
      folder = try .make(in: outputs, date: facts.started, name: facts.name, id: facts.id)
    }
    if rename(archive, folder.path + "/work") != 0, errno != ENOTEMPTY, errno != EEXIST {
      throw RecordsError.unwritable(folder.path, reason: String(cString: strerror(errno)))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.dateEncodingStrategy = .iso8601
    try AtomicFile.write(encoder.encode(facts), to: folder.path + "/sweep.json")
    (self.folder, self.outputs, self.facts) = (folder, outputs, facts)
  }

  /// The sweep of an id, if it has been run; else one that is not there yet, and whose trials are not either.
  ///
  /// - Parameters:
  ///   - facts: what it is.
  ///   - outputs: the folder that holds all runs.
  public init(planned facts: Facts, in outputs: String) {
    let planned = SweepFolder(facts, RunFolder(path: outputs + "/" + facts.id), outputs)
    self = SweepFolder(id: facts.id, in: outputs) ?? planned
  }

  private init(_ facts: Facts, _ folder: RunFolder, _ outputs: String) {
    (self.facts, self.folder, self.outputs) = (facts, folder, outputs)
  }

  /// The sweep of an id, if it has been run.
  ///
  /// - Parameters:
  ///   - id: twelve digits.
  ///   - outputs: the folder that holds all runs.
  public init?(id: String, in outputs: String) {
    guard let path = Self.paths(id, in: outputs).first else { return nil }
    self.init(path)
  }

  /// The sweep in a folder.
  ///
  /// - Parameter path: the folder.
  /// - Returns: `nil` if there is none.
  public init?(_ path: String) {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let data = try? AtomicFile.read(path + "/sweep.json"),
      let facts = try? decoder.decode(Facts.self, from: data), let folder = try? RunFolder.open(path)
    else { return nil }
    (self.folder, self.facts) = (folder, facts)
    outputs = URL(fileURLWithPath: path).deletingLastPathComponent().relativePath
  }

  private static func paths(_ id: String, in outputs: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: outputs)) ?? []
    return names.filter { $0.hasSuffix("-" + id) }.sorted().map { "\(outputs)/\($0)" }
  }

  /// A trial of it, whether it has begun or not.
  public func trial(_ id: String, _ parameters: [TrialFolder.Field]) -> TrialFolder {
    TrialFolder(.init(id: id, sweep: facts.id, parameters: parameters), in: path, outputs: outputs)
  }

  /// Its trials, by id, whichever grid they belong to.
  public var trials: [TrialFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/trials")) ?? []
    return names.sorted().compactMap { TrialFolder("\(path)/trials/\($0)") }
  }

  /// Takes the lock of whoever gives out its trials, if nobody holds it.
  ///
  /// - Returns: its descriptor, or `nil`.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  public func lockIfFree() throws(RecordsError) -> Int32? { try FileLock.take(path + "/lock") }

  /// Notes a decision about a trial: started, ended, retried, promoted.
  ///
  /// - Parameters:
  ///   - decision: what was decided.
  ///   - trial: about which trial.
  ///   - facts: why.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  public func note(_ decision: String, of trial: String, _ facts: KeyValuePairs<String, String> = [:]) throws {
    let members = [("decision", decision), ("trial", trial)] + facts.map { ($0.key, $0.value) }
    let text = members.map { $0.0.inJSON + ":" + $0.1.inJSON }.joined(separator: ",")
    try LineFile.append("{\(text)}", to: path + "/decisions.jsonl")
  }
}
