import Foundation
import Learning
import Models
import Primitives
import Shapes
import Tensors

/// The works that are timed, on a model with random weights.
final class Bench {
  /// What a work has to say beyond how long it took.
  struct Result {
    var values: [String: Double] = [:]
    var text: [String: String] = [:]
  }

  let sizes: Sizes
  let model: Janus
  // Made when they are first used, so that works that do not train show their own memory.
  private lazy var optimizer = AdamW(model.parameters, learningRate: 1e-4)
  private lazy var tokenizerOptimizer = AdamW(model.imageTokenizer.trainedParameters, learningRate: 1e-4)
  let sequences: [TokenSequence]
  private let prompts: [String]
  private let memoryAtStart = Memory.peak

  init(_ sizes: Sizes) throws {
    self.sizes = sizes
    let words = (0..<sizes.words).map { "w\($0)" }
    var configuration = Janus.Configuration(words: words)
    configuration.decoder.width = sizes.width
    configuration.decoder.layers = sizes.layers
    configuration.decoder.heads = sizes.heads
    configuration.decoder.keyValueHeads = sizes.heads
    configuration.decoder.feedForward = sizes.feedForward
    configuration.decoder.context = sizes.context
    configuration.imageTokenizer.codes = sizes.codes
    configuration.imageTokenizer.grid = sizes.grid
    configuration.imageTokenizer.imageSize = 8 * sizes.grid
    configuration.imageHeadWidth = sizes.imageHead
    let model = try sizes.tiny ? Janus.tiny() : Janus(configuration, seed: 0)
    self.model = model
    guard let precision = Precision(rawValue: sizes.precision), Engine.supports(precision) else {
      throw NoPrecision(name: sizes.precision)
    }
    model.precision = precision
    let known = sizes.tiny ? Vocabulary.words : words
    let stream = RandomStream(seed: 0, purpose: "speed")
    func pick(_ count: Int, _ row: Int, _ position: Int) -> Int {
      Int(stream.uniform(sample: row, position: position) * Float(count))
    }
    func text(_ row: Int, _ range: Range<Int>) -> String {
      range.map { known[pick(known.count, row, $0)] }.joined(separator: " ")
    }
    prompts = (0..<sizes.rows).map { text($0, 0..<sizes.prompt) }
    let codes = model.configuration.codesPerImage
    sequences = try (0..<sizes.rows).map { row in
      try model.sequence(
        prompt: text(row, 0..<sizes.prompt),
        rationale: sizes.rationale > 0 ? text(row, sizes.prompt..<(sizes.prompt + sizes.rationale)) : nil,
        codes: (0..<codes).map { Int32(pick(sizes.codes, row, 1000 + $0)) })
    }
  }

  func run(_ work: String, path: String?) throws -> Result {
    switch work {
    case "describe": return description
    case "train": train()
    case "sample": try sample()
    case "encode": _ = model.imageTokenizer.encode(pictures)
    case "decode": _ = model.imageTokenizer.decode(sequences.map(\.codes))
    case "train-tokenizer": trainTokenizer()
    case "grpo": return try policyStep()
    case "score": return score()
    case "export": try export(path ?? "")
    case "load": return try load(path ?? "")
    case "cost": return try cost()
    case "operators": return trainingOperators()
    case "sampling-operators": return try samplingOperators()
    case "product": return product()
    case "bandwidth": return bandwidth()
    case "memory":
      return Result(
        values: ["start": memoryAtStart, "peak": Memory.peak, "tensors": Double(Engine.takePeakMemory())])
    default: throw Unknown(work: work)
    }
    return Result()
  }

  private struct Unknown: Error { let work: String }

  private var tokens: Int { sequences.first?.count ?? 0 }

