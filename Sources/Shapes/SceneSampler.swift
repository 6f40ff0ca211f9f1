public import Primitives

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
  ///   objects gets nine; one whose relations cannot hold gets its objects anywhere. A description that no scene fits
  ///   gets an empty one.
  public static func scene(for prompt: Prompt, seed: Int, index: Int = 0) -> Scene {
    var generator = RandomStream(seed: seed, purpose: "shapes.scene").generator(sample: index)
    if prompt.include.isEmpty, !prompt.facts.isEmpty {
      let layout = SceneLayout(prompt.facts)
      for _ in 0..<8 { if let scene = layout.draw(with: &generator) { return scene } }
      return Scene([])
    }
    // One relation between two objects holds at a random place in a quarter of the tries; 200 tries fail never.
    var scene = draw(prompt, with: &generator)
    for _ in 0..<200 where !isRelated(scene, as: prompt) { scene = draw(prompt, with: &generator) }
    return scene
  }

  /// A picture full of objects, which teaches an image tokenizer more than one with a single object.
  ///
  /// Six to nine objects of random shape, colour and size. With `isGrown` two in five backgrounds are coloured, three in
  /// five large objects are textured, and one scene in four has small objects only, around and inside a huge one.
  ///
  /// - Parameters:
  ///   - isGrown: whether textures, backgrounds and huge objects occur.
  ///   - generator: where the random numbers come from; without `isGrown` it is the same as ever.
  /// - Returns: the scene.
  public static func crowded(isGrown: Bool, with generator: inout RandomGenerator) -> Scene {
    let cells = generator.shuffled(Cell.allCases).prefix(6 + generator.below(4))
    var objects = cells.compactMap { cell -> SceneObject? in
      guard let shape = generator.pick(ShapeName.allCases), let color = generator.pick(ColorName.allCases),
        let size = generator.pick(SizeName.ordinary)
      else { return nil }
      return SceneObject(shape, color, size, at: cell)
    }
    guard isGrown else { return Scene(objects) }
    let hasContainer = generator.below(4) == 0
    for index in objects.indices {
      if hasContainer { objects[index].size = .small }
      if objects[index].size == .large, generator.below(5) < 3 {
        objects[index].texture = generator.below(2) == 0 ? .striped : .checkered
      }
    }
    if hasContainer, let shape = generator.pick(ShapeName.containers), let color = generator.pick(ColorName.allCases) {
      objects.append(SceneObject(shape, color, .huge, .hollow, at: .center))
    }
    let background = generator.below(5) < 2 ? generator.pick(Array(BackgroundName.allCases.dropFirst())) : nil
    return Scene(objects, background: background ?? .gray)
  }

  private static func draw(_ prompt: Prompt, with generator: inout RandomGenerator) -> Scene {
    var cells = generator.shuffled(Cell.allCases)
    var objects: [SceneObject] = []
    for clause in prompt.include {
      for _ in 0..<max(clause.count, 0) {
        guard let cell = cells.popLast() else { break }
        let color = clause.color ?? ColorName.allCases[generator.below(ColorName.allCases.count)]
        let size = SizeName.ordinary[generator.below(SizeName.ordinary.count)]
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
