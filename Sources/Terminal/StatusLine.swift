import Foundation
public import Script

/// The progress of a long call, on one line: drawn over itself on a terminal, a line every few seconds elsewhere.
public final class StatusLine {
  private let isTerminal: Bool
  private let width: () -> Int
  private let seconds: () -> Double
  private let write: (String) -> Void
  private var isDrawn = false
  private var latest = -Double.infinity
  private var pace = Pace()
  /// The course of what is watched since the label changed.
  private var course: [Double] = []

  /// Where there is no terminal, a line goes out this often, in seconds.
  private static let interval = 5.0
  /// On a terminal it is drawn at most this often, in seconds.
  private static let redraw = 0.1
  /// Columns of the curve.
  private static let curve = 12

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

  /// Shows a state, unless one was shown only just now.
  ///
  /// - Parameter report: the state; that of the last step is always shown.
  public func show(_ report: ProgressReport) {
    let now = seconds()
    if pace.follow(report, at: now) { course = [] }
    if let watched = report.watched { course.append(watched) }
    let isLast = report.done == report.total
    guard isLast || now - latest >= (isTerminal ? Self.redraw : Self.interval) else { return }
    latest = now
    let left = pace.secondsLeft(report)
    guard isTerminal else { return write(Self.text(report, secondsLeft: left) + "\n") }
    let text = Self.text(report, curve: Sparkline.text(course, width: Self.curve), secondsLeft: left)
    // One column stays free: a full line would wrap, and the carriage return would miss its first row.
    write("\r\u{1B}[K" + String(text.prefix(max(width() - 1, 1))))
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
    (latest, pace, course) = (-.infinity, Pace(), [])
    guard isDrawn else { return }
    write("\n")
    isDrawn = false
  }

  /// The line: `grpo  12/200  ▁▂▅▇  reward 0.412  entropy 1.03  2 min 10 s left`.
  static func text(_ report: ProgressReport, curve: String = "", secondsLeft: Double?) -> String {
    var parts = [report.label, report.total.map { "\(report.done)/\($0)" } ?? "\(report.done)"]
    if curve.count > 1 { parts.append(curve) }
    if !report.text.isEmpty { parts.append(report.text) }
    if let secondsLeft { parts.append(ProgressReport.duration(secondsLeft) + " left") }
    return parts.joined(separator: "  ")
  }
}