  private var description: Result {
    let arithmetic = model.arithmetic
    // BOS and THINK or IMAGE_START around the words.
    let prompt = sizes.prompt + 2
    return Result(
      values: [
        "parameters": Double(model.parameterCount), "threads": Double(Engine.threads),
        "tokens": Double(tokens), "words": Double(model.tokenizer.count),
        "train": arithmetic.training(batch: sizes.rows, tokens: tokens, prompt: prompt),
        "sample": arithmetic.sampling(batch: sizes.rows, prompt: prompt, isGuided: sizes.guidance != 1),
        "prefill": arithmetic.prefill(batch: sizes.rows, tokens: prompt),
      ], text: ["kernels": Engine.instructionSet])
  }

  /// A step of supervised training: forward, backward, clipping, update.
  func train(on tape: Tape = Tape()) {
    let scores = model.score(sequences, tape: tape)
    zeroGradients(model.parameters)
    tape.backward(-mean(scores.logProbability))
    _ = optimizer.step(maximumNorm: 1)
  }

  /// The codes of one image a prompt.
  private func sample() throws {
    let options = SamplingOptions(think: false, guidance: Float(sizes.guidance), decodesImages: false)
    _ = try Sampler(model).sample(prompts, count: 1, options: options, seed: 0)
  }

  private var pictures: [Bitmap] {
    let side = model.configuration.imageTokenizer.imageSize
    return Array(repeating: Bitmap(width: side, height: side, fill: .init(200, 30, 30)), count: sizes.rows)
  }

  private func trainTokenizer() {
    let tokenizer = model.imageTokenizer
    let pixels = tokenizer.pixels(of: pictures)
    let tape = Tape()
    let result = tokenizer.reconstruct(pixels, tape: tape)
    let difference = result.pixels - pixels
    zeroGradients(tokenizer.trainedParameters)
    tape.backward(mean(absolute(difference) + square(difference)) + result.commitment * 0.25)
    _ = tokenizerOptimizer.step(maximumNorm: 1)
  }
}

// MARK: - A step of reinforcement training

extension Bench {
  /// 16 prompts × 8 samples with the model that ships, by parts, in seconds.
  private func policyStep() throws -> Result {
    var values: [String: Double] = [:]
    func timed<Value>(_ part: String, _ body: () throws -> Value) rethrows -> Value {
      let start = ContinuousClock.now
      defer { values[part] = (ContinuousClock.now - start) / .seconds(1) }
      return try body()
    }
    let set = try PromptSet.world(count: 16)
    let options = SamplingOptions(maximumRationale: sizes.rationale, decodesImages: false)
    var samples = try timed("sample") {
      try Sampler(model).sample(set.prompts.map(\.text), count: 8, options: options, seed: 1)
    }
    let images = timed("decode") { model.imageTokenizer.decode(samples.map(\.codes)) }
    for index in samples.indices { samples[index].image = images[index] }
    let rewards = try timed("score") { try OracleReward(prompts: set.prompts).score(samples) }
    // Which reward is whose does not change the work; groups of equal rewards would.
    let advantages = rewards.indices.map { Float($0 % 2 == 0 ? 1 : -1) }
    let pieces = stride(from: 0, to: samples.count, by: 16).map { Array(samples[$0..<min($0 + 16, samples.count)]) }
    timed("log-probabilities") { for piece in pieces { _ = model.score(piece, tape: nil) } }
    timed("update") { update(pieces, advantages) }
    let count = Double(samples.count)
    values["tokens"] = samples.reduce(0) { $0 + Double($1.sequence.responseCount) } / count
    values["prompt"] = samples.reduce(0) { $0 + Double($1.sequence.promptCount) } / count
    return Result(values: values)
  }

