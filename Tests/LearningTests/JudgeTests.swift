import Models
import Primitives
import Shapes
import Tensors
import Testing

@testable import Learning

@Suite("Judges") struct JudgeTests {
  @Test func `a boxed answer is one exact digit, and anything else is a failure`() {
    #expect(JudgementText.boxed(#"two stars … \boxed{1}"#).score == 1)
    #expect(JudgementText.boxed(#"\boxed{0}"#).score == 0)
    #expect(JudgementText.boxed(#"\boxed{1} so \boxed{1}"#).score == 1)
    let unreadable = [
      #"\boxed{}"#, #"\boxed{ 1}"#, #"\boxed{1.0}"#, #"\boxed{1} or \boxed{0}"#, "1", #"\boxed{1"#, "",
    ]
    for text in unreadable {
      #expect(JudgementText.boxed(text).score == nil, "\(text)")
      #expect(JudgementText.boxed(text).failure != nil)
      #expect(JudgementText.boxed(text, isLenient: true).score == 0)
    }
    #expect(JudgementText.boxed("perhaps").failure == "the judge answered 'perhaps'")
  }

  @Test func `yes and no are read as words`() {
    #expect(JudgementText.yesOrNo(" Yes ").score == 1)
    #expect(JudgementText.yesOrNo("no").score == 0)
    #expect(JudgementText.yesOrNo("yes no").score == nil)
    #expect(JudgementText.yesOrNo("").failure == "the judge answered nothing")
  }

  @Test func `a question is the prompt without its prefix, in words that a judge knows`() throws {
    #expect(JudgeQuestion.text("a photo of a red star.") == "does this show a red star ?")
    let tokenizer = try WordTokenizer(words: JudgeQuestion.words)
    #expect(tokenizer.decode(try tokenizer.encode("Does this show a red star?")) == "does this show a red star?")
  }

  @Test func `the tiny judge fits into two mebibytes, and looks at each place of the world through a patch`() throws {
    let model = try Janus(.judge(words: JudgeQuestion.words), seed: 0)
    let eyes = try model.eyes()
    // Half-precision weights; its image path is a few hundred numbers.
    let count = model.parameterCount + eyes.parameters.reduce(0) { $0 + $1.value.count }
    #expect(count * 2 < 2 << 20, "\(count)")
    #expect(eyes.configuration.patches == Cell.allCases.count)
    for (index, cell) in Cell.allCases.enumerated() {
      let (x, y) = cell.centerPoint
      #expect(y / eyes.configuration.patchSize * 3 + x / eyes.configuration.patchSize == index)
    }
  }

  @Test func `a description says what the oracle sees, and comes after all questions`() throws {
    let scene = Scene(
      [SceneObject(.star, .red, .small, at: .bottomRight), SceneObject(.ring, .blue, .large, at: .top)])
    let picture = Renderer.draw(scene)
    let plan = "two objects : large blue ring at top ; small red star at bottom right ."
    #expect(JudgeLesson.description(of: Oracle.look(at: picture)) == plan)
    let prompts = try Small.prompts().prompts
    var generator = RandomStream(seed: 1, purpose: "test").generator()
    let turns = JudgeLesson(picture: picture, prompt: prompts[0]).turns(5, others: prompts, with: &generator)
    #expect(turns.map(\.isDescription) == [false, false, false, false, false, true])
    #expect(turns.last?.answer == plan)
    for turn in turns.dropLast() {
      let asked = try PromptParser.parse(String(turn.question.dropFirst("does this show ".count).dropLast(2)))
      #expect(turn.answer == (Oracle.judge(picture, asked).passes ? "yes" : "no"), "\(turn.question)")
    }
  }

  @Test func `agreement, errors and calibration are those counted by hand`() {
    func cases(_ task: Prompt.Task, _ pairs: [(Double?, Bool)]) -> [JudgeCheck.Case] {
      pairs.map { .init(task: task, score: $0.0, isTrue: $0.1) }
    }
    let check = JudgeCheck(
      cases(.counting, [(0.9, true), (0.8, false), (0.1, false), (0.2, true)])
        + cases(.colors, [(0.7, true), (nil, true)]))
    #expect(check.agreement == 3.0 / 6)
    #expect(check.truePositive == 2.0 / 4)
    #expect(check.falsePositive == 1.0 / 2)
    #expect(check.failures == 1)
    #expect(check[.counting].agreement == 0.5 && check[.colors].truePositive == 0.5)
    #expect(check[.colors].falsePositive.isNaN)
    // Halves: 0.1 and 0.2 with one true of two; 0.9, 0.8 and 0.7 with two true of three.
    let bins = check.bins(2)
    #expect(bins.map(\.count) == [2, 3])
    #expect(abs(check.calibrationError(bins: 2) - (2 * 0.35 + 3 * (0.8 - 2.0 / 3)) / 5) < 1e-12)
    #expect(JudgeCheck([]).calibrationError().isNaN)
  }

