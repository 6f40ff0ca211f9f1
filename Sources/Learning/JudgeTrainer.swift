public import Models
public import Primitives
import Shapes
import Tensors

/// Supervised training of a judge: a model with a vision encoder learns to answer whether a picture shows what a prompt
/// asks for, as the oracle would.
///
/// A step's pictures are of four kinds: true ones as the world draws them; true ones after the round trip through a
/// painter's image tokenizer; the same with some codes replaced, which gives the broken objects that a policy paints; and
/// pictures that painters have painted, at several temperatures, with and without thought. Each has several questions,
/// half of them to be answered yes; most of the others are one fact away from the truth. What the world holds out
/// is asked only if it is among the prompts given. Last a description is asked for, which teaches to see.
///
/// Source: H. Liu et al., 2023, arXiv 2304.08485, section 4.2 (dialogues of several turns; loss on answers alone).
public final class JudgeTrainer: Trainer {
  /// What can be set.
  public struct Settings: Sendable, Hashable {
    /// Pictures a step.
    public var batch = 32
    /// Yes-or-no questions a picture.
    public var questions = 8
    /// Pictures that each painter paints beforehand.
    public var painted = 3072
    /// The share of a step's pictures that painters have painted, 0…1.
    public var paintedShare = 0.6
    /// What a word of a description weighs; a yes or no weighs 1.
    public var descriptionWeight = 0.2
    /// The temperatures that painters paint with, in turns.
    public var temperatures: [Float] = [0.7, 1, 1.3]
    /// The optimizer; the default suits the tiny judge.
    public var optimizer = OptimizerSettings(learningRate: 1.5e-3, betas: [0.9, 0.98], schedule: .oneCycle)
    /// The seed of pictures and questions.
    public var seed = 0

    /// The defaults.
    public init() {}

    func check() throws {
      try require("the batch", batch, batch >= 1, "at least 1")
      try require("the questions a picture", questions, (1...8).contains(questions), "from 1 to 8")
      try require("the pictures a painter", painted, painted >= 1, "at least 1")
      try require("the painted share", paintedShare, (0...1).contains(paintedShare), "between 0 and 1")
      try require("the description's weight", descriptionWeight, descriptionWeight >= 0, "at least 0")
      try require("the number of temperatures", temperatures.count, !temperatures.isEmpty, "at least 1")
    }
  }

  /// The columns of ``Trainer/history``: the cross-entropy of yes and no and of a description's words in nats, the share
  /// of questions answered rightly, and the share whose answer is yes.
  public static let columns = ["step", "loss", "answer_ce", "description_ce", "accuracy", "yes", "lr", "grad_norm"]

  private let options: Settings
  private let tokenizers: [ImageTokenizer]
  private let paintings: [(picture: Bitmap, prompt: Prompt)]
  private let prompts: [Prompt]

  /// A trainer for a judge.
  ///
  /// - Parameters:
  ///   - model: has a vision encoder; is changed by training.
  ///   - prompts: what pictures are asked to show, and what questions are made from.
  ///   - painters: at least one; their pictures are painted here and now, so that training them later changes nothing.
  ///   - settings: what can be set.
  ///   - stop: polled while painters paint.
  /// - Throws: ``LearningError`` for a setting or no painter, and `ModelError` for a model without a vision encoder.
  public init(
    _ model: Janus, prompts: PromptSet, painters: [Janus], settings: Settings = Settings(), stop: StopToken? = nil
  ) throws {
    try settings.check()
    let side = try model.eyes().configuration.imageSize
    try require("the judge's picture size", side, side >= Scene.side, "at least \(Scene.side), as in the world")
    guard !painters.isEmpty else {
      throw LearningError.nothing("the list of painters", fix: "give at least one model whose pictures are judged")
    }
    options = settings
    tokenizers = painters.map(\.imageTokenizer)
    self.prompts = prompts.prompts
    try prompts.check(against: model.tokenizer)
    paintings = try Self.paint(prompts.prompts, painters, settings, stop: stop)
    var digest = Fingerprint()
    for prompt in prompts.prompts { digest.combine(prompt.text) }
    for painting in paintings { digest.combine(bytes: painting.picture.bytes) }
    try super.init(
      model, parameters: model.readingParameters, optimizer: settings.optimizer,
      progress: TrainingProgress(
        kind: "training of a judge",
        settings: SettingsRecord.lines(of: settings) + ["data \(paintings.count) paintings \(digest)"],
        queue: PromptQueue(count: max(paintings.count, 1), seed: settings.seed), entropy: .off,
        history: History(names: Self.columns)))
  }

  /// Pictures of the prompts by every painter, with and without thought, at every temperature.
  private static func paint(
    _ prompts: [Prompt], _ painters: [Janus], _ settings: Settings, stop: StopToken?
  ) throws -> [(picture: Bitmap, prompt: Prompt)] {
    let rounds = 2 * settings.temperatures.count
    var paintings: [(picture: Bitmap, prompt: Prompt)] = []
    for (index, painter) in painters.enumerated() {
      for round in 0..<rounds {
        let places = (settings.painted * round / rounds)..<(settings.painted * (round + 1) / rounds)
        guard !places.isEmpty else { continue }
        let asked = places.map { prompts[(index * settings.painted + $0) % prompts.count] }
        let samples = try Sampler(painter).sample(
          asked.map(\.text), count: 1,
          options: SamplingOptions(think: round % 2 == 0, temperature: settings.temperatures[round / 2]),
          seed: settings.seed, step: index * rounds + round, stop: stop)
        paintings += zip(samples, asked).map { ($0.image, $1) }
      }
    }
    return paintings
  }

