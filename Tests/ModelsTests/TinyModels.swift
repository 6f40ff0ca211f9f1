import Foundation
import Primitives
import Tensors

@testable import Models

/// Models that are small enough to sample thousands of tokens within a test.
enum TinyModels {
  static let words = [
    "a", "red", "blue", "circle", "square", "left", "of", "two", "objects", ".", ":", ",", "at", "center",
  ]

  static func configuration() -> Janus.Configuration {
    var configuration = Janus.Configuration(words: words)
    configuration.decoder.layers = 2
    configuration.decoder.width = 16
    configuration.decoder.heads = 4
    configuration.decoder.keyValueHeads = 2
    configuration.decoder.feedForward = 24
    configuration.decoder.rotaryBase = 500
    configuration.decoder.normEpsilon = 1e-5
    configuration.decoder.context = 64
    configuration.imageTokenizer.imageSize = 8
    configuration.imageTokenizer.grid = 2
    configuration.imageTokenizer.codes = 12
    configuration.imageHeadWidth = 20
    return configuration
  }

  /// A model whose distributions are far from uniform, so that a wrong score shows.
  static func sharp(grid: Int = 2, seed: Int = 1) throws -> Janus {
    var configuration = configuration()
    configuration.imageTokenizer.grid = grid
    configuration.imageTokenizer.imageSize = 4 * grid
    let model = try Janus(configuration, seed: seed)
    for parameter in model.parameters where parameter.name.contains("head") {
      parameter.value = parameter.value * 3
    }
    return model
  }

  /// The model of the fixture, and the fixture's other tensors by name.
  static func reference() throws -> (model: Janus, tensors: [String: Tensor]) {
    let path = Bundle.module.bundlePath + "/Fixtures/decoder.safetensors"
    let content = try Safetensors.read(path)
    let model = try Janus(configuration(), seed: 0)
    try Checkpoint.assign(content, to: model.parameters, path: path)
    return (model, Dictionary(uniqueKeysWithValues: content.tensors.map { ($0.name, $0.tensor) }))
  }

  /// A folder of its own for a test, removed afterwards.
  static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("easel-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }
}

extension Sample {
  /// A sample that was not drawn by a sampler.
  init(_ sequence: TokenSequence, temperature: Float, guidance: Float) {
    let zeros = [Float](repeating: 0, count: sequence.responseCount)
    self.init(
      prompt: "", sequence: sequence, isForced: zeros.map { _ in false }, logProbabilities: zeros,
      entropies: zeros, rationale: "", codes: sequence.codes, image: Bitmap(width: 0, height: 0), index: 0,
      temperature: temperature, guidance: guidance)
  }
}
