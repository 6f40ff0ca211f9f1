import OrderedCollections

/// A result as the front ends show it: MIME types and the bytes of each, `text/plain` always among them.
public struct Display: Sendable, Hashable {
  private var bundle: OrderedDictionary<String, [UInt8]>

  /// A text, and other forms of it that a front end may prefer.
  ///
  /// - Parameters:
  ///   - text: the form for front ends that know no other.
  ///   - richer: bytes by MIME type, such as `image/png` or `text/html`, the best first.
  public init(text: String, richer: KeyValuePairs<String, [UInt8]> = [:]) {
    bundle = [:]
    for (type, bytes) in richer { bundle[type] = bytes }
    bundle["text/plain"] = Array(text.utf8)
  }

  /// The MIME type of the plain text's twin with colours for terminals of 256.
  public static let colouredText = "text/x-ansi"

  /// A text, and the same without what no two runs have the same.
  public init(_ text: String, lasting: String) {
    self.init(text: text, richer: [Self.lastingText: Array(lasting.utf8)])
  }

  /// The MIME type of the plain text without what no two runs have the same, such as the memory in use.
  public static let lastingText = "text/x-lasting"

  /// The MIME type of the text below the picture, where a terminal shows that; without it the plain text stands there.
  public static let caption = "text/x-caption"

  /// The MIME types, the best first, `text/plain` last.
  public var types: [String] { Array(bundle.keys) }

  /// The plain text.
  public var text: String { String(decoding: bundle["text/plain"] ?? [], as: UTF8.self) }

  /// The same with lines of the plain text broken at spaces.
  func wrapped(to width: Int) -> Display {
    var result = self
    result.bundle["text/plain"] = Array(text.wrapped(to: width).utf8)
    return result
  }

  /// The bytes of a MIME type, or `nil`.
  public subscript(type: String) -> [UInt8]? { bundle[type] }
}

extension Value {
  /// What is shown when this is the value of a cell.
  ///
  /// - Parameter width: the columns there are; tables leave out what does not fit, and say so.
  /// - Throws: what the object's own `display()` throws.
  public func display(width: Int = .max) throws -> Display {
    if case .object(let object) = self { return try object.display(width: width).wrapped(to: width) }
    return Display(text: shown(width: width))
  }
}

/// Where a session's output goes: the terminal, a notebook, a test.
public protocol SessionOutput: AnyObject {
  /// The columns that a line may have; no bound where that is not known.
  var width: Int { get }
  /// A line that `print` wrote, or the lines of a help text, without the last line's end.
  func write(_ text: String)
  /// A value that is to be shown.
  func show(_ display: Display)
  /// The state of a long operation, for a status line; `nil` when it is over.
  func progress(_ report: ProgressReport?)
}

extension SessionOutput {
  /// No bound.
  public var width: Int { .max }
}

/// The state of a long operation.
public struct ProgressReport: Sendable, Hashable {
  /// What runs: `grpo`.
  public var label: String
  /// Steps done.
  public var done: Int
  /// Steps in all, or `nil` if unknown.
  public var total: Int?
  /// Figures in words: `reward 0.62  entropy 0.31`.
  public var text: String
  /// The figure whose course is worth drawing, such as the reward.
  public var watched: Double?

  /// The state of a long operation.
  public init(label: String, done: Int, total: Int?, text: String = "", watched: Double? = nil) {
    (self.label, self.done, self.total, self.text) = (label, done, total, text)
    self.watched = watched
  }
}

/// An output that keeps what it is given; for tests and for runs whose output goes nowhere.
public final class RecordedOutput: SessionOutput {
  /// All lines, printed or shown, in order.
  public private(set) var lines: [String] = []
  /// All displays in order.
  public private(set) var displays: [Display] = []
  /// All progress reports in order.
  public private(set) var reports: [ProgressReport] = []

  /// Nothing yet.
  public init() {}

  /// Keeps lines.
  public func write(_ text: String) {
    lines += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Keeps a display, and its text as lines.
  public func show(_ display: Display) {
    displays.append(display)
    write(display.text)
  }

  /// Keeps a report.
  public func progress(_ report: ProgressReport?) { if let report { reports.append(report) } }
}
