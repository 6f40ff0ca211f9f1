import Models
import Primitives
import Shapes

/// One picture with questions about it and their true answers, for the training of a judge.
struct JudgeLesson {
  /// The picture.
  let picture: Bitmap
  /// What the picture was asked to show.
  let prompt: Prompt

  /// A question with its answer in words.
  struct Turn {
    let question: String
    let answer: String
    let isDescription: Bool
  }

  /// Questions about the picture, half of them to be answered yes as far as the picture allows, and then one for a
  /// description of what the oracle sees. It comes last, so that answers are found in the picture and not in it.
  ///
  /// The prompt itself is among them. The others differ from it in one fact, or state what the oracle sees, or ask for
  /// something else; none of those is a prompt that the world holds out from training.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - others: prompts to take something else from.
  ///   - generator: of the choice.
  func turns(_ count: Int, others: [Prompt], with generator: inout RandomGenerator) -> [Turn] {
    let sighting = Oracle.look(at: picture)
    var candidates = Array(generator.shuffled(PromptVariant.all(of: prompt)).prefix(12))
    candidates += PromptVariant.truths(of: sighting, with: &generator)
    if let other = generator.pick(others) { candidates.append(other) }
    candidates = generator.shuffled(
      candidates.filter {
        // Prompts of GenEval's six tasks are held out by task, all others by the pairs that they state.
        !($0.task == nil ? PromptFamily.isHeldOut($0) : PromptGrammar.isHeldOut($0))
      })
    var chosen = [prompt]
    var known = Set([prompt.text])
    while chosen.count < count {
      let wantsYes = generator.below(2) == 1
      let rest = candidates.filter { !known.contains($0.text) }
      let fitting = rest.first { Verdict(of: sighting, for: $0).passes == wantsYes } ?? rest.first
      guard let next = fitting else { break }
      known.insert(next.text)
      chosen.append(next)
    }
    var turns = generator.shuffled(chosen).map { asked in
      Turn(
        question: JudgeQuestion.text(asked.text),
        answer: Verdict(of: sighting, for: asked).passes ? JudgeQuestion.yes : JudgeQuestion.no, isDescription: false)
    }
    turns.append(
      Turn(question: JudgeQuestion.description, answer: Self.description(of: sighting), isDescription: true))
    return turns
  }
  /// What was seen, as a plan: each object at the place that its middle is nearest to.
  static func description(of sighting: Sighting) -> String {
    func place(_ low: Double, _ high: Double) -> Int { min(max(Int(((low + high) / 2 - 8) / 24 + 0.5), 0), 2) }
    return Rationale.write(
      Scene(
        sighting.detections.map { seen in
          let index = 3 * place(seen.box.top, seen.box.bottom) + place(seen.box.left, seen.box.right)
          return SceneObject(seen.shape, seen.color, seen.size, seen.texture, at: Cell.allCases[index])
        }, background: sighting.background))
  }
}
