import Primitives
import Shapes
import Testing

/// A thousand scenes a task where that takes seconds, fewer where nothing is optimized.
#if DEBUG
  private let sceneCount = 40
#else
  private let sceneCount = 1_000
#endif

struct OracleTests {
  @Test(arguments: Prompt.Task.allCases)
  func `every true scene passes, strictly and with high confidence`(task: Prompt.Task) {
    for (index, prompt) in PromptGrammar.random(sceneCount, tasks: [task], split: .all, seed: 11).enumerated() {
      let scene = SceneSampler.scene(for: prompt, seed: 12, index: index)
      let verdict = Oracle.judge(Renderer.draw(scene), prompt)
      #expect(verdict.passes && verdict.isStrict && verdict.score > 0.88, "\(prompt.text): \(scene) \(verdict)")
    }
  }

  @Test(arguments: Prompt.Task.allCases)
  func `every scene with one fact changed fails and scores less`(task: Prompt.Task) {
    for (index, prompt) in PromptGrammar.random(sceneCount, tasks: [task], split: .all, seed: 13).enumerated() {
      let scene = SceneSampler.scene(for: prompt, seed: 14, index: index)
      let truth = Oracle.judge(Renderer.draw(scene), prompt)
      for (change, mutant) in mutants(of: scene, for: prompt, index: index) {
        let verdict = Oracle.judge(Renderer.draw(mutant), prompt)
        #expect(!verdict.passes, "\(change) of \(prompt.text): \(mutant)")
        #expect(verdict.score < truth.score - 0.1 && !verdict.reasons.isEmpty, "\(change) of \(prompt.text)")
      }
    }
  }

  @Test func `what was drawn is what is found`() {
    for (index, prompt) in PromptGrammar.random(sceneCount / 2, split: .all, seed: 15).enumerated() {
      let scene = SceneSampler.scene(for: prompt, seed: 16, index: index)
      let found = Oracle.detect(Renderer.draw(scene))
      #expect(found.count == scene.objects.count)
      for object in scene.objects {
        let (x, y) = (Double(object.cell.centerPoint.x), Double(object.cell.centerPoint.y))
        let match = found.first {
          abs($0.box.left + $0.box.right - 2 * x) < 3 && abs($0.box.top + $0.box.bottom - 2 * y) < 3
        }
        #expect(match?.shape == object.shape && match?.color == object.color, "\(object)")
        // Half-covered pixels of a box of twice the radius; a star's and a heart's tips are thinner than that.
        let width = (match?.box.right ?? 0) - (match?.box.left ?? 0)
        #expect(abs(width - 2 * Renderer.radius(object.size)) <= 3, "\(object): \(width)")
      }
    }
  }

  @Test(arguments: Prompt.Task.allCases)
  func `mild blur and noise leave at least 95 of 100 true scenes`(task: Prompt.Task) {
    let count = sceneCount / 5
    var passed = 0
    for (index, prompt) in PromptGrammar.random(count, tasks: [task], split: .all, seed: 17).enumerated() {
      let scene = SceneSampler.scene(for: prompt, seed: 18, index: index)
      if Oracle.judge(corrupted(Renderer.draw(scene), seed: index), prompt).passes { passed += 1 }
    }
    #expect(Double(passed) >= 0.95 * Double(count))
  }

  @Test func `an empty, a black and a tiny picture hold nothing`() {
    let star = PromptGrammar.prompts(.singleObject)[3]
    for bitmap in [
      Bitmap(width: 64, height: 64, fill: Renderer.background), Bitmap(width: 64, height: 64),
      Bitmap(width: 0, height: 0), Bitmap(width: 1, height: 1), Bitmap(width: 3, height: 200),
    ] {
      let verdict = Oracle.judge(bitmap, star)
      #expect(!verdict.passes && verdict.score == 0)
      #expect(verdict.reasons == ["expected 1 star, found 0"])
    }
  }

  @Test func `two colours in one patch are no object, and a speck is debris`() {
    var bitmap = Renderer.draw(Scene([SceneObject(.square, .red, .large, at: .center)]))
    for y in 20..<44 {
      for x in 32..<44 where bitmap[x, y] == Renderer.paint(.red) { bitmap[x, y] = Renderer.paint(.blue) }
    }
    #expect(Oracle.look(at: bitmap) == Sighting(detections: [], debris: 1))
    var speck = Renderer.draw(Scene([SceneObject(.square, .red, .large, at: .center)]))
    speck[2, 2] = Renderer.paint(.black)
    let square = PromptGrammar.prompts(.singleObject)[1]
    let verdict = Oracle.judge(speck, square)
    #expect(verdict.passes && !verdict.isStrict)
  }

