/// A text of the language with its name; diagnostics quote it.
public final class Source: Sendable {
  /// What diagnostics call it: a file's path, or `cell 3`.
  public let name: String
  /// The folder that `import` starts from.
  public let folder: String
  /// The whole text.
  public let text: String
  let bytes: [UInt8]
  let lineStarts: [Int]

  /// A text and its name.
  ///
  /// - Parameters:
  ///   - text: the source text.
  ///   - name: what diagnostics call it.
  ///   - folder: the folder that `import` starts from.
  public init(_ text: String, name: String = "cell", folder: String = ".") {
    self.name = name
    self.folder = folder
    self.text = text
    bytes = Array(text.utf8)
    var starts = [0]
    for (index, byte) in bytes.enumerated() where byte == 0x0A { starts.append(index + 1) }
    lineStarts = starts
  }

  /// The line, from 1, that holds a byte offset.
  func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The text between two byte offsets.
  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  /// The text of a line, from 1, without its end.
  func lineText(_ line: Int) -> String { text(lineRange(line)) }

  /// The bytes of a line, from 1, without its end.
  func lineRange(_ line: Int) -> Range<Int> {
    guard line >= 1, line <= lineStarts.count else { return 0..<0 }
    let start = lineStarts[line - 1]
    let end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    return start..<max(start, end)
  }
}

/// A stretch of a ``Source``: where something was written.
public struct SourceSpan: Sendable {
  /// The text that it lies in.
  public let source: Source
  /// Byte offsets into the text.
  public let range: Range<Int>

  init(_ source: Source, _ range: Range<Int>) {
    self.source = source
    self.range = range.clamped(to: 0..<source.bytes.count)
  }

  /// The line, from 1.
  public var line: Int { source.line(at: range.lowerBound) }

  /// The column in characters, from 1.
  public var column: Int {
    source.text(source.lineRange(line).lowerBound..<range.lowerBound).count + 1
  }

  /// The text itself.
  public var text: String { source.text(range) }

  /// From the start of this stretch to the end of another in the same text.
  func joined(_ other: SourceSpan) -> SourceSpan {
    SourceSpan(
      source, min(range.lowerBound, other.range.lowerBound)..<max(range.upperBound, other.range.upperBound))
  }
}
