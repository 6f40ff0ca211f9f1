import Learning
import Models
import Primitives
import Tensors
import Testing

/// Training of low-rank adapters, supervised and by reinforcement.
struct AdapterTests {
  private static func tuner(_ model: Janus, rank: Int = 2) throws -> FineTuner {
    var settings = FineTuner.Settings()
    settings.batch = 4
    settings.optimizer.learningRate = 1e-2
    settings.lora = .init(rank: rank)
    return try FineTuner(model, data: Small.paintings(), settings: settings)
  }

  private static func policy(_ model: Janus) throws -> PolicyTrainer {
    var settings = Small.policySettings()
    settings.lora = .init(rank: 2)
    return try PolicyTrainer(model, prompts: Small.prompts(), reward: Small.even, settings: settings)
  }

  private static func isAdapted(_ name: String) -> Bool {
    name.hasPrefix("language_model.model.layers") && name.hasSuffix("proj.weight")
  }

  @Test func `only the decoder's linear maps change, and the first loss is that of the model without adapters`() throws
  {
    let model = try Small.model()
    let before = Small.bits(model)
    let tuner = try Self.tuner(model)
    #expect(Small.bits(model) == before)
    // The rates of a short plan begin and end near 0.
    try tuner.run(steps: 6)
    for (parameter, old) in zip(model.parameters, before) {
      let isSame = parameter.value.array().map(\.bitPattern) == old
      #expect(isSame != Self.isAdapted(parameter.name), "\(parameter.name)")
    }
    var settings = FineTuner.Settings()
    settings.batch = 4
    let whole = try FineTuner(Small.model(), data: Small.paintings(), settings: settings)
    try whole.run(steps: 1)
    #expect(tuner.history["loss"]?.first == whole.history["loss"]?.first)
  }

  @Test func `adapters learn`() throws {
    let tuner = try Self.tuner(Small.model(), rank: 4)
    try tuner.run(steps: 60)
    let losses = try #require(tuner.history["loss"])
    let (first, last): (Double, Double) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
    #expect(last < 0.8 * first)
  }

  @Test func `with adapters too the sampler and the scorer agree`() throws {
    let trainer = try Self.policy(Small.model())
    try trainer.run(steps: 3)
    for ratio in try #require(trainer.history["ratio_mean"]) { #expect(abs(ratio - 1) <= 1e-5) }
    for gap in try #require(trainer.history["score_gap"]) { #expect(gap <= 1e-5) }
  }

  @Test(arguments: [false, true])
  func `a run with adapters that was saved and resumed gives the bits of one that was not`(reinforced: Bool) throws {
    func made(_ model: Janus) throws -> Trainer { reinforced ? try Self.policy(model) : try Self.tuner(model) }
    let straight = try made(Small.model())
    try straight.run(steps: 4)
    try Small.inFolder { folder in
      let (stop, first) = (StopToken(), try made(Small.model()))
      try first.run(steps: 4, stop: stop) { if $0.index == 1 { stop.raise() } }
      try first.save(to: folder)
      #expect(first.state.weights.allSatisfy { !$0.name.hasPrefix("language_model") || $0.name.contains("lora") })
      let second = try made(Small.model())
      try second.restore(from: folder)
      try second.resume()
      #expect(Small.bits(second.model) == Small.bits(straight.model))
      #expect(Small.bits(second.history) == Small.bits(straight.history))

      let foreign = try made(Small.model(seed: 2))
      let error = try #require(throws: LearningError.self) { try foreign.restore(from: folder) }
      #expect(error.description.contains("adapters on weights"))
    }
  }

  @Test func `an abandoned step leaves the bits of before`() throws {
    let tuner = try Self.tuner(Small.model())
    try tuner.run(steps: 1)
    let before = Small.bits(tuner.model)
    let stop = StopToken()
    let summary = try tuner.run(steps: 5, stop: stop) { _ in
      stop.raise()
      stop.raise()
    }
    #expect(summary.steps == 1)
    #expect(Small.bits(tuner.model) != before)
  }

  @Test func `adapters that another training has passed by are refused`() throws {
    let model = try Small.model()
    let tuner = try Self.tuner(model)
    try tuner.run(steps: 1)
    try Self.policy(model).run(steps: 1)
    let error = try #require(throws: LearningError.self) { try tuner.run(steps: 1) }
    #expect(error == .staleAdapters)
    #expect(error.description.contains("make a new trainer"))
  }

  @Test func `a rank or a scale out of range is refused`() throws {
    var settings = FineTuner.Settings()
    settings.lora = .init(rank: 0)
    #expect(throws: LearningError.setting("the adapters' rank", value: "0", expected: "from 1 to 4096")) {
      try FineTuner(Small.model(), data: Small.paintings(), settings: settings)
    }
    settings.lora = .init(rank: 2, alpha: -1)
    #expect(throws: LearningError.setting("the adapters' alpha", value: "-1.0", expected: "above 0")) {
      try FineTuner(Small.model(), data: Small.paintings(), settings: settings)
    }
  }
}
