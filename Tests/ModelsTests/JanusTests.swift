import Foundation
import Tensors
import Testing

@testable import Models

struct JanusTests {
  @Test func `weights have the names and shapes of Janus-Pro checkpoints`() throws {
    let parameters = try Janus(TinyModels.configuration(), seed: 1).parameters
    let shapes = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.value.shape) })
    let layer = "language_model.model.layers.1."
    let expected = [
      "language_model.model.embed_tokens.weight": [20, 16], layer + "self_attn.q_proj.weight": [16, 16],
      layer + "self_attn.k_proj.weight": [8, 16], layer + "self_attn.v_proj.weight": [8, 16],
      layer + "self_attn.o_proj.weight": [16, 16], layer + "mlp.gate_proj.weight": [24, 16],
      layer + "mlp.up_proj.weight": [24, 16], layer + "mlp.down_proj.weight": [16, 24],
      layer + "input_layernorm.weight": [16], layer + "post_attention_layernorm.weight": [16],
      "language_model.model.norm.weight": [16], "language_model.lm_head.weight": [20, 16],
      "gen_head.output_mlp_projector.weight": [20, 16], "gen_head.output_mlp_projector.bias": [20],
      "gen_head.vision_head.weight": [12, 20], "gen_head.vision_head.bias": [12], "gen_embed.weight": [12, 8],
      "gen_aligner.layers.0.weight": [16, 8], "gen_aligner.layers.0.bias": [16],
      "gen_aligner.layers.2.weight": [16, 16], "gen_aligner.layers.2.bias": [16],
    ]
    for (name, shape) in expected { #expect(shapes[name] == shape, "\(name)") }
    #expect(parameters.count == expected.count + 9)
  }

  @Test func `the precision is that of the matrices, and of copies`() throws {
    let model = try Janus(TinyModels.configuration(), seed: 1)
    model.precision = .int8
    let kept = model.copy().parameters.filter { $0.precision == .fp32 }.map(\.name)
    #expect(
      kept.filter { !$0.contains("norm") && !$0.hasSuffix("bias") } == [
        "language_model.model.embed_tokens.weight", "gen_embed.weight",
      ])
    model.precision = .bf16
    let matrix = try #require(model.parameters.first { $0.name.hasSuffix("q_proj.weight") })
    #expect(matrix.precision == (Engine.supports(.bf16) ? .bf16 : .fp32))
  }

  @Test func `the seed decides every weight, and each weight has numbers of its own`() throws {
    let (first, same) = (try Janus(TinyModels.configuration(), seed: 1), try Janus(TinyModels.configuration(), seed: 1))
    #expect(first.parameters.map { $0.value.array() } == same.parameters.map { $0.value.array() })
    let other = try Janus(TinyModels.configuration(), seed: 2)
    let matrices = zip(first.parameters, other.parameters).filter { $0.0.name.hasSuffix("proj.weight") }
    #expect(matrices.count == 14)
    for (one, two) in matrices { #expect(one.value.array() != two.value.array()) }
    #expect(Set(matrices.map { $0.0.value.array().prefix(4) }).count == 14)
    // Uniform in ±1/√16.
    let values = matrices[0].0.value.array()
    #expect(values.allSatisfy { abs($0) <= 0.25 } && values.contains { abs($0) > 0.2 })
  }

  @Test func `training a copy leaves the original alone, and the other way round`() throws {
    let model = try TinyModels.sharp()
    let copy = model.copy()
    let before = model.parameters.map { $0.value.array() }
    #expect(copy.parameters.map { $0.value.array() } == before)
    for (trained, kept) in [(copy, model), (model, copy)] {
      let fixed = kept.parameters.map { $0.value.array() }
      let tape = Tape()
      let sequence = try trained.sequence(prompt: "a red circle", rationale: "red .", codes: [1, 2, 3, 4])
      tape.backward(sum(trained.score([sequence], tape: tape).logProbability))
      AdamW(trained.parameters, learningRate: 0.1).step()
      #expect(kept.parameters.map { $0.value.array() } == fixed)
      #expect(zip(trained.parameters, before).filter { $0.0.value.array() == $0.1 }.map(\.0.name) == [])
    }
  }

  @Test func `a sequence holds prompt, rationale and codes, and dropping the prompt drops the rationale`() throws {
    let model = try TinyModels.sharp()
    let sequence = try model.sequence(prompt: "a red circle", rationale: "red .", codes: [0, 1, 2, 3])
    #expect(sequence.ids == [1, 6, 7, 9, 3, 7, 15, 4, 0, 1, 2, 3, 5, 2])
    #expect(sequence.isImage == (0..<14).map { (8..<12).contains($0) })
    #expect(sequence.promptCount == 5)
    #expect(sequence.codes == [0, 1, 2, 3])
    let plain = try model.sequence(prompt: "a red circle", rationale: nil, codes: [0, 1, 2, 3])
    #expect(plain.ids == [1, 6, 7, 9, 4, 0, 1, 2, 3, 5, 2])
    #expect(plain.promptCount == 5)
    let null = TokenSequence(
      ids: [1, 4, 0, 1, 2, 3, 5, 2], isImage: (0..<8).map { (2..<6).contains($0) }, promptCount: 2)
    #expect(sequence.withoutPrompt(model.tokenizer.special) == null)
    #expect(plain.withoutPrompt(model.tokenizer.special) == null)
  }

  @Test func `a prompt that leaves no room is refused with its line`() throws {
    let model = try TinyModels.sharp()
    let fitting = Array(repeating: "red", count: 56).joined(separator: " ")
    #expect(try model.prompt(fitting, think: false).count == 58)
    #expect(throws: ModelError.promptTooLong(tokens: 57, limit: 56, line: 3)) {
      try model.prompt(fitting + " red", think: false, line: 3)
    }
    #expect(throws: ModelError.promptTooLong(tokens: 56, limit: 45, line: nil)) {
      try model.prompt(fitting, think: true, maximumRationale: 10)
    }
  }

  @Test func `sizes that do not fit are refused`() {
    func refusal(_ change: (inout Janus.Configuration) -> Void) -> String? {
      var configuration = TinyModels.configuration()
      change(&configuration)
      return #expect(throws: ModelError.self) { try Janus(configuration, seed: 1) }?.description
    }
    #expect(refusal { $0.decoder.layers = 0 } == "layers is 0, but must be from 1 to 1024")
    #expect(
      refusal { $0.decoder.width = 18 } == "width is 18, but must be an even number for each of 4 heads")
    #expect(
      refusal { $0.decoder.keyValueHeads = 3 } == "keyValueHeads is 3, but must be a divisor of the 4 heads")
    #expect(refusal { $0.imageHeadWidth = 0 } == "imageHeadWidth is 0, but must be from 1 to 65536")
    #expect(refusal { $0.decoder.rotaryBase = 0 } == "rotaryBase is 0.0, but must be above 0")
    #expect(
      refusal { $0.visionEncoder = VisionEncoder.Configuration() }
        == "outputWidth is 128, but must be the decoder's width 16")
  }
}
