public import Foundation
import Primitives

/// What is known of a run: a row of the store, and `run.json` in the run's folder, from which the row can be made
/// again.
public struct RunRecord: Sendable, Hashable, Codable {
  /// What made it run.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// `easel run FILE`.
    case script
    /// The prompt.
    case session
    /// Work that was started in a process of its own.
    case job
    /// A sweep, the parent of its trials.
    case sweep
    /// One point of a sweep.
    case trial
    /// A run that was executed again.
    case replay
  }

  /// How it stands.
  public enum Status: String, Sendable, Codable, CaseIterable {
    /// Its process is being made.
    case starting
    /// A process works on it.
    case running
    /// It came to its end.
    case finished
    /// Something went wrong.
    case failed
    /// It was asked to stop, and did.
    case stopped
    /// Its process is gone without having said how it ended.
    case lost

    /// Whether a process works on it, or is about to.
    public var isAlive: Bool { self == .starting || self == .running }
  }

  /// What tells it apart from all others in the store: six digits.
  public var id: String
  /// What the user calls it: the script's name, or `session`.
  public var name: String
  /// What made it run.
  public var kind: Kind
  /// The id of the run that it came from, if there is one.
  public var parent: String?
  /// How it stands, as far as its process lived to say.
  public var status: Status
  /// When it began.
  public var started: Date
  /// When it ended, or `nil`.
  public var ended: Date?
  /// What it was run with, by name: `set.steps`, `grpo.lr`.
  public var configuration: [String: Setting]
  /// Words that the user has given it, in order.
  public var tags: [String]
  /// A line that the user has written on it.
  public var note: String
  /// Whether lists leave it out.
  public var isArchived: Bool

  /// What is known of a run that begins.
  ///
  /// - Parameters:
  ///   - id: what tells it apart.
  ///   - name: what the user calls it.
  ///   - kind: what made it run.
  ///   - parent: the run that it came from, if there is one.
  ///   - started: when it began.
  ///   - configuration: what it was run with.
  public init(
    id: String, name: String, kind: Kind, parent: String? = nil, started: Date,
    configuration: [String: Setting] = [:]
  ) {
    (self.id, self.name, self.kind, self.parent, self.started) = (id, name, kind, parent, started)
    (status, ended, self.configuration, tags, note, isArchived) = (.running, nil, configuration, [], "", false)
  }

  // MARK: The run's folder

  /// The record in a run's folder, or `nil` if there is none that can be read.
  public init?(in folder: RunFolder) {
    guard let data = try? AtomicFile.read(folder.record) else { return nil }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .secondsSince1970
    guard let record = try? decoder.decode(RunRecord.self, from: data) else { return nil }
    self = record
  }

  /// Writes the record into the run's folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - folder: the run's.
  ///   - isFlushed: whether to wait until the disk has it.
  /// - Throws: `AtomicFile.Failure`, ``RecordsError/unwritable(_:reason:)``.
  public func write(to folder: RunFolder, isFlushed: Bool = true) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .secondsSince1970
    let data: Data
    do {
      data = try encoder.encode(self)
    } catch {
      throw AtomicFile.Failure.unwritable(folder.record, reason: "\(error)")
    }
    if isFlushed { try AtomicFile.write(data, to: folder.record) } else { try folder.write(data, to: folder.record) }
  }

  /// Changes the record in a run's folder, after and before whatever other processes change in it.
  ///
  /// - Parameters:
  ///   - folder: the run's.
  ///   - isFlushed: whether to wait until the disk has it.
  ///   - fallback: what is changed if the folder's record cannot be read.
  ///   - change: the change.
  /// - Returns: the record as it now is.
  /// - Throws: ``RecordsError/noRun(_:)`` if there is no record, `AtomicFile.Failure`.
  @discardableResult public static func update(
    in folder: RunFolder, isFlushed: Bool = true, or fallback: RunRecord? = nil, _ change: (inout RunRecord) -> Void
  ) throws -> RunRecord {
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    if descriptor >= 0 { flock(descriptor, LOCK_EX) }
    guard var record = RunRecord(in: folder) ?? fallback else { throw RecordsError.noRun(folder.path) }
    change(&record)
    try record.write(to: folder, isFlushed: isFlushed)
    return record
  }
}

extension RunRecord {
  /// One value that a run was given.
  public enum Setting: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Nothing.
    case none
    /// Yes or no.
    case flag(Bool)
    /// A whole number.
    case whole(Int)
    /// Any number.
    case number(Double)
    /// Anything else, as it is shown.
    case text(String)

    /// As it is written.
    public var description: String {
      switch self {
      case .none: "none"
      case .flag(let flag): "\(flag)"
      case .whole(let number): "\(number)"
      case .number(let number): "\(number)"
      case .text(let text): text
      }
    }

    /// Reads one JSON value; lists and tables of texts, as environments have, become one text.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .none
      } else if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Int.self) {
        self = .whole(number)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let list = try? container.decode([String].self) {
        self = .text(list.joined(separator: ", "))
      } else if let table = try? container.decode([String: String].self) {
        self = .text(table.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", "))
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    /// Writes one JSON value; a number that JSON cannot say becomes its text.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .none: try container.encodeNil()
      case .flag(let flag): try container.encode(flag)
      case .whole(let number): try container.encode(number)
      case .number(let number) where number.isFinite: try container.encode(number)
      case .number(let number): try container.encode("\(number)")
      case .text(let text): try container.encode(text)
      }
    }
  }
}
