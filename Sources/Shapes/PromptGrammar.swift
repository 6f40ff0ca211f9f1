import Primitives

/// The prompts of mini-GenEval, all of them, and the fixed line between training and evaluation.
///
/// The line is drawn between prompts, by arithmetic on the positions of their words in ``ShapeName`` and ``ColorName``,
/// so that it never moves. A prompt and its paraphrase (`a circle and a star`, `a star and a circle`; `a circle left of
/// a star`, `a star right of a circle`) are always on the same side. Held out are:
///
/// | task | prompts | held out | which |
/// |---|---|---|---|
/// | single_object | 8 | 0 | none: too few to lose any |
/// | two_object | 56 | 16 | the two shapes are neighbours in the list of shapes, which closes to a circle |
/// | counting | 24 | 6 | shape − number is a multiple of 4 |
/// | colors | 80 | 16 | colour − shape is a multiple of 5 |
/// | position | 224 | 64 | right − left is 2 or 5, or lower − upper is 1 or 6, modulo 8 |
/// | color_attr | 5 040 | 1 008 | shape + shape + colour + colour is a multiple of 5 |
///
/// What is held out is the prompt, not its parts: red circles occur in training scenes (two_object prompts leave colours
/// free) though `a red circle` is never asked for. Evaluation takes single_object and counting whole, since 8 and 24
/// prompts enumerate their tasks, and the held-out prompts of the other four.
public enum PromptGrammar {
  /// A side of the line.
  public enum Split: String, CaseIterable, Codable, Sendable {
    /// Both sides.
    case all
    /// What may be trained on.
    case training
    /// What may not.
    case heldOut = "held_out"
    /// What is scored: everything of single_object and counting, what is held out of the rest.
    case evaluation
  }

  /// Every prompt of a task on one side, in a fixed order.
  ///
  /// - Parameters:
  ///   - task: the task.
  ///   - split: the side; `heldOut` of single_object is empty.
  /// - Returns: distinct prompts.
  public static func prompts(_ task: Prompt.Task, split: Split = .all) -> [Prompt] {
    let every = enumerate(task)
    switch split {
    case .all: return every
    case .training: return every.filter { !isHeldOut($0) }
    case .heldOut: return every.filter(isHeldOut)
    case .evaluation:
      return task == .singleObject || task == .counting ? every : every.filter(isHeldOut)
    }
  }

  /// Random prompts, each of a task drawn uniformly and then drawn uniformly within the task.
  ///
  /// - Parameters:
  ///   - count: how many; prompts may repeat.
  ///   - tasks: the tasks to draw from; tasks without a prompt on this side are left out.
  ///   - split: the side, training unless told otherwise.
  ///   - seed: the seed; prompt k depends on it and on k alone.
  /// - Returns: `count` prompts, or none if there is nothing to draw from.
  public static func random(
    _ count: Int, tasks: [Prompt.Task] = Prompt.Task.allCases, split: Split = .training, seed: Int
  ) -> [Prompt] {
    let lists = tasks.map { prompts($0, split: split) }.filter { !$0.isEmpty }
    let stream = RandomStream(seed: seed, purpose: "shapes.prompt")
    return (0..<max(count, 0)).compactMap { index in
      var generator = stream.generator(sample: index)
      return generator.pick(lists).flatMap { generator.pick($0) }
    }
  }

  /// Whether a prompt is on the held-out side; by its facts, not by its spelling.
  public static func isHeldOut(_ prompt: Prompt) -> Bool {
    let shapes = prompt.include.map(\.shape.index)
    let colors = prompt.include.compactMap(\.color?.index)
    switch prompt.task {
    case .twoObject where shapes.count == 2:
      return [1, 7].contains(modulo(shapes[0] - shapes[1], 8))
    case .counting where shapes.count == 1:
      return modulo(shapes[0] - prompt.include[0].count, 4) == 0
    case .colors where shapes.count == 1 && colors.count == 1:
      return modulo(colors[0] - shapes[0], 5) == 0
    case .position where shapes.count == 2:
      return isHeldOut(prompt.include[1].position?.relation, subject: shapes[1], reference: shapes[0])
    case .colorAttribution:
      return (shapes + colors).reduce(0, +) % 5 == 0
    default: return false
    }
  }

  private static func isHeldOut(_ relation: Relation?, subject: Int, reference: Int) -> Bool {
    switch relation {
    case .leftOf: [2, 5].contains(modulo(reference - subject, 8))
    case .rightOf: [2, 5].contains(modulo(subject - reference, 8))
    case .above: [1, 6].contains(modulo(reference - subject, 8))
    case .below: [1, 6].contains(modulo(subject - reference, 8))
    case nil: false
    }
  }

  private static func modulo(_ value: Int, _ divisor: Int) -> Int {
    let rest = value % divisor
    return rest < 0 ? rest + divisor : rest
  }

  private static func enumerate(_ task: Prompt.Task) -> [Prompt] {
    let shapes = ShapeName.allCases
    let colors = ColorName.allCases
    let pairs = shapes.flatMap { first in shapes.filter { $0 != first }.map { (first, $0) } }
    switch task {
    case .singleObject: return shapes.map { PromptWriter.prompt([.init($0)]) }
    case .twoObject: return pairs.map { PromptWriter.prompt([.init($0), .init($1)]) }
    case .counting:
      return shapes.flatMap { shape in (2...4).map { PromptWriter.prompt([.init(shape, count: $0)]) } }
    case .colors:
      return colors.flatMap { color in shapes.map { PromptWriter.prompt([.init($0, color: color)]) } }
    case .position:
      return pairs.flatMap { subject, reference in
        Relation.allCases.map { PromptWriter.prompt(.init(subject), $0, .init(reference)) }
      }
    case .colorAttribution:
      let colorPairs = colors.flatMap { first in colors.filter { $0 != first }.map { (first, $0) } }
      return pairs.flatMap { first, second in
        colorPairs.map { PromptWriter.prompt([.init(first, color: $0), .init(second, color: $1)]) }
      }
    }
  }
}