  @Test func `half a shape is no object`() {
    for shape in ShapeName.allCases {
      for size in SizeName.ordinary {
        var bitmap = Renderer.draw(Scene([SceneObject(shape, .blue, size, at: .center)]))
        for y in 24..<40 { for x in 32..<40 { bitmap[x, y] = Renderer.background } }
        #expect(Oracle.detect(bitmap).isEmpty, "\(size) \(shape)")
      }
    }
  }

  @Test func `shapes are found anywhere and at other sizes`() {
    // Twice the size, and off the grid by whole pixels.
    let small = Renderer.draw(Scene([SceneObject(.heart, .green, .large, at: .center)])).enlarged(by: 2)
    #expect(Oracle.detect(small).map(\.shape) == [.heart])
    var moved = Bitmap(width: 64, height: 64, fill: Renderer.background)
    moved.draw(Renderer.draw(Scene([SceneObject(.ring, .white, .small, at: .center)])), x: 7, y: -5)
    #expect(Oracle.detect(moved).map(\.shape) == [.ring])
    #expect(Oracle.detect(moved).map(\.color) == [.white])
  }

  @Test func `nine objects are seen at once, the surest first, twice alike`() {
    let scene = Scene(
      Cell.allCases.enumerated().map { index, cell in
        SceneObject(ShapeName.allCases[index % 8], ColorName.allCases[index], SizeName.ordinary[index % 2], at: cell)
      })
    let once = Oracle.look(at: Renderer.draw(scene))
    #expect(once.detections.count == 9)
    #expect(once == Oracle.look(at: Renderer.draw(scene)))
    let order = once.detections.map(\.confidence)
    #expect(order == order.sorted(by: >))
  }

  /// Scenes that differ from a true one in exactly one fact that the prompt states.
  private func mutants(of scene: Scene, for prompt: Prompt, index: Int) -> [(String, Scene)] {
    let objects = scene.objects
    var generator = RandomStream(seed: 19, purpose: "mutant").generator(sample: index)
    let named = prompt.include.map(\.shape)
    let free = Cell.allCases.filter { cell in !objects.contains { $0.cell == cell } }
    let chosen = generator.below(objects.count)
    var changed = objects
    changed[chosen].shape = generator.pick(ShapeName.allCases.filter { !named.contains($0) }) ?? .circle
    var found = [("other shape", Scene(changed))]
    found.append(("one fewer", Scene(objects.enumerated().filter { $0.offset != chosen }.map(\.element))))
    if prompt.task == .counting, let cell = free.first {
      found.append(("one more", Scene(objects + [SceneObject(named[0], .blue, .small, at: cell)])))
    }
    if prompt.include[0].color != nil {
      changed = objects
      changed[chosen].color = generator.pick(ColorName.allCases.filter { $0 != objects[chosen].color }) ?? .red
      found.append(("other colour", Scene(changed)))
    }
    if objects.count == 2, prompt.task == .colorAttribution {
      changed = objects
      (changed[0].color, changed[1].color) = (objects[1].color, objects[0].color)
      found.append(("swapped colours", Scene(changed)))
    }
    if prompt.task == .position {
      changed = objects
      (changed[0].cell, changed[1].cell) = (objects[1].cell, objects[0].cell)
      found.append(("opposite relation", Scene(changed)))
      changed = objects.map { object in
        var object = object
        object.cell = Cell.allCases[3 * object.cell.column + object.cell.row]
        return object
      }
      found.append(("perpendicular relation", Scene(changed)))
    }
    return found
  }

  /// Gaussian blur of deviation 0.7 px, then noise of deviation 6 on every channel.
  private func corrupted(_ bitmap: Bitmap, seed: Int) -> Bitmap {
    // exp(−k²/0.98) for |k| ≤ 2, divided by their sum.
    let kernel: [Float] = [0.0096, 0.2054, 0.57, 0.2054, 0.0096]
    var values = bitmap.bytes.map(Float.init)
    for offset in [(1, 0), (0, 1)] {
      let before = values
      for y in 0..<64 {
        for x in 0..<64 {
          for channel in 0..<3 {
            values[3 * (64 * y + x) + channel] = (-2...2).reduce(0) { sum, k in
              let (column, row) = (min(max(x + k * offset.0, 0), 63), min(max(y + k * offset.1, 0), 63))
              return sum + kernel[k + 2] * before[3 * (64 * row + column) + channel]
            }
          }
        }
      }
    }
    var generator = RandomStream(seed: seed, purpose: "noise").generator()
    let bytes = values.map { UInt8(min(max($0 + 6 * generator.normal(), 0), 255)) }
    return Bitmap(width: 64, height: 64, bytes: bytes) ?? bitmap
  }
}
