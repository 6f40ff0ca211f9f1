import Foundation
import Primitives
import Tensors

/// The files of a model: a folder with `model.safetensors` and `config.json`.
public enum Checkpoint {
  static let weightsFile = "model.safetensors"
  static let configurationFile = "config.json"

  /// Puts weights into parameters by their names.
  ///
  /// - Parameters:
  ///   - parameters: where they go; unchanged if anything is wrong.
  ///   - content: what was read.
  ///   - path: where it was read, for the error.
  /// - Throws: ``ModelError/checkpoint(path:problem:)`` for the first weight that is missing, misshapen or not finite.
  static func assign(_ content: Safetensors.Content, to parameters: [Parameter], path: String) throws {
    var stored: [String: Tensor] = [:]
    for (name, tensor) in content.tensors { stored[name] = tensor }
    let values = try parameters.map { parameter -> Tensor in
      guard let value = stored[parameter.name] else {
        throw ModelError.checkpoint(path: path, problem: "it has no weight '\(parameter.name)'")
      }
      guard value.shape == parameter.value.shape else {
        throw ModelError.checkpoint(
          path: path,
          problem: "the weight '\(parameter.name)' has the shape \(value.shape), but the configuration asks for "
            + "\(parameter.value.shape)")
      }
      guard value.isFinite else {
        throw ModelError.checkpoint(
          path: path, problem: "the weight '\(parameter.name)' holds numbers that are not finite")
      }
      return value
    }
    for (parameter, value) in zip(parameters, values) { parameter.value = value }
  }
}

extension Janus {
  /// Every weight, those of the image tokenizer and the vision encoder included.
  var storedParameters: [Parameter] {
    parameters + imageTokenizer.parameters + (visionEncoder?.parameters ?? [])
  }

  /// Writes `model.safetensors` and `config.json`.
  ///
  /// - Parameter folder: where; made if it is not there.
  /// - Throws: `AtomicFile.Failure` if a file cannot be written.
  public func save(to folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try Safetensors.write(
      storedParameters.map { ($0.name, $0.value) }, to: folder + "/" + Checkpoint.weightsFile)
    try AtomicFile.write(encoder.encode(configuration), to: folder + "/" + Checkpoint.configurationFile)
  }

  /// Reads a model that was saved.
  ///
  /// - Parameter folder: with `model.safetensors` and `config.json`.
  /// - Returns: the model.
  /// - Throws: ``ModelError/checkpoint(path:problem:)`` for a file that is missing, damaged, or does not fit the other.
  public static func load(from folder: String) throws -> Janus {
    let path = folder + "/" + Checkpoint.configurationFile
    let model = try described(by: reading(path) { try AtomicFile.read(path) }, path: path)
    let weights = folder + "/" + Checkpoint.weightsFile
    let content = try reading(weights) { try Safetensors.read(weights) }
    try Checkpoint.assign(content, to: model.storedParameters, path: weights)
    return model
  }

  /// Takes over the weights of a model that was saved, which must have the same sizes.
  ///
  /// - Parameter folder: with `model.safetensors`.
  /// - Throws: ``ModelError/checkpoint(path:problem:)``; nothing has then changed.
  public func takeWeights(from folder: String) throws {
    let path = folder + "/" + Checkpoint.weightsFile
    try Checkpoint.assign(Self.reading(path) { try Safetensors.read(path) }, to: storedParameters, path: path)
  }

  /// Writes one file that holds everything: weights of half precision, and the configuration among its metadata.
  ///
  /// That is how Easel ships its own weights.
  ///
  /// - Parameter path: the file.
  /// - Throws: `AtomicFile.Failure` if it cannot be written.
  public func export(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let configuration = String(decoding: try encoder.encode(configuration), as: UTF8.self)
    try Safetensors.write(
      storedParameters.map { ($0.name, $0.value) }, metadata: ["config": configuration], precision: .float16, to: path)
  }

  /// The tiny model with the weights that come with Easel: it paints from a prompt, without thinking.
  ///
  /// - Returns: a model of its own at each call.
  /// - Throws: ``ModelError/noShippedWeights`` if the build was made without them.
  public static func tiny() throws -> Janus { try shipped(.tiny) }

  /// The tiny judge with the weights that come with Easel: it answers whether a picture of the world shows a prompt.
  ///
  /// - Returns: a model of its own at each call.
  /// - Throws: ``ModelError/noShippedWeights`` if the build was made without them.
  public static func tinyJudge() throws -> Janus { try shipped(.vlm) }

  private static func shipped(_ weights: ShippedWeights) throws -> Janus {
    guard let bytes = weights.data else { throw ModelError.noShippedWeights }
    return try exported("the weights of this build") { try Safetensors.read(bytes) }
  }

  /// Reads a model from the one file that ``export(to:)`` wrote.
  ///
  /// - Parameter path: the file.
  /// - Returns: the model.
  /// - Throws: ``ModelError/checkpoint(path:problem:)`` for a file that is missing, damaged, or not of that kind.
  public static func load(file path: String) throws -> Janus {
    try exported(path) { try Safetensors.read(path) }
  }

  private static func exported(_ path: String, _ read: () throws -> Safetensors.Content) throws -> Janus {
    let content = try reading(path, read)
    guard let configuration = content.metadata["config"] else {
      throw ModelError.checkpoint(path: path, problem: "its metadata have no 'config'; give a folder with config.json")
    }
    let model = try described(by: Data(configuration.utf8), path: path)
    try Checkpoint.assign(content, to: model.storedParameters, path: path)
    return model
  }

  /// A model without weights from its configuration in JSON.
  private static func described(by json: Data, path: String) throws -> Janus {
    try reading(path) {
      let configuration = try JSONDecoder().decode(Configuration.self, from: json)
      return try Janus(configuration, .zeros)
    }
  }

  /// Turns every failure of reading a file into one that names the file.
  private static func reading<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DecodingError {
      throw ModelError.checkpoint(path: path, problem: "\(Self.words(for: error))")
    } catch AtomicFile.Failure.unreadable(_, let reason) {
      throw ModelError.checkpoint(path: path, problem: reason)
    } catch {
      throw ModelError.checkpoint(path: path, problem: "\(error)")
    }
  }

  /// What a failure to decode means to somebody who can edit the file.
  private static func words(for error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "it does not say '\(key.stringValue)'"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has a value of the wrong kind"
    default: "it is not a configuration in JSON"
    }
  }
}
