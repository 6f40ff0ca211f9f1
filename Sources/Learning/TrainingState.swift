import Foundation
import Primitives
public import Tensors

/// Where a training stands, apart from weights: everything that decides what the next step does.
public struct TrainingProgress: Sendable, Hashable, Codable {
  /// What kind of training this is.
  public internal(set) var kind: String
  /// The settings and the data, in words; a state goes on only under the same.
  public internal(set) var settings: [String]
  /// How many steps were taken, which is the number of the next.
  public internal(set) var step = 0
  /// The step at which the present plan began.
  public internal(set) var planStart = 0
  /// The step at which the present plan ends.
  public internal(set) var planEnd = 0
  /// What comes next of prompts or paintings.
  public internal(set) var queue: PromptQueue
  /// The entropy controllers.
  public internal(set) var entropy: EntropyControl
  /// Samples drawn so far.
  public internal(set) var rollouts = 0
  /// Response tokens drawn or trained on so far.
  public internal(set) var tokens = 0
  /// The numbers of all steps.
  public internal(set) var history: History
}

/// A training at rest: progress, weights, and the optimizer's moments.
///
/// As a value it is what a step that fails or is abandoned goes back to; as two files it is a checkpoint,
/// from which a training goes on to the same numbers, bit for bit, as one that was never interrupted.
public struct TrainingState {
  /// Everything but weights and moments.
  public var progress: TrainingProgress
  /// Names and weights, in the trainer's order.
  public var weights: [(name: String, tensor: Tensor)]
  /// Moments and step count.
  public var optimizer: AdamW.State

  private struct Record: Codable {
    var format = 1
    var progress: TrainingProgress
    var optimizerSteps: Int
    var tensors: String
  }

  /// Writes the state into a folder: `state.json`, and the safetensors file that it names.
  ///
  /// The JSON file is replaced last and in one go, so that the folder holds one whole state at any moment;
  /// the file of weights of the state before is then removed.
  ///
  /// - Throws: `AtomicFile.Failure` if the folder cannot be written.
  public func write(to folder: String) throws {
    let file = "state-\(progress.step).safetensors"
    let old = try? Self.record(in: folder)
    var tensors = weights.map { ("weight." + $0.name, $0.tensor) }
    for moment in optimizer.moments {
      tensors.append(("first." + moment.name, moment.first))
      tensors.append(("second." + moment.name, moment.second))
    }
    try Safetensors.write(tensors, to: folder + "/" + file)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    let record = Record(progress: progress, optimizerSteps: optimizer.stepCount, tensors: file)
    try AtomicFile.write(encoder.encode(record), to: folder + "/state.json")
    if let old, old.tensors != file { try? FileManager.default.removeItem(atPath: folder + "/" + old.tensors) }
  }

  /// Reads a state.
  ///
  /// - Throws: ``LearningError/damagedState(_:reason:)`` for every defect of the folder.
  public static func read(from folder: String) throws -> TrainingState {
    do {
      let record = try record(in: folder)
      guard record.format == 1, !record.tensors.contains("/") else {
        throw LearningError.damagedState(folder, reason: "it was written by another version")
      }
      let content = try Safetensors.read(folder + "/" + record.tensors)
      var state = TrainingState(
        progress: record.progress, weights: [], optimizer: .init(stepCount: record.optimizerSteps, moments: []))
      for (name, tensor) in content.tensors where name.hasPrefix("weight.") {
        state.weights.append((String(name.dropFirst(7)), tensor))
      }
      for (name, tensor) in content.tensors where name.hasPrefix("first.") {
        let name = String(name.dropFirst(6))
        guard let second = content["second." + name] else {
          throw LearningError.damagedState(folder, reason: "the second moment of \(name) is missing")
        }
        state.optimizer.moments.append((name, tensor, second))
      }
      return state
    } catch let error as LearningError {
      throw error
    } catch is DecodingError {
      throw LearningError.damagedState(folder, reason: "state.json is not what a trainer writes")
    } catch {
      throw LearningError.damagedState(folder, reason: "\(error)")
    }
  }

  private static func record(in folder: String) throws -> Record {
    try JSONDecoder().decode(Record.self, from: AtomicFile.read(folder + "/state.json"))
  }

  /// Checks that a state belongs to a training.
  ///
  /// - Throws: ``LearningError/foreignState(_:reason:)``.
  func check(against other: TrainingState, folder: String) throws {
    func refuse(_ reason: String) -> LearningError { .foreignState(folder, reason: reason) }
    guard progress.kind == other.progress.kind else {
      throw refuse("it is a state of \(progress.kind), not of \(other.progress.kind)")
    }
    if let difference = SettingsRecord.difference(progress.settings, other.progress.settings) {
      throw refuse("it has '\(difference.saved)' where '\(difference.present)' was given")
    }
    let shapes = weights.map { "\($0.name) \($0.tensor.shape)" }.sorted()
    let expected = other.weights.map { "\($0.name) \($0.tensor.shape)" }.sorted()
    let moments = optimizer.moments.map(\.name).sorted()
    guard shapes == expected, moments == other.optimizer.moments.map(\.name).sorted() else {
      throw refuse("its weights are those of a model of other sizes")
    }
    guard progress.history.names == other.progress.history.names else {
      throw refuse("it records other numbers than this version does")
    }
  }
}
