/// The geometry of the shapes in the unit box, −1…1 with y down.
///
/// Only additions, products and comparisons: the same bits on every machine.
enum Outline {
  /// Whether a point of the unit box belongs to a shape.
  static func contains(_ shape: ShapeName, _ x: Double, _ y: Double) -> Bool {
    switch shape {
    case .circle: x * x + y * y <= 1
    case .square: abs(x) <= 0.9 && abs(y) <= 0.9
    case .triangle: y <= 0.9 && 1.9 * abs(x) <= y + 1
    case .star: isInside(star, x, y)
    case .diamond: abs(x) + abs(y) <= 1
    case .cross: (abs(x) <= 0.36 && abs(y) <= 1) || (abs(y) <= 0.36 && abs(x) <= 1)
    case .ring: (0.25...1).contains(x * x + y * y)
    case .heart: isInHeart(x, y)
    }
  }

  /// How much of its paint a textured shape has at a point of the unit box: 0, ``pale`` or 1.
  static func paint(_ shape: ShapeName, _ texture: TextureName, _ x: Double, _ y: Double) -> Double {
    guard contains(shape, x, y) else { return 0 }
    let isFull =
      switch texture {
      case .solid: true
      case .striped: Int((y + 1) * 2.5) % 2 == 0
      case .checkered: (Int((x + 1) * 2) + Int((y + 1) * 2)) % 2 == 0
      case .hollow: !contains(shape, x / inner, y / inner)
      }
    return isFull ? 1 : texture == .hollow ? 0 : pale
  }

  /// The share of paint where a texture is pale: enough that an object stays one patch.
  static let pale = 0.5
  /// The size of the hole of a hollow shape: its rim is 3.5 px wide.
  private static let inner = 0.76

  /// A regular star of five points: outer radius 1, inner 0.46, moved down so that it fills its box evenly.
  private static let star: [(x: Double, y: Double)] = {
    // sin and cos of 18°, 36°, 54° and 72°, written out because libraries differ in the last bit.
    let tips = [
      (0, -1), (0.9510565, -0.3090170), (0.5877853, 0.8090170), (-0.5877853, 0.8090170), (-0.9510565, -0.3090170),
    ]
    let notches = [
      (0.5877853, -0.8090170), (0.9510565, 0.3090170), (0, 1), (-0.9510565, 0.3090170), (-0.5877853, -0.8090170),
    ]
    return zip(tips, notches).flatMap { tip, notch in
      [(x: tip.0, y: tip.1 + 0.0955), (x: 0.46 * notch.0, y: 0.46 * notch.1 + 0.0955)]
    }
  }()

  /// Even–odd crossing test.
  private static func isInside(_ corners: [(x: Double, y: Double)], _ x: Double, _ y: Double) -> Bool {
    var inside = false
    var previous = corners[corners.count - 1]
    for corner in corners {
      if (corner.y > y) != (previous.y > y),
        x < (previous.x - corner.x) * (y - corner.y) / (previous.y - corner.y) + corner.x
      {
        inside.toggle()
      }
      previous = corner
    }
    return inside
  }

  /// The sextic (u² + v² − 1)³ ≤ u² v³ with v up, stretched to the unit box.
  private static func isInHeart(_ x: Double, _ y: Double) -> Bool {
    let (u, v) = (1.139 * x, 0.13 - 1.11 * y)
    let circle = u * u + v * v - 1
    return circle * circle * circle <= u * u * v * v * v
  }
}
