/// The points that no other is better than in both directions: Pareto's frontier.
public enum Frontier: String, Sendable, CaseIterable {
  /// Little of what runs along the bottom and much of the height is good: cost and quality.
  case upperLeft = "upper left"
  /// Much of both is good.
  case upperRight = "upper right"
  /// Little of both is good.
  case lowerLeft = "lower left"
  /// Much of what runs along the bottom and little of the height is good.
  case lowerRight = "lower right"

  /// The frontier of a cloud.
  ///
  /// - Parameters:
  ///   - x: the points' places along the bottom.
  ///   - y: their heights, one for each place; points that are not finite are left out.
  /// - Returns: the indices of those on it, from the left to the right; of equal points the first.
  public func indices(x: [Double], y: [Double]) -> [Int] {
    let isLeft = self == .upperLeft || self == .lowerLeft
    let isUpper = self == .upperLeft || self == .upperRight
    // As if much of both were good.
    let points = zip(x, y).enumerated().compactMap { index, point -> (x: Double, y: Double, index: Int)? in
      guard point.0.isFinite, point.1.isFinite else { return nil }
      return (isLeft ? -point.0 : point.0, isUpper ? point.1 : -point.1, index)
    }.sorted { ($1.x, $1.y, $0.index) < ($0.x, $0.y, $1.index) }
    var best = -Double.infinity
    var kept: [Int] = []
    for point in points where point.y > best {
      best = point.y
      kept.append(point.index)
    }
    return isLeft ? kept : kept.reversed()
  }

  /// The frontier's line: from point to point at right angles, on the side of what is worse.
  func corners(x: [Double], y: [Double]) -> (x: [Double], y: [Double]) {
    let on = indices(x: x, y: y)
    let isLeft = self == .upperLeft || self == .lowerLeft
    var (xs, ys): ([Double], [Double]) = ([], [])
    for (place, index) in on.enumerated() {
      if place > 0 {
        // Between two points only what the worse of both reaches is reached.
        xs.append(isLeft ? x[index] : x[on[place - 1]])
        ys.append(isLeft ? y[on[place - 1]] : y[index])
      }
      xs.append(x[index])
      ys.append(y[index])
    }
    return (xs, ys)
  }

  /// The frontier as a line of a figure.
  ///
  /// - Parameters:
  ///   - x: the points' places along the bottom.
  ///   - y: their heights.
  public func line(x: [Double], y: [Double]) -> Figure.Line {
    let corners = corners(x: x, y: y)
    return Figure.Line(name: "frontier", x: corners.x, y: corners.y, marks: .steps)
  }
}
