import Benchmarks
import Foundation
import Learning
import Models
import Primitives
import Script

/// Values of a session in a folder, so that another process, or a later one, has the same: `archive.json`, and a folder
/// for the weights of each object that has some.
///
/// Closures take the variables along that they refer to. Datasets, rewards and trainers are made again by the calls
/// that made them; models and trainers then go on from a checkpoint, to the same numbers bit for bit.
enum Archive {
  private static let file = "archive.json"

  /// Writes a value and all that it refers to.
  ///
  /// - Parameters:
  ///   - value: of any kind.
  ///   - folder: made if it is not there; `archive.json` is written last and whole.
  ///   - context: the value's session.
  /// - Throws: ``WorkbenchError/notArchived(_:)`` for an object that only this session can have, ``StoredValueError``,
  ///   `AtomicFile.Failure`.
  static func write(_ value: Value, to folder: String, _ context: Context) throws {
    let writer = ValueWriter { object, number in
      guard let object = object as? any Archivable else {
        throw WorkbenchError.notArchived(object.boundType.name)
      }
      return try object.facts(in: "\(folder)/object-\(number)")
    }
    let content = try writer.write(value, context: context)
    try AtomicFile.write(content.json, to: folder + "/" + file)
  }

  /// Reads a value.
  ///
  /// - Parameters:
  ///   - folder: where it was written.
  ///   - context: the session that is to have it.
  /// - Returns: the value, and the seed that was in force when it was written.
  /// - Throws: ``WorkbenchError/damagedArchive(_:reason:)``, and what making an object throws.
  static func read(_ folder: String, _ context: Context) throws -> (value: Value, seed: Int) {
    let content: StoredValues
    do {
      content = try JSONDecoder().decode(StoredValues.self, from: AtomicFile.read(folder + "/" + file))
    } catch let error as DecodingError {
      throw WorkbenchError.damagedArchive(folder, reason: "\(error)")
    }
    let reader = ValueReader(content, context: context) { kind, facts, number in
      guard let type = kinds[kind] else {
        throw WorkbenchError.damagedArchive(folder, reason: "this version knows no \(kind)")
      }
      return try type.made(from: facts, in: "\(folder)/object-\(number)", context)
    }
    return (try reader.read(), reader.seed)
  }

  /// A digest of all that decides what the value in an archive does: equal ones give equal results.
  ///
  /// - Parameter folder: where it was written.
  /// - Throws: ``WorkbenchError/damagedArchive(_:reason:)``, `AtomicFile.Failure`.
  static func digest(_ folder: String) throws -> Fingerprint {
    var digest = Fingerprint()
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }.sorted() ?? []
    for name in names {
      let path = folder + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
      digest.combine(name)
      if name == file {
        try JSONDecoder().decode(StoredValues.self, from: AtomicFile.read(path)).combine(into: &digest)
      } else {
        digest.combine(bytes: try AtomicFile.read(path))
      }
    }
    return digest
  }

  private static let kinds: [String: any Archivable.Type] = [
    "benchmark": BenchmarkObject.self, "dataset": DatasetObject.self, "entropy": EntropyObject.self,
    "job": JobObject.self, "model": ModelObject.self, "picture": PictureObject.self, "prompts": PromptList.self,
    "reward": RewardObject.self, "sample": SampleObject.self, "scorecard": ScorecardObject.self,
    "trainer": TrainerObject.self, "world": World.self,
  ]
}

/// An object that another process can have as well.
protocol Archivable: BoundObject {
  /// What it takes to make it again; `folder` is its own, and made by whoever writes into it.
  func facts(in folder: String) throws -> Value
  /// Makes it again.
  static func made(from facts: Value, in folder: String, _ context: Context) throws -> any BoundObject
}

/// An object that is nothing but what a call made of its arguments.
protocol Remade: Archivable {
  /// The call.
  var recipe: Recipe { get }
}

extension Remade {
  func facts(in folder: String) throws -> Value { recipe.value }
  static func made(from facts: Value, in folder: String, _ context: Context) throws -> any BoundObject {
    try Recipe.make(facts, context)
  }
}

extension DatasetObject: Remade {}
extension RewardObject: Remade {}
extension EntropyObject: Remade {}
extension BenchmarkObject: Remade {}

extension World: Archivable {
  func facts(in folder: String) throws -> Value { .none }
  static func made(from facts: Value, in folder: String, _ context: Context) throws -> any BoundObject { World() }
}

