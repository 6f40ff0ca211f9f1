import Primitives
import Shapes
import Testing

struct RendererTests {
  @Test func `an object stays inside its own two by two patches`() {
    for shape in ShapeName.allCases {
      for cell in Cell.allCases {
        let bitmap = Renderer.draw(Scene([SceneObject(shape, .black, .large, at: cell)]))
        let (x, y) = cell.centerPoint
        for row in 0..<64 {
          for column in 0..<64 where !(x - 8..<x + 8 ~= column && y - 8..<y + 8 ~= row) {
            #expect(bitmap[column, row] == Renderer.background)
          }
        }
      }
    }
  }

  @Test func `areas agree with geometry`() {
    // In units of radius²: circle π; square 1.8²; triangle base 2, height 1.9; diamond 2; cross 2·0.72·2 − 0.72²;
    // ring π(1 − 0.25). Samples are 1/8 px apart, so a straight edge of up to 54 px may be off by 1/16 px: 3.4 px².
    let areas: [ShapeName: Double] = [
      .circle: .pi, .square: 3.24, .triangle: 1.9, .diamond: 2, .cross: 2.3616, .ring: .pi * 0.75,
    ]
    for size in SizeName.ordinary {
      for (shape, area) in areas.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        let bitmap = Renderer.draw(Scene([SceneObject(shape, .black, size, at: .center)]))
        let (empty, full) = (Double(Renderer.background.red), Double(Renderer.paint(.black).red))
        let covered = stride(from: 0, to: bitmap.bytes.count, by: 3)
          .reduce(0.0) { $0 + (empty - Double(bitmap.bytes[$1])) / (empty - full) }
        let radius = Renderer.radius(size)
        #expect(abs(covered - area * radius * radius) < 3.4, "\(size) \(shape)")
      }
    }
  }

  @Test func `colours are far apart and far from the background`() {
    let paints = [Renderer.background] + ColorName.allCases.map(Renderer.paint)
    for (index, a) in paints.enumerated() {
      for b in paints[..<index] {
        let parts = [(a.red, b.red), (a.green, b.green), (a.blue, b.blue)].map { Double($0.0) - Double($0.1) }
        #expect(parts.reduce(0) { $0 + $1 * $1 }.squareRoot() >= 80, "\(a) \(b)")
      }
    }
  }

  @Test func `an empty scene is background`() {
    #expect(Renderer.draw(Scene([])) == Bitmap(width: 64, height: 64, fill: Renderer.background))
  }
}
