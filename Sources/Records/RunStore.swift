import Foundation
import GRDB
import Primitives

/// The store of all runs below a folder, `easel.sqlite`: an index of what their folders hold, for any number of
/// processes at once.
///
/// The folders stay the truth: all that is in the store, but for the sweeps' own bookkeeping, can be made again from
/// them (``rebuild(_:)``).
public final class RunStore: Sendable {
  /// The folder that holds all runs.
  public let outputs: String
  let pool: DatabasePool
  /// Which file was opened: one that is put in its place is another store.
  private let file: FileIdentity

  /// How long one process waits while others write, in seconds. Their transactions take milliseconds.
  private static let patience = 10.0

  /// Opens the store below a folder; makes it if it is not there, and brings one of an older version up to date.
  ///
  /// - Parameter outputs: the folder that holds all runs; made if it is not there.
  /// - Throws: ``RecordsError/store(_:reason:)``, ``RecordsError/unwritable(_:reason:)``.
  public convenience init(outputs: String) throws { try self.init(outputs: outputs, migrations: Self.migrations) }

  init(outputs: String, migrations: [Migration]) throws {
    self.outputs = outputs
    try RunFolder.makeFolder(outputs, for: outputs)
    let path = Self.path(in: outputs)
    // To make the file, to switch it to WAL and to change its tables is for one process at a time.
    let lock = open(outputs + "/.easel.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    defer { if lock >= 0 { close(lock) } }
    if lock >= 0 { flock(lock, LOCK_EX) }
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(Self.patience)
      configuration.maximumReaderCount = 2
      pool = try DatabasePool(path: path, configuration: configuration)
      try Self.migrate(pool, migrations)
      guard let file = FileIdentity(path) else { throw RecordsError.store(path, reason: "it is gone") }
      self.file = file
    } catch {
      throw Self.problem(error, path)
    }
  }

  /// Where the store of a folder is.
  ///
  /// - Parameter outputs: the folder that holds all runs.
  public static func path(in outputs: String) -> String { outputs + "/easel.sqlite" }

  /// Whether there is a store below a folder.
  ///
  /// - Parameter outputs: the folder that holds all runs.
  public static func exists(in outputs: String) -> Bool {
    FileManager.default.fileExists(atPath: path(in: outputs))
  }

  /// Whether the file that was opened is still the one that others open.
  var isCurrent: Bool { FileIdentity(Self.path(in: outputs)) == file }

  /// Reads; what others write meanwhile is not seen.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do { return try pool.read(body) } catch { throw Self.problem(error, Self.path(in: outputs)) }
  }

  /// Changes everything that the body changes, or nothing if it throws.
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do { return try pool.write(body) } catch { throw Self.problem(error, Self.path(in: outputs)) }
  }

  /// Keeps the file open until the process ends.
  ///
  /// To close it would wait for the disk, twice, to take in what is in the log beside the store; the next process that
  /// opens the store reads the log as well, and it is taken in whenever it grows to four megabytes.
  func leaveOpen() { _ = Unmanaged.passRetained(pool) }

  /// Why a store that cannot be read cannot be used.
  static let damage = "it is damaged; 'easel runs rebuild' makes it again from the folders of the runs"

  /// A failure in words that a user knows.
  private static func problem(_ error: any Error, _ path: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    let reason =
      switch error.resultCode {
      case .SQLITE_FULL: "the disk is full"
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: "you may not write to it"
      case .SQLITE_CANTOPEN: "it cannot be opened"
      case .SQLITE_IOERR: "the disk is full, or it fails"
      case .SQLITE_BUSY, .SQLITE_LOCKED: "another process has kept it for too long"
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: damage
      default: error.message ?? "\(error.resultCode)"
      }
    return RecordsError.store(path, reason: reason)
  }
}

/// What tells a file apart from another one at the same path.
private struct FileIdentity: Equatable, Sendable {
  private let device: UInt64
  private let number: UInt64

  init?(_ path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    (device, number) = (UInt64(facts.st_dev), UInt64(facts.st_ino))
  }
}
