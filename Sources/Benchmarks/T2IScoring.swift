import Foundation
public import Shapes

/// How T2I-CompBench++ makes scores of what detectors and question answerers say.
///
/// Source: K. Huang et al., *T2I-CompBench++*, 2025 (arXiv 2307.06350), and its published code.
public enum T2IScoring {
  /// The relations of the 2D category; `next to`, `near` and `on side of` share one rule.
  public enum Place: String, Sendable {
    case left, right, top, bottom, near
  }

  /// The product of the phrases' probabilities, each rounded to four decimals, as is the product.
  public static func binding(_ probabilities: [Double]) -> Double {
    rounded(probabilities.reduce(1) { $0 * rounded($1) })
  }

  private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

  /// How well two boxes stand as asked: 0…1.
  ///
  /// - Parameters:
  ///   - place: the relation of the first to the second.
  ///   - first: the first box, y down.
  ///   - second: the second box.
  ///   - near: the distance that counts as near; 150 px in the official frame of 479.
  public static func relation(_ place: Place, _ first: Box, _ second: Box, near: Double) -> Double {
    let x = (second.left + second.right - first.left - first.right) / 2
    let y = (second.top + second.bottom - first.top - first.bottom) / 2
    if place == .near { return abs(x) < near || abs(y) < near ? 1 : near / max(abs(x), abs(y)) }
    let holds =
      switch place {
      case .left: x > 0 && abs(x) > abs(y)
      case .right: x < 0 && abs(x) > abs(y)
      case .top: y > 0 && abs(y) > abs(x)
      default: y < 0 && abs(y) > abs(x)
      }
    guard holds else { return 0 }
    let overlap = overlap(first, second)
    return overlap < 0.1 ? 1 : 0.1 / overlap
  }

  private static func overlap(_ a: Box, _ b: Box) -> Double {
    let width = max(min(a.right, b.right) - max(a.left, b.left), 0)
    let height = max(min(a.bottom, b.bottom) - max(a.top, b.top), 0)
    let both = width * height
    let all = (a.right - a.left) * (a.bottom - a.top) + (b.right - b.left) * (b.bottom - b.top) - both
    return all > 0 ? both / all : 0
  }

  /// The score of a 2D picture: a quarter for each object's confidence, half for the relation; below one half it is 0.
  ///
  /// - Parameters:
  ///   - place: the relation asked for.
  ///   - first: the surest object of the first kind, if there is one.
  ///   - second: the surest object of the second kind.
  ///   - near: the distance that counts as near, in pixels.
  public static func spatial(
    _ place: Place, _ first: (box: Box, confidence: Double)?, _ second: (box: Box, confidence: Double)?, near: Double
  ) -> Double {
    var score = 0.25 * (first?.confidence ?? 0) + 0.25 * (second?.confidence ?? 0)
    if let first, let second { score += 0.5 * relation(place, first.box, second.box, near: near) }
    return score < 0.5 ? 0 : score
  }

  /// The score of a numeracy picture: of each kind's share, half if it is there, half if the number is right.
  ///
  /// - Parameters:
  ///   - wanted: the number of each kind.
  ///   - found: how many there are of it.
  public static func numeracy(wanted: [Int], found: [Int]) -> Double {
    guard !wanted.isEmpty else { return 0 }
    let sum = zip(wanted, found).reduce(0.0) { $0 + ($1.1 > 0 ? 0.5 : 0) + ($1.1 == $1.0 ? 0.5 : 0) }
    return sum / Double(wanted.count)
  }
}
