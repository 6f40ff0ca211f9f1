/// How fast something proceeds, by its last steps: enough of them to be calm, few enough to notice a change.
public struct Pace: Sendable {
  private static let window = 50
  private var label: String?
  /// When how many steps of the label were done, oldest first.
  private var track: [(done: Int, time: Double)] = []

  /// The pace of nothing yet.
  public init() {}

  /// Takes a report in.
  ///
  /// - Parameters:
  ///   - report: the state of a long operation.
  ///   - time: when, in seconds by any clock.
  /// - Returns: whether the report is the first of its operation.
  public mutating func follow(_ report: ProgressReport, at time: Double) -> Bool {
    let isFirst = report.label != label || report.done < track.last?.done ?? 0
    if isFirst { (label, track) = (report.label, []) }
    track.append((report.done, time))
    if track.count > Self.window { track.removeFirst() }
    return isFirst
  }

  /// Seconds left after the last report; `nil` as long as there is no pace.
  public func secondsLeft(_ report: ProgressReport) -> Double? {
    guard let total = report.total, total > report.done, let first = track.first, let last = track.last,
      last.done > first.done
    else { return nil }
    return (last.time - first.time) / Double(last.done - first.done) * Double(total - report.done)
  }
}

extension ProgressReport {
  /// A duration in two units at most: `45 s`, `2 min 10 s`, `1 h 5 min`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let whole = Int(max(seconds, 0).rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    if hours > 0 { return minutes > 0 ? "\(hours) h \(minutes) min" : "\(hours) h" }
    if minutes > 0 { return rest > 0 ? "\(minutes) min \(rest) s" : "\(minutes) min" }
    return "\(rest) s"
  }
}
