import Foundation
import Primitives

/// A run's journal as it was written: `journal.jsonl`, one record a line.
///
/// Every line ends with a fingerprint of itself and of all lines before it, so that a line that was changed, taken out
/// or put in is seen, wherever it stands.
public struct Journal: Sendable {
  /// The version of the format.
  public static let format = 1
  /// The file's name in a run's folder.
  public static let file = "journal.jsonl"

  /// The records in order.
  public let records: [JournalRecord]
  /// What is to be said of the file's end: that a line was cut, or that the run never said it was over.
  public let warning: String?

  /// Reads a journal.
  ///
  /// - Parameter path: the file.
  /// - Throws: `AtomicFile.Failure`, ``RecordsError/journal(_:line:reason:)`` for the first line that does not follow
  ///   from those before it.
  public init(path: String) throws {
    var chain = JournalChain()
    var records: [JournalRecord] = []
    var lines = try AtomicFile.read(path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // A process that was killed while it wrote, or a full disk, leaves a part of a line.
    let torn = lines.popLast().map { !$0.isEmpty } ?? false
    for (index, line) in lines.enumerated() {
      func damage(_ reason: String) -> RecordsError { .journal(path, line: index + 1, reason: reason) }
      guard let body = chain.opened(line) else {
        throw damage("it does not follow from the lines before it: one of them was changed or taken out, or it was")
      }
      do {
        records.append(try JournalChain.decoder.decode(JournalRecord.self, from: body))
      } catch {
        throw damage("this version of Easel does not know such a record")
      }
    }
    guard case .open(let open)? = records.first else {
      throw RecordsError.journal(path, line: 1, reason: "it does not begin with what the run is")
    }
    guard open.format == Self.format else {
      let reason = "its format is \(open.format), and this version of Easel reads \(Self.format)"
      throw RecordsError.journal(path, line: 1, reason: reason)
    }
    self.records = records
    warning =
      if torn {
        "the last line of '\(path)' is cut short: the process was killed while it wrote, or the disk was full"
      } else if records.last != .close {
        "'\(path)' does not say that the run was over: its process was killed or still runs, or the end is missing"
      } else { nil }
  }

  /// What the run is.
  public var open: JournalRecord.Open? {
    if case .open(let open)? = records.first { open } else { nil }
  }
}

/// How lines hang together: each ends with a fingerprint of itself and of the one before.
struct JournalChain {
  private var last = Fingerprint().value
  private static let start = Data(",\"chain\":\"".utf8)
  /// The comma, the key, sixteen digits, the quote and the brace.
  private static let length = start.count + 18

  static let encoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }()

  static let decoder = {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }()

  /// An object in JSON as the next line, its end included.
  mutating func closed(_ body: Data) -> Data {
    var line = body.dropLast()
    line += Self.start
    line += Data((next(body).description + "\"}\n").utf8)
    return line
  }

  /// The object of the next line, or `nil` if it does not follow.
  mutating func opened(_ line: Data) -> Data? {
    guard line.count > Self.length else { return nil }
    let body = line.dropLast(Self.length) + Data("}".utf8)
    let digits = line.suffix(18).prefix(16)
    guard line.suffix(Self.length).starts(with: Self.start), next(body).description.utf8.elementsEqual(digits) else {
      return nil
    }
    return body
  }

  private mutating func next(_ body: Data) -> Fingerprint {
    var digest = Fingerprint()
    digest.combine(last)
    digest.combine(bytes: body)
    last = digest.value
    return digest
  }
}