  @Test func `the share behind a judge's is corrected by its errors`() throws {
    // (0.5 − 0.2) / (0.9 − 0.2)
    let corrected = try #require(JudgeCheck.corrected(0.5, truePositive: 0.9, falsePositive: 0.2))
    #expect(abs(corrected - 0.428571) < 1e-6)
    #expect(JudgeCheck.corrected(0.1, truePositive: 0.9, falsePositive: 0.2) == 0)
    #expect(JudgeCheck.corrected(0.95, truePositive: 0.9, falsePositive: 0.2) == 1)
    #expect(JudgeCheck.corrected(0.5, truePositive: 0.3, falsePositive: 0.3) == nil)
  }
}

@Suite("The training of a judge") struct JudgeTrainerTests {
  /// A model that looks at pictures of the world, small enough to train in milliseconds.
  private static func judge() throws -> Janus {
    var sizes = Janus.Configuration.judge(words: JudgeQuestion.words)
    (sizes.decoder.layers, sizes.decoder.width, sizes.decoder.feedForward) = (1, 16, 32)
    (sizes.decoder.heads, sizes.decoder.keyValueHeads) = (2, 2)
    var eyes = VisionEncoder.Configuration()
    (eyes.patchSize, eyes.width, eyes.layers, eyes.heads) = (16, 16, 1, 2)
    (eyes.feedForward, eyes.outputWidth) = (32, 16)
    sizes.visionEncoder = eyes
    return try Janus(sizes, seed: 2)
  }

  /// A painter of 64 px pictures with two by two codes.
  private static func painter() throws -> Janus {
    var sizes = try Small.model().configuration
    (sizes.imageTokenizer.imageSize, sizes.imageTokenizer.channels) = (64, 4)
    return try Janus(sizes, seed: 1)
  }

  private static func trainer() throws -> JudgeTrainer {
    var settings = JudgeTrainer.Settings()
    (settings.batch, settings.painted, settings.seed) = (6, 6, 4)
    return try JudgeTrainer(
      try judge(), prompts: try Small.prompts(), painters: [try painter()], settings: settings)
  }

  @Test func `the loss falls, and eyes and decoder are trained`() throws {
    let trainer = try Self.trainer()
    let before = trainer.model.readingParameters.map { $0.value.array() }
    try trainer.run(steps: 12)
    let loss = try #require(trainer.history["loss"])
    #expect(loss.suffix(3).reduce(0, +) < loss.prefix(3).reduce(0, +))
    #expect(zip(trainer.model.readingParameters, before).allSatisfy { $0.value.array() != $1 })
    let yes = try #require(trainer.history["yes"])
    #expect(yes.allSatisfy { (0...1).contains($0) })
  }

  @Test func `a training that was saved goes on to the same bits`() throws {
    try Small.inFolder { folder in
      let whole = try Self.trainer()
      try whole.run(steps: 4)
      let first = try Self.trainer()
      var seen = 0
      let stop = StopToken()
      try first.run(steps: 4, stop: stop) { _ in
        seen += 1
        if seen == 2 { stop.raise() }
      }
      try first.save(to: folder)
      let second = try Self.trainer()
      try second.restore(from: folder)
      try second.resume()
      #expect(Small.bits(second.history) == Small.bits(whole.history))
      let (one, two) = (whole.model.readingParameters, second.model.readingParameters)
      #expect(zip(one, two).allSatisfy { $0.value.array() == $1.value.array() })
    }
  }

  @Test func `a judge's answers become rewards, and a word that is no answer a failure`() throws {
    let model = try Self.judge()
    let scene = Scene([SceneObject(.star, .red, .large, at: .center)])
    var sample = RewardTests.sample("a photo of a red star")
    sample.image = Renderer.draw(scene)
    let answer = try #require(
      try model.ask([JudgeQuestion.text(sample.prompt)], about: [sample.image], limit: 1).first)
    let judgement = try JudgeReward(model, name: "mine").judge([sample])
    #expect(judgement == [JudgementText.yesOrNo(answer.text)])
    #expect(throws: ModelError.self) { try JudgeReward(try Small.model(), name: "blind") }
    #expect(throws: ModelError.self) {
      try JudgeTrainer(try Small.model(), prompts: try Small.prompts(), painters: [try Self.painter()])
    }
    #expect(throws: LearningError.self) { try JudgeTrainer(model, prompts: try Small.prompts(), painters: []) }
  }
}
