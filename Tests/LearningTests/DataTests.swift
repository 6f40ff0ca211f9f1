import Learning
import Models
import Shapes
import Testing

struct PromptSetTests {
  @Test func `lines of a file lose carriage returns, tails after a tab, and blank lines`() {
    let lines = PromptSet.lines(of: "a red circle\r\n\r\na blue star\t0.5\n   \ntwo rings")
    #expect(lines.map(\.number) == [1, 3, 5])
    #expect(lines.map(\.text) == ["a red circle", "a blue star", "two rings"])
  }

  @Test func `a word that the world does not know is named with its line`() throws {
    let lines = PromptSet.lines(of: "a red circle\n\na purple elephant")
    let error = try #require(throws: ShapesError.self) { try PromptSet(lines: lines, name: "mine.txt") }
    #expect(error.description.hasPrefix("line 3: the shapes world does not know the word 'elephant'"))
  }

  @Test func `a word that the model does not know is named with its line`() throws {
    let prompts = try PromptSet(
      [Prompt(text: "a red circle", task: nil, include: []), Prompt(text: "a red giraffe", task: nil, include: [])],
      name: "list", lines: [2, 8])
    let error = try #require(throws: ModelError.self) { try prompts.check(for: Small.model()) }
    #expect(error.description.hasPrefix("line 8: "))
    #expect(error.description.contains("'giraffe'"))
  }

  @Test func `lines are parted into prompts and refusals with reasons`() {
    let (prompts, refusals) = PromptSet.sorted(
      PromptSet.lines(of: "a photo of a bench\na photo of a star\na photo of two circles"))
    #expect(prompts.map(\.text) == ["a photo of a star", "a photo of two circles"])
    #expect(refusals.map(\.line.number) == [1])
    #expect(refusals.first?.reason.contains("'bench'") == true)
  }

  @Test func `no prompts are an error`() {
    #expect(throws: LearningError.self) { try PromptSet(lines: [], name: "empty.txt") }
    #expect(throws: LearningError.self) { try PromptSet.world(count: 5, tasks: [.singleObject], split: .heldOut) }
  }

  @Test func `every prompt of the world is one that its model knows`() throws {
    try PromptSet.world(count: 200, seed: 3).check(for: Small.model())
  }

  @Test func `a prompt of ten thousand words is refused before anything is drawn`() throws {
    let text = Array(repeating: "red", count: 10_000).joined(separator: " ")
    let prompts = try PromptSet([Prompt(text: text, task: nil, include: [])], lines: [5])
    let error = try #require(throws: ModelError.self) {
      try PolicyTrainer(Small.model(), prompts: prompts, reward: Small.even)
    }
    #expect(error.description.hasPrefix("line 5: the prompt has 10000 words"))
  }
}

struct PaintingDatasetTests {
  private static func form(_ change: (inout PaintingDataset.Form) -> Void) -> PaintingDataset.Form {
    var form = PaintingDataset.Form()
    change(&form)
    return form
  }

  @Test func `prompts and styles are drawn anew at each visit, and the picture stays`() throws {
    let data = try PaintingDataset.world(
      count: 10,
      form: Self.form {
        $0.styles = RationaleStyle.allCases
        $0.augmentation = PromptAugmentation(separator: " ;")
      })
    for index in 0..<10 {
      let visits = try (0..<40).map { try #require(data[index, visit: $0]) }
      let record = visits[0].record
      #expect(Set(visits.map(\.image)).count == 1)
      #expect(Set(visits.map(\.rationale)) == Set(RationaleStyle.allCases.compactMap(record.rationale)))
      #expect(visits.map(\.prompt.text) == (0..<40).map { data[index, visit: $0]?.prompt.text })
      #expect(Set(visits.map(\.prompt.text)).isSuperset(of: record.prompts.variedCaptions))
      #expect(visits.allSatisfy { $0.prompt.include == visits[0].prompt.include })
    }
  }

  @Test func `every style and every drawn prompt is of words that the model knows`() throws {
    let model = try Small.model()
    let data = try PaintingDataset.world(
      count: 200,
      form: Self.form {
        $0.styles = RationaleStyle.allCases
        $0.augmentation = PromptAugmentation(separator: " ;")
      })
    for index in 0..<200 {
      let painting = try #require(data[index, visit: index])
      _ = try model.sequence(prompt: painting.prompt.text, rationale: painting.rationale, codes: [0, 1, 2, 3])
    }
  }

  @Test func `a painting depends on seed and index alone and shows what its prompt asks for`() throws {
    let data = try PaintingDataset.world(count: 20, form: Self.form { $0.seed = 5 })
    let again = try PaintingDataset.world(count: 20, form: Self.form { $0.seed = 5 })
    let other = try PaintingDataset.world(count: 20, form: Self.form { $0.seed = 6 })
    for index in [19, 0, 7] {
      let painting = try #require(data[index])
      #expect(painting.image == again[index]?.image)
      #expect(painting.rationale == again[index]?.rationale)
      #expect(Oracle.judge(painting.image, painting.prompt).passes)
      let scene = try #require(Rationale.read(painting.rationale))
      #expect(Renderer.draw(scene) == painting.image)
    }
    #expect(data.identity == again.identity)
    #expect(data.identity != other.identity)
    #expect((0..<20).contains { data[$0]?.image != other[$0]?.image })
  }

  @Test func `outside of the dataset there is nothing, and without thinking no thought`() throws {
    let data = try PaintingDataset.world(count: 2, form: Self.form { $0.thinks = false })
    #expect(data[2] == nil)
    #expect(data[-1] == nil)
    #expect(data[1]?.rationale == "")
    #expect(!data.thinks)
  }
}

struct OracleRewardTests {
  private static func sample(_ prompt: String, _ scene: Scene) -> Sample {
    Sample(
      prompt: prompt, sequence: TokenSequence(ids: [], isImage: [], promptCount: 0), isForced: [],
      logProbabilities: [], entropies: [], rationale: "", codes: [], image: Renderer.draw(scene), index: 0,
      temperature: 1, guidance: 1)
  }

