/// An upright rectangle in pixels, y down.
public struct Box: Hashable, Sendable, Codable {
  /// The left edge.
  public var left: Double
  /// The upper edge.
  public var top: Double
  /// The right edge.
  public var right: Double
  /// The lower edge.
  public var bottom: Double

  /// A rectangle from its edges.
  public init(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  /// The square that an object of a scene is drawn in.
  init(_ object: SceneObject) {
    let radius = Renderer.radius(object.size)
    let (x, y) = (Double(object.cell.centerPoint.x), Double(object.cell.centerPoint.y))
    self.init(x - radius, y - radius, x + radius, y + radius)
  }

  /// The distance between the centres, in pixels.
  func distance(to other: Box) -> Double {
    let (x, y) = (left + right - other.left - other.right, top + bottom - other.top - other.bottom)
    return (x * x + y * y).squareRoot() / 2
  }

  /// Whether another box lies inside of this one.
  func contains(_ other: Box) -> Bool {
    left <= other.left && right >= other.right && top <= other.top && bottom >= other.bottom
  }

  /// The relations of this box to another one, by GenEval's rule.
  ///
  /// The offset between the centres is shrunk on each axis by `threshold` times the sum of the sizes, then divided by the
  /// length of the offset before shrinking; a component beyond ±0.5 is a relation, so that up to two hold at once.
  ///
  /// Source: D. Ghosh, H. Hajishirzi, L. Schmidt, *GenEval*, 2023 (arXiv 2310.11513), `relative_position`.
  ///
  /// - Parameters:
  ///   - other: the reference.
  ///   - threshold: the share by which offsets are shrunk; GenEval takes 0.1.
  /// - Returns: the relations in the order left, right, above, below.
  public func relations(to other: Box, threshold: Double = 0.1) -> [Relation] {
    let x = (left + right - other.left - other.right) / 2
    let y = (top + bottom - other.top - other.bottom) / 2
    let shrunkX = max(abs(x) - threshold * (right - left + other.right - other.left), 0)
    let shrunkY = max(abs(y) - threshold * (bottom - top + other.bottom - other.top), 0)
    guard shrunkX >= 1e-3 || shrunkY >= 1e-3 else { return [] }
    let length = (x * x + y * y).squareRoot()
    var holding: [Relation] = []
    if shrunkX / length > 0.5 { holding.append(x < 0 ? .leftOf : .rightOf) }
    if shrunkY / length > 0.5 { holding.append(y < 0 ? .above : .below) }
    return holding
  }
}
