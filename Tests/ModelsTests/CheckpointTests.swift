import Foundation
import Primitives
import Tensors
import Testing

@testable import Models

struct CheckpointTests {
  /// The problem that loading a folder ends in.
  private func problem(_ folder: String) throws -> String {
    let error = #expect(throws: ModelError.self) { try Janus.load(from: folder) }
    guard case .checkpoint(let path, let problem) = error else { return "\(String(describing: error))" }
    #expect(path.hasPrefix(folder + "/"))
    return problem
  }

  @Test func `what is saved is loaded, bit by bit`() throws {
    var configuration = TinyModels.configuration()
    var vision = VisionEncoder.Configuration()
    (vision.width, vision.layers, vision.feedForward, vision.outputWidth) = (8, 1, 8, 16)
    configuration.visionEncoder = vision
    let model = try Janus(configuration, seed: 6)
    try TinyModels.withFolder { folder in
      try model.save(to: folder + "/new")
      let loaded = try Janus.load(from: folder + "/new")
      #expect(loaded.configuration == model.configuration)
      #expect(loaded.storedParameters.map(\.name) == model.storedParameters.map(\.name))
      #expect(loaded.storedParameters.map { $0.value.array() } == model.storedParameters.map { $0.value.array() })
      #expect(loaded.storedParameters.contains { $0.name.hasPrefix("vision_model.") })
      let options = SamplingOptions(maximumRationale: 6)
      #expect(
        try loaded.paint("a red circle", options: options).map(\.image)
          == model.paint("a red circle", options: options).map(\.image))
    }
  }

  @Test func `loading leaves the weights in the file, and training a loaded model leaves the file alone`() throws {
    var configuration = TinyModels.configuration()
    configuration.decoder.feedForward = 512
    let model = try Janus(configuration, seed: 2)
    try TinyModels.withFolder { folder in
      try model.save(to: folder)
      let weights = try AtomicFile.read(folder + "/model.safetensors")
      let loaded = try Janus.load(from: folder)
      #expect(loaded.parameters.allSatisfy { $0.value.isInFile })
      #expect(try !Janus.load(from: folder).copy().parameters.contains { !$0.value.isInFile })
      for parameter in loaded.parameters { parameter.gradient = Tensor(repeating: 1, shape: parameter.value.shape) }
      AdamW(loaded.parameters, learningRate: 1e-3).step()
      #expect(loaded.parameters[0].value.array() != model.parameters[0].value.array())
      #expect(try AtomicFile.read(folder + "/model.safetensors") == weights)
      #expect(try Janus.load(from: folder).parameters[0].value.array() == model.parameters[0].value.array())
    }
  }

  @Test func `every defect of the files is one error that says what is wrong`() throws {
    let model = try TinyModels.sharp()
    try TinyModels.withFolder { folder in
      #expect(try problem(folder) == "there is no such file")
      try model.save(to: folder)
      let (weights, configuration) = (folder + "/model.safetensors", folder + "/config.json")
      let (goodWeights, goodText) = (try AtomicFile.read(weights), try AtomicFile.read(configuration))

      try AtomicFile.write(goodWeights.prefix(goodWeights.count - 7), to: weights)
      #expect(try problem(folder).contains("the safetensors file ends early"))
      try FileManager.default.removeItem(atPath: weights)
      #expect(try problem(folder) == "there is no such file")

      let all = model.storedParameters.map { ($0.name, $0.value) }
      try Safetensors.write(all.filter { $0.0 != "gen_embed.weight" }, to: weights)
      #expect(try problem(folder) == "it has no weight 'gen_embed.weight'")
      try Safetensors.write(
        all.map { $0.0 == "gen_embed.weight" ? ($0.0, $0.1.reshaped([8, 12])) : $0 }, to: weights)
      #expect(
        try problem(folder)
          == "the weight 'gen_embed.weight' has the shape [8, 12], but the configuration asks for [12, 8]")
      try Safetensors.write(all.map { $0.0 == "gen_embed.weight" ? ($0.0, $0.1 * .nan) : $0 }, to: weights)
      #expect(try problem(folder) == "the weight 'gen_embed.weight' holds numbers that are not finite")

      try AtomicFile.write(goodWeights, to: weights)
      try AtomicFile.write(goodText.prefix(40), to: configuration)
      #expect(try problem(folder) == "it is not a configuration in JSON")
      try AtomicFile.write("{}", to: configuration)
      #expect(try problem(folder).hasPrefix("it does not say '"))
      let text = String(decoding: goodText, as: UTF8.self)
      let layers = "\"layers\" : 2"
      try AtomicFile.write(
        text.replacingOccurrences(of: layers, with: "\"layers\" : \"two\""), to: configuration)
      #expect(try problem(folder) == "'decoder.layers' has a value of the wrong kind")
      try AtomicFile.write(text.replacingOccurrences(of: layers, with: "\"layers\" : 0"), to: configuration)
      #expect(try problem(folder) == "layers is 0, but must be from 1 to 1024")
    }
  }

  @Test func `the tiny models are there, or it is said how to make them`() throws {
    do {
      let model = try Janus.tiny()
      #expect(model.configuration.codesPerImage == 64)
      let judge = try Janus.tinyJudge()
      #expect(judge.visionEncoder != nil)
    } catch ModelError.noShippedWeights {
      #expect("\(ModelError.noShippedWeights)" == "this build ships no weights; run scripts/pretrain, then build again")
    }
  }
}
