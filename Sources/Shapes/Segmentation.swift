import Primitives

/// A picture split into connected patches of whatever is not background.
struct Segmentation {
  /// One 8-connected patch.
  struct Component {
    /// Its number, 1 for the first.
    let label: Int32
    /// How many pixels it has.
    let pixels: Int
    /// The columns and rows that it touches.
    let columns: ClosedRange<Int>, rows: ClosedRange<Int>
  }

  /// Patches in the order in which a reading eye meets them.
  private(set) var components: [Component] = []

  private let width: Int, height: Int
  private let background: SIMD4<Float>
  private let pixels: [SIMD4<Float>]
  /// The component of each pixel, 0 for background.
  private var labels: [Int32]

  /// Splits a picture.
  ///
  /// - Parameters:
  ///   - bitmap: the picture.
  ///   - background: its background, 0…255.
  ///   - limit: the distance from the background at which a patch begins.
  init(_ bitmap: Bitmap, background: SIMD4<Float>, limit: Float) {
    (width, height) = (bitmap.width, bitmap.height)
    self.background = background
    let bytes = bitmap.bytes
    pixels = (0..<(width * height)).map { index in
      SIMD4(Float(bytes[3 * index]), Float(bytes[3 * index + 1]), Float(bytes[3 * index + 2]), 0)
    }
    labels = pixels.map { pixel in
      let offset = pixel - background
      return (offset * offset).sum() > limit * limit ? -1 : 0
    }
    var stack: [Int] = []
    stack.reserveCapacity(width * height)
    for start in labels.indices where labels[start] == -1 { fill(from: start, stack: &stack) }
  }

  private mutating func fill(from start: Int, stack: inout [Int]) {
    let label = Int32(components.count + 1)
    var (left, right, top, bottom) = (width, 0, height, 0)
    var count = 0
    labels[start] = label
    stack.append(start)
    while let index = stack.popLast() {
      let (x, y) = (index % width, index / width)
      (left, right, top, bottom) = (min(left, x), max(right, x), min(top, y), max(bottom, y))
      count += 1
      for row in max(y - 1, 0)...min(y + 1, height - 1) {
        for column in max(x - 1, 0)...min(x + 1, width - 1) where labels[row * width + column] == -1 {
          labels[row * width + column] = label
          stack.append(row * width + column)
        }
      }
    }
    components.append(Component(label: label, pixels: count, columns: left...right, rows: top...bottom))
  }

  /// Calls with each pixel whose four neighbours are in the component too; with every pixel if there is none such.
  func forEachInnerPixel(of component: Component, _ body: (SIMD4<Float>) -> Void) {
    var isThin = true
    for y in component.rows where y > 0 && y < height - 1 {
      for x in component.columns where x > 0 && x < width - 1 {
        let index = y * width + x
        let label = component.label
        if labels[index] == label, labels[index - 1] == label, labels[index + 1] == label,
          labels[index - width] == label, labels[index + width] == label
        {
          body(pixels[index])
          isThin = false
        }
      }
    }
    guard isThin else { return }
    for y in component.rows {
      for x in component.columns where labels[y * width + x] == component.label { body(pixels[y * width + x]) }
    }
  }

  /// How much of each pixel around a component is covered by a paint.
  ///
  /// A pixel between background b and paint c lies on the line b + α (c − b); α is its coverage. What lies off the line
  /// by more than 0.35 of |c − b| is another colour and counts less, by more than 0.6 not at all. One pixel around the
  /// component belongs to the map, for its faint edge; further out there is only noise.
  func coverage(of component: Component, paint: SIMD4<Float>) -> CoverageMap {
    let columns = max(component.columns.lowerBound - 1, 0)...min(component.columns.upperBound + 1, width - 1)
    let rows = max(component.rows.lowerBound - 1, 0)...min(component.rows.upperBound + 1, height - 1)
    let line = paint - background
    let length = (line * line).sum()
    var map = CoverageMap(left: columns.lowerBound, top: rows.lowerBound, width: columns.count, height: rows.count)
    for y in rows {
      for x in columns where isNear(x, y, component.label) {
        let offset = pixels[y * width + x] - background
        let share = min(max((offset * line).sum() / length, 0), 1)
        let rest = offset - share * line
        let residual = ((rest * rest).sum() / length).squareRoot()
        if residual <= 0.6 { map.add(share * min(1.35 - residual, 1), x: x, y: y) }
      }
    }
    return map
  }

  /// Whether a pixel is in a component, or is background with a neighbour in it.
  private func isNear(_ x: Int, _ y: Int, _ label: Int32) -> Bool {
    let own = labels[y * width + x]
    guard own == 0 else { return own == label }
    for row in max(y - 1, 0)...min(y + 1, height - 1) {
      for column in max(x - 1, 0)...min(x + 1, width - 1) where labels[row * width + column] == label { return true }
    }
    return false
  }
}

/// How much of each pixel of a window is covered, with the sums that place a shape on it.
struct CoverageMap {
  /// The window's place in the picture.
  let left: Int, top: Int
  /// The window's size.
  let width: Int, height: Int
  /// Coverage 0…1, row by row.
  private(set) var values: [Float]
  /// The sum of all coverages in pixels.
  private(set) var area: Float = 0
  private var moment = SIMD2<Float>()
  private var low = SIMD2<Int>(repeating: .max), high = SIMD2<Int>(repeating: .min)

  init(left: Int, top: Int, width: Int, height: Int) {
    (self.left, self.top, self.width, self.height) = (left, top, width, height)
    values = [Float](repeating: 0, count: width * height)
  }

  /// Sets one pixel, given in the picture's coordinates.
  mutating func add(_ coverage: Float, x: Int, y: Int) {
    values[(y - top) * width + x - left] = coverage
    area += coverage
    moment += coverage * SIMD2(Float(x - left) + 0.5, Float(y - top) + 0.5)
    if coverage >= 0.5 {
      low = SIMD2(min(low.x, x), min(low.y, y))
      high = SIMD2(max(high.x, x), max(high.y, y))
    }
  }

  /// Whether it is too wide for an object that fills one place.
  var isWide: Bool { max(width, height) > 24 }

  /// The centre of gravity in window pixels.
  var centroid: SIMD2<Float> { area > 0 ? moment / area : moment }

  /// The box around pixels that are at least half covered, in picture pixels.
  var box: Box {
    guard low.x <= high.x else { return Box(Double(left), Double(top), Double(left + width), Double(top + height)) }
    return Box(Double(low.x), Double(low.y), Double(high.x + 1), Double(high.y + 1))
  }
}