extension ModelObject: Archivable {
  func facts(in folder: String) throws -> Value {
    try janus.save(to: folder)
    return .string(name)
  }

  static func made(from facts: Value, in folder: String, _ context: Context) throws -> any BoundObject {
    ModelObject(try .load(from: folder), name: String.from(facts) ?? folder)
  }
}

extension TrainerObject: Archivable {
  func facts(in folder: String) throws -> Value {
    try trainer.save(to: folder)
    try trainer.saveBase(to: folder + "/base")
    guard case .record(let facts) = recipe.value else { return recipe.value }
    let samples = (name: "samples", value: Value(lastSamples.map { .object($0) }))
    return .record(Record(facts.fields.map { (name: $0.key, value: $0.value) } + [samples]))
  }

  static func made(from facts: Value, in folder: String, _ context: Context) throws -> any BoundObject {
    let base = folder + "/base"
    // What is written of a model has the adapters in it; they go onto the one without.
    if FileManager.default.fileExists(atPath: base), case .record(let recipe) = facts,
      case .record(let arguments)? = recipe["arguments"], case .object(let object)? = arguments["model"]
    {
      try (object as? ModelObject)?.janus.takeWeights(from: base)
    }
    let object = try Recipe.make(facts, context)
    guard let trainer = object as? TrainerObject else { return object }
    try trainer.trainer.restore(from: folder)
    // Archives of earlier versions have none.
    if case .record(let record) = facts, let samples = record["samples"]?.items {
      trainer.keptSamples = samples.compactMap { sample in
        if case .object(let object) = sample { object as? SampleObject } else { nil }
      }
    }
    return trainer
  }
}

/// Facts that are one Swift value, as JSON inside the archive's.
private struct Facts<Content: Codable> {
  static func value(_ content: Content) throws -> Value {
    let encoder = JSONEncoder()
    // The same content always gives the same text: archives are compared.
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return .string(String(decoding: try encoder.encode(content), as: UTF8.self))
  }

  static func content(_ value: Value?) throws -> Content {
    guard case .string(let text)? = value else {
      throw WorkbenchError.damagedArchive("archive.json", reason: "facts of an object are missing")
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(Content.self, from: Data(text.utf8))
  }
}

extension PromptList: Archivable {
  func facts(in folder: String) throws -> Value { try Facts.value(set) }
  static func made(from facts: Value, in folder: String, _ context: Context) throws -> any BoundObject {
    PromptList(try Facts.content(facts))
  }
}

extension PictureObject: Archivable {
  private struct Parts: Codable {
    var bitmap: Bitmap
    var caption: String
    var keys: [String]
    var texts: [String]
  }

  func facts(in folder: String) throws -> Value {
    try Facts.value(Parts(bitmap: bitmap, caption: caption, keys: text.map(\.key), texts: text.map(\.value)))
  }

  static func made(from facts: Value, in folder: String, _ context: Context) throws -> any BoundObject {
    let parts: Parts = try Facts.content(facts)
    return PictureObject(
      parts.bitmap, caption: parts.caption, text: zip(parts.keys, parts.texts).map { (key: $0, value: $1) })
  }
}

extension SampleObject: Archivable {
  func facts(in folder: String) throws -> Value {
    Value(record: [
      "sample": try Facts.value(sample), "model": model.map { .object($0) } ?? .none,
      "seed": seed.map { .int($0) } ?? .none,
      "reward": reward.map { .float($0) } ?? .none, "training": try Facts.value(training),
    ])
  }

  static func made(from facts: Value, in folder: String, _ context: Context) throws -> any BoundObject {
    guard case .record(let record) = facts, let painter = record["model"] else {
      throw WorkbenchError.damagedArchive(folder, reason: "the model of a sample is missing")
    }
    var model: ModelObject?
    if case .object(let object) = painter { model = object as? ModelObject }
    return SampleObject(
      try Facts.content(record["sample"]), model: model, seed: record["seed"].flatMap(Int.from),
      reward: record["reward"].flatMap(Double.from), training: try Facts.content(record["training"]))
  }
}

extension ScorecardObject: Archivable {
  func facts(in folder: String) throws -> Value { try Facts.value(card) }
  static func made(from facts: Value, in folder: String, _ context: Context) throws -> any BoundObject {
    ScorecardObject(try Facts.content(facts))
  }
}
