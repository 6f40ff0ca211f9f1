import Primitives

/// Scenes that show what a prompt asks for, exactly that, and leave the rest to chance.
public enum SceneSampler {
  /// One true scene of a prompt.
  ///
  /// Colours, sizes and cells that the prompt leaves free are drawn uniformly. Related objects stand so that the judge's
  /// rule holds with twice its margin and that no second relation holds.
  ///
  /// - Parameters:
  ///   - prompt: the prompt.
  ///   - seed: the seed.
  ///   - index: which of the seed's scenes; each is drawn independently of the others.
  /// - Returns: a scene with as many objects as the clauses count, no more. A prompt that asks for more than nine
  ///   objects gets nine; one whose relations cannot hold gets its objects anywhere.
  public static func scene(for prompt: Prompt, seed: Int, index: Int = 0) -> Scene {
    var generator = RandomStream(seed: seed, purpose: "shapes.scene").generator(sample: index)
    // One relation between two objects holds at a random place in a quarter of the tries; 200 tries fail never.
    var scene = draw(prompt, with: &generator)
    for _ in 0..<200 where !isRelated(scene, as: prompt) { scene = draw(prompt, with: &generator) }
    return scene
  }

  private static func draw(_ prompt: Prompt, with generator: inout RandomGenerator) -> Scene {
    var cells = generator.shuffled(Cell.allCases)
    var objects: [SceneObject] = []
    for clause in prompt.include {
      for _ in 0..<max(clause.count, 0) {
        guard let cell = cells.popLast() else { break }
        let color = clause.color ?? ColorName.allCases[generator.below(ColorName.allCases.count)]
        let size = SizeName.allCases[generator.below(SizeName.allCases.count)]
        objects.append(SceneObject(clause.shape, color, size, at: cell))
      }
    }
    return Scene(objects)
  }

  /// Whether every relation of the prompt holds with margin, and holds alone.
  private static func isRelated(_ scene: Scene, as prompt: Prompt) -> Bool {
    prompt.include.allSatisfy { clause in
      guard let position = clause.position, prompt.include.indices.contains(position.reference) else { return true }
      let subjects = scene.objects.filter { $0.shape == clause.shape }.map(Box.init)
      let references = scene.objects.filter { $0.shape == prompt.include[position.reference].shape }.map(Box.init)
      return subjects.allSatisfy { subject in
        references.allSatisfy { subject.relations(to: $0, threshold: 0.2) == [position.relation] }
      }
    }
  }
}
