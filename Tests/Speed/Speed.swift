import Foundation
import Models
import Primitives
import Tensors

/// Timings of the two works that training consists of, as JSON.
///
/// `speed` measures each five times after one that warms up. `speed --follow` prints a description, then does one work for each
/// line that it reads (`train` or `sample`) and prints the seconds: so a peer can be measured in turns with it.
/// `speed --operators` prints what each operator takes in a step of training.
@main struct Speed {
  /// The sizes of both works; a peer takes the same.
  private struct Sizes: Codable {
    var width = 256
    var layers = 6
    var heads = 8
    var feedForward = 704
    var words = 64
    var codes = 512
    var rows = 32
    var prompt = 10
    var rationale = 50
    var guidance = 5
  }

  /// What is measured, and on what.
  private struct Description: Codable {
    var sizes = Sizes()
    var parameters: Int
    var threads = Engine.threads
    var kernels = Engine.instructionSet
  }

  private struct Timing: Codable {
    var work: String
    var seconds: Double
  }

  private struct OperatorTiming: Codable {
    var operation: String
    var shape: [Int]
    var calls: Int
    var forward: Double
    var backward: Double
  }

  private let sizes = Sizes()
  private let model: Janus
  private let optimizer: AdamW
  private let sequences: [TokenSequence]
  private let prompts: [String]

  /// Random weights and data: neither changes what the work costs.
  private init() throws {
    let words = (0..<sizes.words).map { "w\($0)" }
    var configuration = Janus.Configuration(words: words)
    configuration.decoder.width = sizes.width
    configuration.decoder.layers = sizes.layers
    configuration.decoder.heads = sizes.heads
    configuration.decoder.keyValueHeads = sizes.heads
    configuration.decoder.feedForward = sizes.feedForward
    configuration.imageTokenizer.codes = sizes.codes
    configuration.imageHeadWidth = 256
    model = try Janus(configuration, seed: 0)
    optimizer = AdamW(model.parameters, learningRate: 1e-4)
    let stream = RandomStream(seed: 0, purpose: "speed")
    func pick(_ count: Int, _ row: Int, _ position: Int) -> Int {
      Int(stream.uniform(sample: row, position: position) * Float(count))
    }
    func text(_ row: Int, _ range: Range<Int>) -> String {
      range.map { words[pick(words.count, row, $0)] }.joined(separator: " ")
    }
    prompts = (0..<sizes.rows).map { [sizes] in text($0, 0..<sizes.prompt) }
    let codes = configuration.codesPerImage
    sequences = try (0..<sizes.rows).map { [model, sizes, prompts] row in
      try model.sequence(
        prompt: prompts[row], rationale: text(row, sizes.prompt..<(sizes.prompt + sizes.rationale)),
        codes: (0..<codes).map { Int32(pick(sizes.codes, row, 1000 + $0)) })
    }
  }

  /// A step of supervised training: forward, backward, clipping, update.
  private func train(on tape: Tape = Tape()) {
    let scores = model.score(sequences, tape: tape)
    zeroGradients(model.parameters)
    tape.backward(-mean(scores.logProbability))
    _ = optimizer.step(maximumNorm: 1)
  }

  /// The codes of one image a prompt, with guidance.
  private func sample() throws {
    let options = SamplingOptions(think: false, guidance: Float(sizes.guidance), decodesImages: false)
    _ = try Sampler(model).sample(prompts, count: 1, options: options, seed: 0)
  }

  /// The time of each operator in three steps of training.
  private func printOperators() throws {
    train()
    for _ in 0..<3 {
      let tape = Tape(isTiming: true)
      let start = ContinuousClock.now
      train(on: tape)
      let all = (ContinuousClock.now - start) / .seconds(1)
      var sum = 0.0
      for timing in tape.timings {
        sum += timing.forward + timing.backward
        try Self.print(
          OperatorTiming(
            operation: timing.operation, shape: timing.shape, calls: timing.calls, forward: timing.forward,
            backward: timing.backward))
      }
      try Self.print(Timing(work: "all else", seconds: all - sum))
      try Self.print(Timing(work: "train", seconds: all))
    }
  }

  private func timed(_ work: String) throws -> Timing {
    let start = ContinuousClock.now
    if work == "train" { train() } else { try sample() }
    return Timing(work: work, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  private static func print(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
  }

  static func main() throws {
    let speed = try Speed()
    let count = speed.model.parameters.reduce(0) { $0 + $1.value.count }
    try print(Description(parameters: count))
    if CommandLine.arguments.contains("--operators") { return try speed.printOperators() }
    if CommandLine.arguments.contains("--follow") {
      while let work = readLine() { try print(speed.timed(work)) }
      return
    }
    for work in ["train", "sample"] {
      _ = try speed.timed(work)
      let times = try (0..<5).map { _ in try speed.timed(work).seconds }.sorted()
      try print(Timing(work: work + " median", seconds: times[2]))
    }
  }
}
