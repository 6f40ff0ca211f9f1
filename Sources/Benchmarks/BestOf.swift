/// What a judge's choice among several pictures is worth.
public enum BestOf {
  /// The expected value of the picture that a judge likes best of `k` random ones.
  ///
  /// - Parameters:
  ///   - values: what each of the N pictures counts.
  ///   - judged: the judge's score of each; equal ones share their mean value.
  ///   - k: from 1 to N.
  /// - Returns: Σ y_i C(N − i, k − 1) / C(N, k), with i from 1 in the judge's order.
  public static func expected(_ values: [Double], judged: [Double], k: Int) -> Double {
    let order = zip(judged, values).enumerated().sorted {
      ($1.element.0, $0.offset) < ($0.element.0, $1.offset)
    }.map(\.element)
    let count = order.count
    var total = 0.0
    var first = 0
    while first < count {
      var end = first
      while end < count, order[end].0 == order[first].0 { end += 1 }
      let tied = order[first..<end].reduce(0) { $0 + $1.1 } / Double(end - first)
      for place in first..<end { total += tied * weight(place, of: count, k: k) }
      first = end
    }
    return total
  }

  /// C(N − i, k − 1) / C(N, k), the chance that the picture at place i − 1 is the first of k drawn ones.
  private static func weight(_ place: Int, of count: Int, k: Int) -> Double {
    // k / N for the picture itself, times the chance that the k − 1 others all stand behind it.
    var chance = Double(k) / Double(count)
    for drawn in 0..<(k - 1) {
      chance *= Double(max(count - 1 - place - drawn, 0)) / Double(count - 1 - drawn)
    }
    return chance
  }
}
