import Foundation
import Learning
import Models
import Primitives
import Shapes
import Tensors

/// A model, paintings and rewards that are small enough to train in milliseconds.
enum Small {
  static func model(seed: Int = 1, codes: Int = 16) throws -> Janus {
    var configuration = Janus.Configuration(words: Vocabulary.words)
    configuration.decoder.layers = 1
    configuration.decoder.width = 16
    configuration.decoder.heads = 2
    configuration.decoder.keyValueHeads = 2
    configuration.decoder.feedForward = 32
    configuration.imageHeadWidth = 16
    configuration.imageTokenizer = imageTokenizer(codes: codes)
    return try Janus(configuration, seed: seed)
  }

  private static func imageTokenizer(codes: Int) -> ImageTokenizer.Configuration {
    var configuration = ImageTokenizer.Configuration()
    configuration.imageSize = 16
    configuration.grid = 2
    configuration.codes = codes
    configuration.codeWidth = 4
    return configuration
  }

  static func prompts() throws -> PromptSet {
    try PromptSet.world(count: 12, tasks: [.singleObject, .colors], seed: 4)
  }

  /// Paintings with random pixels: a network with random weights has nothing to see anyway.
  static func paintings(count: Int = 10, thinks: Bool = true) throws -> PaintingDataset {
    let prompts = try PromptSet.world(count: count, tasks: [.singleObject, .colors], seed: 5).prompts
    return PaintingDataset(count: count, thinks: thinks, identity: "small \(count) \(thinks)") { index in
      var generator = RandomStream(seed: 6, purpose: "test").generator(sample: index)
      let bytes = (0..<(3 * 16 * 16)).map { _ in UInt8(generator.below(256)) }
      let scene = SceneSampler.scene(for: prompts[index], seed: 7, index: index)
      return Painting(
        prompt: prompts[index], rationale: thinks ? Rationale.write(scene) : "",
        image: Bitmap(width: 16, height: 16, bytes: bytes) ?? Bitmap(width: 16, height: 16))
    }
  }

  /// Rewards even codes, which any policy can learn.
  static var even: ClosureReward {
    ClosureReward(name: "even") { sample in
      Double(sample.codes.count { $0 % 2 == 0 }) / Double(sample.codes.count)
    }
  }

  static func policySettings(think: Bool = true) -> PolicySettings {
    var settings = PolicySettings()
    settings.prompts = 3
    settings.group = 4
    settings.sampling.think = think
    settings.sampling.maximumRationale = 5
    settings.optimizer.learningRate = 5e-3
    settings.seed = 11
    return settings
  }

  /// The bits of every weight.
  static func bits(_ model: Janus) -> [[UInt32]] {
    model.parameters.map { $0.value.array().map(\.bitPattern) }
  }

  /// The bits of every number of a history: NaN equals itself, and 0 is not −0.
  static func bits(_ history: History) -> [[UInt64]] { history.columns.map { $0.map(\.bitPattern) } }

  /// A folder that is gone afterwards.
  static func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("easel-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }
}
