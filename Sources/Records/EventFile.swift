public import Foundation
import Primitives

/// A run as TensorBoard reads it: numbers, pictures, texts and settings by step.
///
/// A file of records: a length of eight bytes, its check, an event as a message of Protocol Buffers, and its check. One folder is one run. A
/// folder that has such files gets another, later one, which begins with the mark of a session's start: TensorBoard then forgets what
/// the earlier ones have at this step and later.
///
/// Source: TensorFlow's `event.proto`, `summary.proto`, `tensor.proto` and `record_writer.cc`; TensorBoard's plugins of scalars,
/// images, text and hyperparameters.
public struct EventFile: Sendable {
  /// A setting's value.
  public enum Setting: Sendable, Hashable {
    /// A number.
    case number(Double)
    /// A truth value.
    case bool(Bool)
    /// A text.
    case text(String)
  }

  /// How a run stands.
  public enum Status: Int, Sendable {
    /// All was done.
    case succeeded = 1
    /// Something went wrong.
    case failed = 2
    /// It goes on.
    case running = 3
  }

  /// When everything in it happened, in seconds since 1970.
  public let time: Double
  private var records: [UInt8]

  /// A file with its first record.
  ///
  /// - Parameter time: when all that follows happened, in seconds since 1970; runs record no times of single steps.
  public init(time: Double) {
    self.time = time
    records = []
    append { $0.add(3, "brain.Event:2") }
  }

  /// The bytes so far.
  public var bytes: Data { Data(records) }

  // MARK: - Records

  /// A record: length, check, content, check.
  static func record(_ content: [UInt8]) -> [UInt8] {
    func little(_ number: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }
    func check(_ bytes: [UInt8]) -> [UInt8] {
      // The check is turned, because a check of bytes that have checks in them is weak.
      let sum = CyclicCheck.crc32c(bytes)
      return little(UInt64(((sum >> 15) | (sum << 17)) &+ 0xA282_EAD8), 4)
    }
    let length = little(UInt64(content.count), 8)
    return length + check(length) + content + check(content)
  }

  private mutating func append(step: Int = 0, _ fill: (inout ProtocolBuffer) -> Void) {
    let event = ProtocolBuffer { event in
      event.add(1, time)
      event.add(2, step)
      fill(&event)
    }
    records += EventFile.record(event.bytes)
  }

  private mutating func append(
    _ tag: String, step: Int, plugin: String, content: [UInt8] = [], dataClass: Int,
    tensor: (inout ProtocolBuffer) -> Void
  ) {
    append(step: step) { event in
      event.add(5) { summary in
        summary.add(1) { value in
          value.add(1, tag)
          value.add(8, tensor)
          value.add(9) { metadata in
            metadata.add(1) { data in
              data.add(1, plugin)
              if !content.isEmpty { data.add(2, bytes: content) }
            }
            metadata.add(4, dataClass)
          }
        }
      }
    }
  }

  // MARK: - What a run has

  /// The start of a session: what earlier files have at this step and later no longer counts.
  public mutating func restart(step: Int) { append(step: step) { $0.add(7) { $0.add(1, 1) } } }

  /// A number.
  public mutating func scalar(_ tag: String, _ value: Double, step: Int) {
    append(tag, step: step, plugin: "scalars", dataClass: 1) { tensor in
      tensor.add(1, 1)
      tensor.add(2) { _ in }
      tensor.add(5, packed: [Float(value)])
    }
  }

  /// Pictures of one size.
  ///
  /// - Parameters:
  ///   - tag: what they are.
  ///   - pngs: the PNG files' bytes.
  ///   - width: each one's width in pixels.
  ///   - height: each one's height in pixels.
  ///   - step: when they were painted.
  public mutating func images(_ tag: String, _ pngs: [[UInt8]], width: Int, height: Int, step: Int) {
    append(tag, step: step, plugin: "images", dataClass: 3) { tensor in
      tensor.add(1, 7)
      tensor.add(2) { shape in shape.add(2) { $0.add(1, pngs.count + 2) } }
      tensor.add(8, bytes: Array("\(width)".utf8))
      tensor.add(8, bytes: Array("\(height)".utf8))
      for png in pngs { tensor.add(8, bytes: png) }
    }
  }

