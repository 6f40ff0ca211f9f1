/// A shape that can be drawn at any size and place at the cost of a few additions a pixel.
///
/// The unit shape is sampled once on a fine grid and summed from the top left; the coverage of any rectangle is then four
/// look-ups in the table of sums (F. Crow, *Summed-area tables for texture mapping*, SIGGRAPH 1984).
struct ShapeTemplate: Sendable {
  /// The shape.
  let shape: ShapeName
  /// Its texture; where it is pale it counts by its share of paint.
  let texture: TextureName
  /// Area in units of radius².
  let area: Float
  /// Centre of gravity in units of radius, from the middle of the box.
  let centroid: SIMD2<Float>

  /// Points a side. 96 places an edge to a sixth of a pixel at radius 7.5 before interpolation.
  private static let side = 96
  /// `(side + 1)²` sums of the points above and to the left of a grid corner, in units of radius².
  private let sums: [Float]

  /// All shapes, solid, in the order of `ShapeName.allCases`.
  static let all: [ShapeTemplate] = ShapeName.allCases.map { ShapeTemplate($0, .solid) }
  /// What is neither solid nor hollow.
  static let textured: [ShapeTemplate] = ShapeName.allCases.flatMap { shape in
    [ShapeTemplate(shape, .striped), ShapeTemplate(shape, .checkered)]
  }
  /// What others may stand in.
  static let containers: [ShapeTemplate] = ShapeName.containers.map { ShapeTemplate($0, .hollow) }

  private init(_ shape: ShapeName, _ texture: TextureName) {
    (self.shape, self.texture) = (shape, texture)
    let side = Self.side
    let step = 2 / Float(side)
    var sums = [Float](repeating: 0, count: (side + 1) * (side + 1))
    var (count, sumX, sumY) = (0.0, 0.0, 0.0)
    for row in 0..<side {
      var above = 0.0
      let y = (Double(row) + 0.5) / Double(side) * 2 - 1
      for column in 0..<side {
        let x = (Double(column) + 0.5) / Double(side) * 2 - 1
        let paint = Outline.paint(shape, texture, x, y)
        (count, above) = (count + paint, above + paint)
        (sumX, sumY) = (sumX + paint * x, sumY + paint * y)
        let corner = (row + 1) * (side + 1) + column + 1
        sums[corner] = sums[corner - side - 1] + Float(above) * step * step
      }
    }
    self.sums = sums
    area = Float(count) * step * step
    centroid = SIMD2(Float(sumX / max(count, 1)), Float(sumY / max(count, 1)))
  }

  /// Draws the shape into a window of pixels and compares.
  ///
  /// - Parameters:
  ///   - coverage: what is there, 0…1, row by row.
  ///   - width: the window's width in pixels.
  ///   - center: the middle of the shape's box in window pixels.
  ///   - radius: half the side of its box in pixels.
  ///   - spread: the side of the square that a pixel averages over, in pixels; above 1 for a slight blur.
  ///   - corners: scratch space for `2 · (width + height)` places, kept by the caller to save its allocation.
  /// - Returns: Σ min ÷ Σ max of the two, 0…1.
  func overlap(
    _ coverage: [Float], width: Int, center: SIMD2<Float>, radius: Float, spread: Float, corners: inout [Float]
  ) -> Float {
    let height = coverage.count / max(width, 1)
    let (scale, limit) = (Float(Self.side) / (2 * radius), Float(Self.side))
    for column in 0..<width {
      let x = (Float(column) + 0.5 - center.x + radius) * scale
      corners[2 * column] = min(max(x - spread / 2 * scale, 0), limit)
      corners[2 * column + 1] = min(max(x + spread / 2 * scale, 0), limit)
    }
    let unit = radius * radius / (spread * spread)
    var (both, either): (Float, Float) = (0, 0)
    for row in 0..<height {
      let y = (Float(row) + 0.5 - center.y + radius) * scale
      let top = min(max(y - spread / 2 * scale, 0), limit)
      let bottom = min(max(y + spread / 2 * scale, 0), limit)
      for column in 0..<width {
        let there = coverage[row * width + column]
        var drawn: Float = 0
        let (left, right) = (corners[2 * column], corners[2 * column + 1])
        if bottom > top, right > left {
          drawn = (sum(right, bottom) - sum(left, bottom) - sum(right, top) + sum(left, top)) * unit
        }
        both += min(there, drawn)
        either += max(there, drawn)
      }
    }
    return either > 0 ? both / either : 0
  }

  /// The table of sums between its corners, bilinear.
  @inline(__always)
  private func sum(_ x: Float, _ y: Float) -> Float {
    let column = min(Int(x), Self.side - 1)
    let row = min(Int(y), Self.side - 1)
    let (u, v) = (x - Float(column), y - Float(row))
    let corner = row * (Self.side + 1) + column
    let upper = sums[corner] + u * (sums[corner + 1] - sums[corner])
    let below = corner + Self.side + 1
    let lower = sums[below] + u * (sums[below + 1] - sums[below])
    return upper + v * (lower - upper)
  }
}