  private static let scene = Scene([SceneObject(.star, .red, .large, at: .center)])

  @Test func `a true picture gets one and a false one nothing`() throws {
    let scores = try OracleReward().score([
      Self.sample("a photo of a red star", Self.scene), Self.sample("a photo of a blue star", Self.scene),
      Self.sample("a photo of a star", Self.scene),
    ])
    #expect(scores == [1, 0, 1])
  }

  @Test func `a graded judge gives a share to what is partly right and one to what is right`() throws {
    let scores = try OracleReward(isGraded: true).score([
      Self.sample("a photo of a red star", Self.scene), Self.sample("a photo of a blue star", Self.scene),
    ])
    #expect(scores[0] == 1)
    #expect(scores[1] > 0 && scores[1] < 1)
  }

  @Test func `demands that were given go before those that the text says`() throws {
    let prompt = Prompt(text: "something odd", task: nil, include: [.init(.star, color: .red)])
    #expect(try OracleReward(prompts: [prompt]).score([Self.sample("something odd", Self.scene)]) == [1])
    #expect(throws: ShapesError.self) { try OracleReward().score([Self.sample("something odd", Self.scene)]) }
  }
}

struct ScorerCheckTests {
  private static func samples(_ model: Janus, think: Bool, guidance: Float, temperature: Float) throws -> [Sample] {
    try Sampler(model).sample(
      Small.prompts().prompts.prefix(3).map(\.text), count: 2,
      options: SamplingOptions(think: think, guidance: guidance, temperature: temperature, maximumRationale: 6), seed: 8
    )
  }

  @Test func `sampler and scorer agree for mixed lengths, guidance and temperatures`() throws {
    let model = try Small.model()
    for (think, guidance, temperature) in [(true, 1, 1), (true, 3, 0.7), (false, 3, 1)] as [(Bool, Float, Float)] {
      let samples = try Self.samples(model, think: think, guidance: guidance, temperature: temperature)
      #expect(try ScorerCheck.verify(samples, model: model) <= 1e-5)
    }
  }

  @Test func `scorers that are wrong in one thing fail the same check`() throws {
    let model = try Small.model()
    let samples = try Self.samples(model, think: true, guidance: 3, temperature: 0.7)
    let wrong: [(inout Sample) -> Void] = [
      { $0.temperature = 1 },  // as if the temperature had been ignored
      { $0.guidance = 1 },  // as if guided samples were scored without guidance
    ]
    for change in wrong {
      var samples = samples
      for index in samples.indices { change(&samples[index]) }
      #expect(throws: LearningError.self) { try ScorerCheck.verify(samples, model: model) }
    }
    let moved = try Small.model(seed: 2)
    #expect(throws: LearningError.self) { try ScorerCheck.verify(samples, model: moved) }
    #expect(throws: LearningError.self) { try ScorerCheck.verify(samples, scored: []) }
  }
}

struct MicroBatchTests {
  @Test func `pieces follow one another and none is larger than the budget unless it is one sequence`() {
    #expect(pieces([3, 3, 3, 3], 6) == [0..<2, 2..<4])
    #expect(pieces([9, 1, 1, 9], 4) == [0..<1, 1..<3, 3..<4])
    #expect(pieces([], 4) == [])
    #expect(pieces([4], 4) == [0..<1])
  }
}
