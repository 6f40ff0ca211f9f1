/// A curve in one line of text: `▁▂▄▇█`.
public enum Sparkline {
  private static let levels = Array("▁▂▃▄▅▆▇█")

  /// Draws the course of some numbers from the least, which is the lowest level, to the greatest.
  ///
  /// - Parameters:
  ///   - values: the numbers in order; those that are not finite leave a gap.
  ///   - width: how many characters at most; if there are more numbers, each stands for the mean of a stretch.
  /// - Returns: one character a number or stretch; nothing of no numbers.
  public static func text(_ values: [Double], width: Int) -> String {
    let count = min(values.count, max(width, 0))
    let points = (0..<count).map { index -> Double? in
      let stretch = values[(index * values.count / count)..<((index + 1) * values.count / count)].filter(\.isFinite)
      // Shares are added, so that no sum of large numbers overflows.
      return stretch.isEmpty ? nil : stretch.reduce(0) { $0 + $1 / Double(stretch.count) }
    }
    let known = points.compactMap { $0 }
    guard let low = known.min(), let high = known.max() else { return String(repeating: " ", count: count) }
    return String(
      points.map { point -> Character in
        guard let point else { return " " }
        guard high > low else { return levels[3] }
        let share = (point / 2 - low / 2) / (high / 2 - low / 2)
        return levels[min(max(Int(share * Double(levels.count)), 0), levels.count - 1)]
      })
  }
}
