public import Foundation
import Glibc
import Primitives

/// A run's own folder below the outputs: `<date>-<name>-<id>`, with folders inside that appear when first used.
public struct RunFolder: Sendable, Hashable {
  /// The folders inside a run's folder.
  public enum Section: String, Sendable, CaseIterable {
    /// Pictures that a model painted, and contact sheets.
    case images
    /// Figures with their scripts and tables.
    case plots
    /// Weights and training states.
    case checkpoints
  }

  /// The folder's path.
  public let path: String

  /// Makes a new run's folder.
  ///
  /// - Parameters:
  ///   - outputs: the folder that holds all runs; made if it is not there.
  ///   - date: the day that the folder's name begins with.
  ///   - timeZone: whose day that is.
  ///   - name: what the user calls the run; signs other than letters, digits, `-`, `_` and `.` become `-`.
  ///   - id: what tells runs of one name and day apart.
  /// - Throws: ``RecordsError/exists(_:)``, or ``RecordsError/unwritable(_:reason:)``.
  public static func make(
    in outputs: String, date: Date, timeZone: TimeZone = .current, name: String, id: String
  ) throws(RecordsError) -> RunFolder {
    let day = Date.ISO8601FormatStyle(timeZone: timeZone).year().month().day().format(date)
    let path = outputs + "/" + [day, plain(name), plain(id)].filter { !$0.isEmpty }.joined(separator: "-")
    try makeFolder(outputs, for: outputs)
    guard mkdir(path, 0o777) == 0 else {
      if errno == EEXIST { throw .exists(path) }
      throw .unwritable(outputs, reason: String(cString: strerror(errno)))
    }
    return RunFolder(path: path)
  }

  /// The folder of a run that was made before.
  ///
  /// - Parameter path: the run's folder.
  /// - Throws: ``RecordsError/noRun(_:)``.
  public static func open(_ path: String) throws(RecordsError) -> RunFolder {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw .noRun(path)
    }
    return RunFolder(path: path)
  }

  /// The run's metrics, a step a line.
  public var metrics: String { path + "/metrics.jsonl" }
  /// What is known of the run.
  public var record: String { path + "/run.json" }
  /// What the run ran on.
  public var environment: String { path + "/environment.json" }

  /// The path of a file in one of the run's folders, which is made if it is not there.
  ///
  /// - Parameters:
  ///   - name: the file's name; signs other than letters, digits, `-`, `_` and `.` become `-`.
  ///   - section: the folder inside the run's.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  public func file(_ name: String, in section: Section) throws(RecordsError) -> String {
    let folder = path + "/" + section.rawValue
    try RunFolder.makeFolder(folder, for: path)
    return folder + "/" + RunFolder.plain(name)
  }

  /// Writes a file without waiting until the disk has it, which takes longer than a short script. It is whole or absent
  /// however the process ends, but not if the machine goes down.
  ///
  /// - Parameters:
  ///   - data: its content.
  ///   - path: where it goes, in a folder that is there.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  public func write(_ data: Data, to path: String) throws(RecordsError) {
    let aside = path + ".\(getpid())"
    do {
      try data.write(to: URL(fileURLWithPath: aside))
    } catch {
      unlink(aside)
      throw .unwritable(self.path, reason: AtomicFile.reason(error))
    }
    guard rename(aside, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(aside)
      throw .unwritable(self.path, reason: reason)
    }
  }

  /// Takes the lock that tells everybody that the run's process lives: the system lets
  /// go of it however the process ends.
  ///
  /// - Returns: its descriptor, which holds the lock until it and all its copies are closed.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``, also if somebody holds it.
  public func lock() throws(RecordsError) -> Int32 {
    guard let descriptor = try lockIfFree() else { throw .unwritable(path, reason: "another process works in it") }
    return descriptor
  }

  /// Takes the run's lock, if nobody holds it.
  ///
  /// - Returns: its descriptor, or `nil`.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  public func lockIfFree() throws(RecordsError) -> Int32? { try FileLock.take(path + "/lock") }

  /// Whether a process holds the run's lock.
  public var isHeld: Bool { FileLock.isHeld(path + "/lock") }

  /// A name without signs that a shell or another system reads as more than a name, at most 80 characters long.
  static func plain(_ name: String) -> String {
    var result = ""
    for scalar in name.unicodeScalars {
      let isWord = scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
      if isWord || "-_.".unicodeScalars.contains(scalar) {
        result.unicodeScalars.append(scalar)
      } else if result.last != "-" {
        result += "-"
      }
    }
    let trimmed = result.drop { $0 == "-" || $0 == "." }.prefix(80)
    return String(trimmed).trimmingCharacters(in: CharacterSet(charactersIn: "-"))
  }

  static func makeFolder(_ folder: String, for outputs: String) throws(RecordsError) {
    do {
      try AtomicFile.makeFolder(folder)
    } catch {
      guard case .unwritable(_, let reason) = error else { throw .unwritable(outputs, reason: error.description) }
      throw .unwritable(outputs, reason: reason)
    }
  }
}
