import Foundation
import Primitives

/// A run's numbers: `metrics.jsonl`, one JSON object a step, its keys in the order given.
///
/// Each step is handed to the system as one line before the call returns, so that a process killed at any moment
/// loses no finished step; a line cut short by a full disk or a crash is dropped when the file is read.
public final class MetricsFile {
  /// One step's numbers.
  public struct Row: Sendable {
    /// The step, from 0.
    public let step: Int
    /// Its numbers by name, in order; NaN for what was not finite.
    public let values: [(key: String, value: Double)]
  }

  /// The file's path.
  public let path: String
  /// The file's name without what all have: `grpo-2` of `metrics-grpo-2.jsonl`.
  public var name: String {
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return name.hasPrefix("metrics-") ? String(name.dropFirst(8)) : name
  }
  /// The last step in the file, or `nil`.
  public private(set) var lastStep: Int?
  private let handle: FileHandle
  /// How many bytes of the file are whole lines.
  private var length: UInt64
  /// Lines that could not be written yet, as on a full disk.
  private var waiting = Data()

  /// Opens a run's metrics for appending.
  ///
  /// - Parameters:
  ///   - path: the file; made if it is not there, with the folders on the way.
  ///   - step: the last step that stays: later lines are removed, for they will be written again. -1 starts anew.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``, ``RecordsError/damaged(_:line:reason:)``.
  public init(path: String, resumingAfter step: Int = -1) throws {
    self.path = path
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try RunFolder.makeFolder(folder, for: folder)
      if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
      let (rows, length) = try MetricsFile.parse(AtomicFile.read(path), path: path, upTo: step)
      (lastStep, self.length) = (rows.last?.step, UInt64(length))
      handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      try handle.truncate(atOffset: UInt64(length))
      try handle.seekToEnd()
    } catch let error as RecordsError {
      throw error
    } catch {
      throw RecordsError.unwritable(folder, reason: AtomicFile.reason(error))
    }
  }

  deinit { try? handle.close() }

  /// Appends one step.
  ///
  /// - Parameters:
  ///   - step: greater than ``lastStep``.
  ///   - values: its numbers by name, in order; written with the fewest digits that read back as the same number, and
  ///     as `null` if not finite.
  /// - Throws: ``RecordsError/stepOrder(_:last:path:)``, ``RecordsError/name(_:)``, and, the step being kept for the
  ///   next call of this or ``flush()``, ``RecordsError/unwritable(_:reason:)``.
  public func append(step: Int, _ values: [(key: String, value: Double)]) throws(RecordsError) {
    if let lastStep, step <= lastStep { throw .stepOrder(step, last: lastStep, path: path) }
    var seen: Set<String> = ["step"]
    for (key, _) in values where !seen.insert(key).inserted { throw .name(key) }
    let members = values.map { $0.key.inJSON + ":" + JSONText.number($0.value) }
    let line = "{" + (["\"step\":\(step)"] + members).joined(separator: ",") + "}\n"
    waiting += Data(line.utf8)
    lastStep = step
    try flush()
  }

  /// Writes the steps that could not be written when they came.
  ///
  /// - Throws: ``RecordsError/unwritable(_:reason:)`` if they still cannot be; they are kept.
  public func flush() throws(RecordsError) {
    guard !waiting.isEmpty else { return }
    do {
      try handle.write(contentsOf: waiting)
    } catch {
      // What went out of it would begin a line that the next one ends.
      try? handle.truncate(atOffset: length)
      throw .unwritable(path, reason: AtomicFile.reason(error))
    }
    length += UInt64(waiting.count)
    waiting = Data()
  }

  /// Removes the steps after one.
  ///
  /// - Parameter step: the last one that stays.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``, ``RecordsError/damaged(_:line:reason:)``.
  public func rewind(to step: Int) throws {
    try flush()
    let (rows, length) = try MetricsFile.parse(AtomicFile.read(path), path: path, upTo: step)
    do {
      try handle.truncate(atOffset: UInt64(length))
    } catch {
      throw RecordsError.unwritable(path, reason: AtomicFile.reason(error))
    }
    (lastStep, self.length) = (rows.last?.step, UInt64(length))
  }

  /// All whole lines of a metrics file.
  ///
  /// - Parameter path: the file.
  /// - Throws: `AtomicFile.Failure`, ``RecordsError/damaged(_:line:reason:)`` for a whole line that is not ours.
  public static func read(_ path: String) throws -> [Row] {
    try parse(AtomicFile.read(path), path: path, upTo: .max).rows
  }

  /// Turns rows into columns, as figures want them.
  ///
  /// - Parameter rows: the steps.
  /// - Returns: the steps, and for each name, in order of first appearance, a value for every step; NaN where a step
  ///   has none.
  public static func columns(_ rows: [Row]) -> (steps: [Double], columns: [(name: String, values: [Double])]) {
    var places: [String: Int] = [:]
    var columns: [(name: String, values: [Double])] = []
    for (index, row) in rows.enumerated() {
      for (key, value) in row.values {
        let place = places[key] ?? columns.count
        if place == columns.count {
          places[key] = place
          columns.append((key, [Double](repeating: .nan, count: rows.count)))
        }
        columns[place].values[index] = value
      }
    }
    return (rows.map { Double($0.step) }, columns)
  }

  /// The rows up to a step, and how many bytes of the file they are.
  private static func parse(
    _ data: Data, path: String, upTo step: Int
  ) throws(RecordsError) -> (rows: [Row], length: Int) {
    var rows: [Row] = []
    var length = 0
    let newline = UInt8(ascii: "\n")
    for (index, bytes) in data.split(separator: newline, omittingEmptySubsequences: false).dropLast().enumerated() {
      let text = String(decoding: bytes, as: UTF8.self)
      guard let members = JSONText.numbers(text[...]) else {
        throw .damaged(path, line: index + 1, reason: "it is not a JSON object of numbers")
      }
      guard let first = members.first, first.key == "step", let number = Int(exactly: first.value) else {
        throw .damaged(path, line: index + 1, reason: "it does not begin with a step")
      }
      guard number > rows.last?.step ?? .min else {
        throw .damaged(path, line: index + 1, reason: "its step \(number) is not after the one before")
      }
      guard number <= step else { break }
      rows.append(Row(step: number, values: Array(members.dropFirst())))
      length += bytes.count + 1
    }
    return (rows, length)
  }
}