  override func takeStep(stop: StopToken?) throws -> Outcome {
    try Self.heed(stop)
    let lessons = lessons()
    var (dialogues, tokens) = ([Dialogue](), [Token]())
    for (index, lesson) in lessons.enumerated() {
      var generator = RandomStream(seed: options.seed, purpose: "judge.question")
        .generator(step: progress.step, sample: index)
      let turns = lesson.turns(
        1 + generator.below(options.questions), others: prompts, with: &generator)
      try dialogues.append(
        Dialogue(
          picture: lesson.picture,
          turns: turns.map { turn in
            let answer = try model.tokenizer.encode(turn.answer)
            tokens += (0...answer.count).map { Token(turn: turn, isFirst: $0 == 0) }
            return Dialogue.Turn(question: try model.tokenizer.encode(turn.question), answer: answer)
          }))
    }
    let weights = tokens.map { $0.turn.isDescription ? Float(options.descriptionWeight) : 1 }
    let total = weights.reduce(0, +)
    let (scores, norm) = try update { tape in
      let tape = tape()
      let scores = try model.score(dialogues, tape: tape).logProbability
      let loss = sum(scores * Tensor(weights, shape: [weights.count])) * (-1 / total)
      guard loss.scalar.isFinite else { throw LearningError.notFinite("the loss", step: progress.step) }
      tape.backward(loss)
      return scores.array()
    }
    return Outcome(metrics: metrics(tokens, scores, weights, norm: norm))
  }

  /// A predicted token, and the turn that it belongs to.
  private struct Token {
    let turn: JudgeLesson.Turn
    let isFirst: Bool
  }

  private func metrics(_ tokens: [Token], _ scores: [Float], _ weights: [Float], norm: Double) -> [Metric] {
    func mean(_ values: [Double]) -> Double {
      values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
    }
    let answers = zip(tokens, scores).filter { !$0.0.turn.isDescription && $0.0.isFirst }
    let described = zip(tokens, scores).filter { $0.0.turn.isDescription }
    let loss = zip(scores, weights).reduce(0.0) { $0 - Double($1.0 * $1.1) } / Double(weights.reduce(0, +))
    return [
      Metric("loss", loss), Metric("answer_ce", mean(answers.map { -Double($0.1) })),
      Metric("description_ce", mean(described.map { -Double($0.1) })),
      // Of two answers the right one is the likelier if it has more than half.
      Metric("accuracy", mean(answers.map { $0.1 > -0.693_147_2 ? 1 : 0 })),
      Metric("yes", mean(answers.map { $0.0.turn.answer == JudgeQuestion.yes ? 1 : 0 })),
      Metric("lr", Double(rate)), Metric("grad_norm", norm),
    ]
  }

  // MARK: - Pictures

  /// The step's pictures.
  private func lessons() -> [JudgeLesson] {
    let painted = Int((Double(options.batch) * options.paintedShare).rounded())
    var lessons = progress.queue.take(painted).map { index in
      JudgeLesson(picture: paintings[index].picture, prompt: paintings[index].prompt)
    }
    lessons += drawn(options.batch - painted)
    return lessons
  }

  /// True pictures: a third as drawn, a third after the round trip through an image tokenizer, a third with codes
  /// replaced on the way.
  private func drawn(_ count: Int) -> [JudgeLesson] {
    let stream = RandomStream(seed: options.seed, purpose: "judge.scene")
    let chosen = (0..<count).compactMap { index -> (prompt: Prompt, scene: Scene)? in
      var generator = stream.generator(step: progress.step, sample: index)
      guard let prompt = generator.pick(prompts) else { return nil }
      return (prompt, SceneSampler.scene(for: prompt, seed: Int(generator.word())))
    }
    var pictures = chosen.map { Renderer.draw($0.scene) }
    let through = chosen.indices.filter { $0 % 3 != 0 }
    let tokenizer = tokenizers[progress.step % tokenizers.count]
    var codes = tokenizer.encode(through.map { pictures[$0] })
    for (place, index) in through.enumerated() where index % 3 == 2 {
      var generator = stream.generator(step: progress.step, sample: index, position: 1)
      damage(&codes[place], of: tokenizer.configuration.codes, with: &generator)
    }
    for (index, picture) in zip(through, tokenizer.decode(codes)) { pictures[index] = picture }
    return chosen.indices.map { JudgeLesson(picture: pictures[$0], prompt: chosen[$0].prompt) }
  }

  /// Replaces one to four codes where something is drawn, by others of the picture or by any.
  private func damage(_ codes: inout [Int32], of count: Int, with generator: inout RandomGenerator) {
    var uses: [Int32: Int] = [:]
    for code in codes { uses[code, default: 0] += 1 }
    let drawn = codes.indices.filter { (uses[codes[$0]] ?? 0) < 16 }
    for _ in 0...generator.below(4) {
      guard let place = generator.pick(drawn) else { return }
      codes[place] = generator.below(2) == 0 ? Int32(generator.below(count)) : generator.pick(codes) ?? codes[place]
    }
  }
}
