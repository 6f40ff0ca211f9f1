import Foundation
import Primitives
import Tensors
import TestSupport
import Testing

@testable import Models

struct PaintingTests {
  private static func drafts(_ model: Janus, _ options: SamplingOptions) throws -> [Draft] {
    try ["a red circle", "square", "", "blue", "a red circle"].enumerated().map { index, text in
      let prompt = try model.prompt(text, think: options.think, maximumRationale: options.maximumRationale)
      return Draft(prompt: text, sequence: prompt, index: index, room: 40)
    }
  }

  private static func painted(_ model: Janus, _ options: SamplingOptions, places: Int) throws -> [Draft] {
    let drafts = try drafts(model, options)
    var painting = Painting(
      model, InputTable(model), prompts: model.read(drafts.map(\.sequence) + [model.nullPrompt]), drafts: drafts,
      places: places, Draws(options: options, seed: 7, step: 2, stop: nil, stopAt: .leave))
    try painting.run()
    return painting.drafts
  }

  @Test(arguments: [true, false], [1, 3] as [Float])
  func `a draft that takes the place of a finished one is written as if it were alone`(
    think: Bool, guidance: Float
  ) throws {
    let model = try TinyModels.sharp(grid: 4)
    let options = SamplingOptions(think: think, guidance: guidance, maximumRationale: 12, decodesImages: false)
    let together = try Self.painted(model, options, places: 5)
    #expect(together.map(\.codes.count) == [16, 16, 16, 16, 16])
    #expect(Set(together.map(\.codes)).count == 5)
    for places in [1, 2, 9] {
      let other = try Self.painted(model, options, places: places)
      #expect(other.map(\.sequence) == together.map(\.sequence))
      #expect(other.map(\.logProbabilities) == together.map(\.logProbabilities))
      #expect(other.map(\.entropies) == together.map(\.entropies))
    }
  }

  @Test func `a distinct prompt is read once`() throws {
    let model = try TinyModels.sharp()
    let prompts = try ["square", "blue", "square"].map { try model.prompt($0, think: true) }
    let read = model.read(prompts)
    #expect(read.count == 2)
    #expect(read[prompts[1]]?.length == 2)
    #expect(model.read([]).isEmpty)
  }

  @Test func `the second token and all that follow take no memory from the system`() async {
    // In a process of its own: other tests take memory too.
    await #expect(processExitsWith: .success) {
      // Rows are written by one thread from beginning to end; two would take scratch memory at the same time or not.
      Engine.threads = 1
      let model = try TinyModels.sharp(grid: 4)
      let decoding = Decoding(model.decoder, rows: 4, room: 60, prompt: 3)
      let prompt = try model.prompt("a", think: true)
      let read = try #require(model.read([prompt])[prompt])
      for row in 0..<4 { decoding.begin(row: row, after: read) }
      let inputs = InputTable(model)
      func step() {
        let hidden = decoding.step(inputs([(5, false), (3, true), (4, true), (1, true)]), rows: [0, 1, 2, 3])
        let logits = model.guided(model.imageHead(hidden, nil), null: model.imageHead(hidden, nil), by: 3)
        _ = TokenDistributions(logits, temperature: 1)
      }
      let taken = (0..<50).map { _ in
        step()
        return Engine.memory
      }
      exit(taken[0] > 0 && taken[1] == taken[49] ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }
}
