import Foundation

/// The progress of a long call, on one line: drawn over itself on a terminal, a line every few seconds elsewhere.
public final class StatusLine {
  /// How far something is.
  public struct Progress: Equatable, Sendable {
    /// What runs.
    public var name: String
    /// Steps that are done.
    public var step: Int
    /// Steps in all; nil if unknown.
    public var total: Int?
    /// Figures to show, in order: a name and a number each.
    public var figures: [(name: String, value: Double)]
    /// An estimate of what is left, in seconds; nil if unknown.
    public var secondsLeft: Double?

    /// How far something is.
    ///
    /// - Parameters:
    ///   - name: what runs.
    ///   - step: steps that are done.
    ///   - total: steps in all; nil if unknown.
    ///   - figures: figures to show, in order.
    ///   - secondsLeft: an estimate of what is left, in seconds; nil if unknown.
    public init(
      name: String, step: Int, total: Int? = nil, figures: [(name: String, value: Double)] = [],
      secondsLeft: Double? = nil
    ) {
      self.name = name
      self.step = step
      self.total = total
      self.figures = figures
      self.secondsLeft = secondsLeft
    }

    /// Equal in everything that is shown.
    public static func == (left: Progress, right: Progress) -> Bool { left.text == right.text }

    /// The line: `grpo  12/200  reward 0.412  entropy 1.03  2 min 10 s left`.
    public var text: String {
      var parts = [name, total.map { "\(step)/\($0)" } ?? "\(step)"]
      parts += figures.map { "\($0.name) \(StatusLine.number($0.value))" }
      if let secondsLeft { parts.append(StatusLine.duration(secondsLeft) + " left") }
      return parts.joined(separator: "  ")
    }
  }

  private let isTerminal: Bool
  private let width: () -> Int
  private let seconds: () -> Double
  private let write: (String) -> Void
  private var isDrawn = false
  private var latest = -Double.infinity

  /// Where there is no terminal, a line goes out this often, in seconds.
  static let interval = 5.0
  /// On a terminal it is drawn at most this often, in seconds.
  static let redraw = 0.1

  /// A status line on given means.
  ///
  /// - Parameters:
  ///   - isTerminal: whether a carriage return goes back to the line's start there.
  ///   - width: the columns there are.
  ///   - seconds: a clock.
  ///   - write: puts text out.
  public init(
    isTerminal: Bool, width: @escaping () -> Int, seconds: @escaping () -> Double, write: @escaping (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.width = width
    self.seconds = seconds
    self.write = write
  }

  /// The status line of this process, on standard error.
  public convenience init() {
    let start = ContinuousClock.now
    self.init(
      isTerminal: isatty(STDERR_FILENO) == 1,
      width: { TerminalSize.columns(of: STDERR_FILENO) },
      seconds: { (ContinuousClock.now - start) / .seconds(1) },
      write: { FileDescriptor.write($0, to: STDERR_FILENO) })
  }

  /// Shows a progress, unless the last one was shown only just now.
  ///
  /// - Parameter progress: how far it is; the last step is always shown.
  public func show(_ progress: Progress) {
    let now = seconds()
    let isLast = progress.step == progress.total
    guard isLast || now - latest >= (isTerminal ? Self.redraw : Self.interval) else { return }
    latest = now
    guard isTerminal else { return write(progress.text + "\n") }
    // One column stays free: a full line would wrap, and the carriage return would miss its first row.
    write("\r\u{1B}[K" + String(progress.text.prefix(max(width() - 1, 1))))
    isDrawn = true
  }

  /// Takes the line away, before anything else is printed.
  public func clear() {
    guard isDrawn else { return }
    write("\r\u{1B}[K")
    isDrawn = false
  }

  /// Leaves the line standing and goes to the next.
  public func finish() {
    latest = -.infinity
    guard isDrawn else { return }
    write("\n")
    isDrawn = false
  }

  /// Three significant digits, without an exponent where none is needed.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let size = abs(value)
    if value == 0 { return "0" }
    if size < 0.001 || size >= 100_000 { return String(format: "%.2e", value) }
    let decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
    return String(format: "%.\(decimals)f", value)
  }

  /// Two units at most: `45 s`, `2 min 10 s`, `1 h 5 min`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let whole = Int(max(seconds, 0).rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    if hours > 0 { return minutes > 0 ? "\(hours) h \(minutes) min" : "\(hours) h" }
    if minutes > 0 { return rest > 0 ? "\(minutes) min \(rest) s" : "\(minutes) min" }
    return "\(rest) s"
  }
}