  /// Texts in Markdown.
  public mutating func texts(_ tag: String, _ texts: [String], step: Int) {
    append(tag, step: step, plugin: "text", dataClass: 2) { tensor in
      tensor.add(1, 7)
      tensor.add(2) { shape in shape.add(2) { $0.add(1, texts.count) } }
      for text in texts { tensor.add(8, bytes: Array(text.utf8)) }
    }
  }

  /// What a run was made with, and which of its numbers are its results.
  ///
  /// - Parameters:
  ///   - settings: by name, in order.
  ///   - metrics: the tags of the results.
  ///   - group: what runs of one configuration share, whatever their seed: they are shown as one, with their mean.
  ///   - status: how the run stands.
  public mutating func settings(
    _ settings: [(name: String, value: Setting)], metrics: [String], group: String, status: Status
  ) {
    let time = time
    let sorted = settings.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    parameters("_hparams_/experiment") { data in
      data.add(2) { experiment in
        for (name, value) in settings {
          experiment.add(4) { info in
            info.add(1, name)
            info.add(4, value.kind)
          }
        }
        for tag in metrics { experiment.add(5) { $0.add(1) { $0.add(2, tag) } } }
      }
    }
    parameters("_hparams_/session_start_info") { data in
      data.add(3) { start in
        for (name, value) in sorted {
          start.add(1) { entry in
            entry.add(1, name)
            entry.add(2, value.write)
          }
        }
        start.add(4, group)
        start.add(5, time)
      }
    }
    parameters("_hparams_/session_end_info") { data in
      data.add(4) { end in
        end.add(1, status.rawValue)
        end.add(2, time)
      }
    }
  }

  private mutating func parameters(_ tag: String, _ fill: (inout ProtocolBuffer) -> Void) {
    let content = ProtocolBuffer(fill).bytes
    append(tag, step: 0, plugin: "hparams", content: content, dataClass: 0) { tensor in
      tensor.add(1, 1)
      tensor.add(2) { shape in shape.add(2) { _ in } }
    }
  }

  // MARK: - The file

  /// The files of a folder that TensorBoard reads, in its order.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.contains("tfevents") }.sorted()
  }

  /// The name of a new file, which TensorBoard reads after those that are there.
  ///
  /// - Parameters:
  ///   - folder: where it is to be.
  ///   - time: in seconds since 1970.
  ///   - process: the number of the process.
  static func name(in folder: String, time: Double, process: Int) -> String {
    let last = names(in: folder).compactMap { $0.split(separator: ".").dropFirst(3).first.flatMap { Int($0) } }.max()
    let second = max(Int(time), (last ?? 0) + 1)
    let digits = "\(second)"
    return "events.out.tfevents.\(String(repeating: "0", count: max(10 - digits.count, 0)))\(digits).easel.\(process).0"
  }

  /// Writes the file; it is either whole or absent.
  ///
  /// - Parameters:
  ///   - folder: the run's folder; made if it is not there.
  ///   - process: the number of the process, which its name has.
  /// - Returns: its path.
  /// - Throws: `AtomicFile.Failure`.
  @discardableResult
  public func write(to folder: String, process: Int) throws -> String {
    let path = folder + "/" + EventFile.name(in: folder, time: time, process: process)
    try AtomicFile.write(bytes, to: path)
    return path
  }

  /// Whether a folder has such files.
  public static func isFound(in folder: String) -> Bool { !names(in: folder).isEmpty }
}

extension EventFile.Setting {
  /// TensorBoard's number of its kind.
  fileprivate var kind: Int {
    switch self {
    case .text: 1
    case .bool: 2
    case .number: 3
    }
  }

  /// A value of `google.protobuf.Value`, where one kind is chosen even if it is zero.
  fileprivate func write(_ buffer: inout ProtocolBuffer) {
    switch self {
    case .number(let number): buffer.add(2, number, isChosen: true)
    case .text(let text): buffer.add(3, bytes: Array(text.utf8))
    case .bool(let bool): buffer.add(4, chosen: bool)
    }
  }
}
