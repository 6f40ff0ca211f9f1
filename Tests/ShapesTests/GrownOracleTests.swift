import Primitives
import Shapes
import Testing

struct GrownOracleTests {
  private static let kinds: [(ShapeName, SizeName, TextureName)] =
    ShapeName.allCases.flatMap { shape in
      SizeName.ordinary.flatMap { size in TextureName.fitting(size).map { (shape, size, $0) } }
    } + ShapeName.containers.map { ($0, .huge, .hollow) }

  @Test(arguments: BackgroundName.allCases)
  func `every object of every look is found on every background`(background: BackgroundName) {
    for (shape, size, texture) in Self.kinds {
      for color in ColorName.allCases {
        let object = SceneObject(shape, color, size, texture, at: .center)
        let seen = Oracle.look(at: Renderer.draw(Scene([object], background: background)))
        let found = seen.detections.first
        #expect(seen.background == background && seen.detections.count == 1 && seen.debris == 0, "\(object)")
        #expect(
          found?.shape == shape && found?.color == color && found?.texture == texture && found?.size == size,
          "\(object) \(String(describing: found))")
      }
    }
  }

  @Test func `crowded pictures are read back whole`() {
    for index in 0..<60 {
      var generator = RandomStream(seed: 3, purpose: "crowded").generator(sample: index)
      let scene = SceneSampler.crowded(isGrown: true, with: &generator)
      let seen = Oracle.look(at: Renderer.draw(scene))
      #expect(seen.background == scene.background)
      #expect(seen.detections.count == scene.objects.count && seen.debris == 0, "\(scene) \(seen)")
      for object in scene.objects {
        #expect(
          seen.detections.contains {
            $0.shape == object.shape && $0.color == object.color && $0.texture == object.texture
              && $0.size == object.size
          }, "\(object)")
      }
    }
  }
}