  private func update(_ pieces: [[Sample]], _ advantages: [Float]) {
    let total = pieces.joined().reduce(0) { $0 + $1.isForced.count { !$0 } }
    var place = 0
    zeroGradients(model.parameters)
    for piece in pieces {
      let tape = Tape()
      let scores = model.score(piece, tape: tape)
      let perToken = piece.enumerated().flatMap { index, sample in
        Array(repeating: advantages[place + index], count: sample.sequence.responseCount)
      }
      place += piece.count
      let result = PolicyLoss()(
        PolicyLoss.Tokens(
          logProbabilities: scores.logProbability.array(), old: piece.flatMap(\.logProbabilities),
          advantages: perToken, counts: scores.isForced.map { !$0 }), denominator: Double(total))
      tape.backward(sum(scores.logProbability * Tensor(result.gradient, shape: [scores.count])))
    }
    // The model must stay the one that ships, or later steps would sample other lengths.
    _ = optimizer.step(learningRate: 0, maximumNorm: 1)
  }
}

// MARK: - Agreement, prediction, limits

extension Bench {
  /// What a forward pass makes of the sequences, for a comparison number by number.
  private func score() -> Result {
    let scores = model.score(sequences, tape: nil)
    func text(_ tensor: Tensor) -> String { tensor.array().map { "\($0)" }.joined(separator: " ") }
    func text(_ ids: [Int32]) -> String { ids.map(String.init).joined(separator: " ") }
    return Result(
      text: [
        "logProbabilities": text(scores.logProbability), "entropies": text(scores.entropy),
        "ids": text(sequences.flatMap(\.ids)),
      ])
  }

  private func export(_ path: String) throws {
    try Safetensors.write(model.parameters.map { ($0.name, $0.value) }, to: path)
  }

  /// What saving and loading take of memory that cannot be given back, in bytes.
  private func load(_ folder: String) throws -> Result {
    try model.save(to: folder)
    let before = Memory.anonymous
    let start = ContinuousClock.now
    let loaded = try Janus.load(from: folder)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Result(
      values: [
        "loading": Memory.anonymous - before, "seconds": seconds, "weights": 4 * Double(loaded.parameterCount),
      ])
  }

  private func cost() throws -> Result {
    let cost = try model.cost(
      batch: sizes.rows, tokens: tokens, isGuided: sizes.guidance != 1, microBatch: sizes.rows * tokens,
      canUndo: false)
    let memory = cost.training.memory
    return Result(
      values: [
        "train": cost.training.seconds, "sample": cost.sampling.seconds, "weights": Double(memory.weights),
        "gradients": Double(memory.gradients), "optimizer": Double(memory.optimizer),
        "activations": Double(memory.activations), "total": Double(memory.total),
        "samplingMemory": Double(cost.sampling.memory.total),
      ])
  }

  /// The rate of a large product in operations a second.
  private func product() -> Result {
    let size = 2048
    let parameter = Parameter("w", Tensor(repeating: 0.5, shape: [size, size]))
    parameter.precision = model.precision
    let x = Tensor(repeating: 0.25, shape: [size, size])
    return Result(values: ["rate": best { _ = linear(x, parameter, on: nil) } * 2 * Double(size * size * size)])
  }

  /// How fast memory is read, in bytes a second.
  private func bandwidth() -> Result {
    let numbers = Tensor(repeating: 1, shape: [64 << 20])
    return Result(values: ["rate": best { _ = sum(numbers) } * 4 * Double(numbers.count)])
  }

  /// How often a second a work was done, the best of five times.
  private func best(_ work: () -> Void) -> Double {
    (0..<6).map { _ in
      let start = ContinuousClock.now
      work()
      return .seconds(1) / (ContinuousClock.now - start)
    }.max() ?? 0
  }
}

private struct NoPrecision: Error { let name: String }

/// The memory of this process, in bytes.
enum Memory {
  /// What is its own and in use.
  static var anonymous: Double { field("RssAnon") }
  /// The most that it ever had.
  static var peak: Double { field("VmHWM") }

  private static func field(_ name: String) -> Double {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return (line?.split(separator: " ").dropFirst().first).flatMap { Double($0) }.map { $0 * 1024 } ?? 0
  }
}
