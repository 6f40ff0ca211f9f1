public import Models
public import Primitives
import Tensors

/// How a run ended.
public struct RunSummary: Sendable, Hashable {
  /// Why it returned.
  public enum End: String, Sendable, Hashable {
    /// All steps were taken.
    case finished
    /// A stop was asked for; the step in progress was finished first.
    case stopped
    /// A stop was asked for twice; the step in progress was given up, and everything is as before it.
    case abandoned
  }

  /// Why it returned.
  public let end: End
  /// Steps taken in this run.
  public let steps: Int
  /// Steps of the plan that are left; `resume` takes them.
  public let remaining: Int

  /// A summary.
  public init(end: End, steps: Int, remaining: Int) {
    (self.end, self.steps, self.remaining) = (end, steps, remaining)
  }
}

/// What supervised and reinforcement training share: made, run, interrupted, saved, resumed, read.
///
/// A trainer changes the model that it was given. A step is taken whole or not at all: after an error, or a
/// stop of the second stage, weights, moments, queue, controllers and history are those of before.
public class Trainer {
  /// The model that is trained.
  public let model: Janus
  /// Where the training stands.
  public internal(set) var progress: TrainingProgress
  let settings: OptimizerSettings
  private let precision: TrainingPrecision
  let optimizer: AdamW
  private let adapters: LowRankAdapters?

  /// What is trained.
  var parameters: [Parameter] { optimizer.parameters }

  init(
    _ model: Janus, parameters: [Parameter]? = nil, lora: LowRankAdapters.Settings? = nil,
    optimizer settings: OptimizerSettings, precision: TrainingPrecision = .fp32, progress: TrainingProgress
  ) throws {
    try settings.check()
    if let lora {
      try require("the adapters' rank", lora.rank, (1...4096).contains(lora.rank), "from 1 to 4096")
      try require("the adapters' alpha", lora.alpha, lora.alpha > 0 && lora.alpha.isFinite, "above 0")
    }
    (self.model, self.settings, self.precision, self.progress) = (model, settings, precision, progress)
    adapters = lora.map { LowRankAdapters(model, $0, seed: progress.queue.seed) }
    optimizer = settings.optimizer(for: adapters?.parameters ?? parameters ?? model.parameters)
    if let adapters {
      // A checkpoint holds the adapters alone, so it must know what they were added to.
      var digest = Fingerprint()
      for weight in adapters.base { for value in weight.tensor.array() { digest.combine(value) } }
      self.progress.settings.append("adapters on weights \(digest)")
    }
  }

  /// How many numbers are trained: those of the adapters, if there are any.
  public var trainedCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// What a step yields before it is recorded.
  struct Outcome {
    var metrics: [Metric]
    var samples: [Sample] = []
    var rewards: [Double] = []
    var advantages: [Double] = []
    var notes: [String] = []
  }

  /// One step: changes weights, moments and progress, or throws. The two kinds of training say what it is.
  func takeStep(stop: StopToken?) throws -> Outcome { Outcome(metrics: []) }

  /// Weights that belong to the state besides those that are trained.
  var constants: [(name: String, tensor: Tensor)] { [] }

  /// Takes over weights that ``constants`` listed.
  func setConstants(_ find: (String) -> Tensor?) {}

  /// The weights of a reference model, as ``constants`` lists them.
  static func constants(of reference: Janus?) -> [(name: String, tensor: Tensor)] {
    (reference?.parameters ?? []).map { ("reference." + $0.name, $0.value) }
  }

  /// Takes over the weights of a reference model that ``constants(of:)`` listed.
  static func setConstants(of reference: Janus?, _ find: (String) -> Tensor?) {
    for parameter in reference?.parameters ?? [] {
      if let tensor = find("reference." + parameter.name) { parameter.value = tensor }
    }
  }

  /// Changes a state that was read from a folder before it is gone back to.
  func prepare(_ saved: inout TrainingState) {}

  /// The numbers of all steps.
  public var history: History { progress.history }

  /// How many steps were taken.
  public var step: Int { progress.step }

  /// How many steps of the present plan are left.
  public var remaining: Int { progress.planEnd - progress.step }

  /// Takes steps. The learning rate's schedule spans them, however often the run is interrupted.
  ///
  /// - Parameters:
  ///   - steps: how many, at least 0.
  ///   - stop: polled between and within steps.
  ///   - onStep: called after each step; an error that it throws ends the run with the step taken.
  /// - Returns: how the run ended.
  /// - Throws: ``LearningError`` and what data, model and reward throw; the failed step was not applied.
  @discardableResult
  public func run(
    steps: Int, stop: StopToken? = nil, onStep: (StepReport) throws -> Void = { _ in }
  ) throws -> RunSummary {
    try require("the number of steps", steps, steps >= 0, "at least 0")
    (progress.planStart, progress.planEnd) = (progress.step, progress.step + steps)
    return try resume(stop: stop, onStep: onStep)
  }

  /// Takes the steps that an interrupted run left.
  ///
  /// - Parameters:
  ///   - stop: polled between and within steps.
  ///   - onStep: called after each step.
  /// - Returns: how the run ended.
  /// - Throws: as ``run(steps:stop:onStep:)``.
  @discardableResult
  public func resume(
    stop: StopToken? = nil, onStep: (StepReport) throws -> Void = { _ in }
  ) throws -> RunSummary {
    guard adapters?.isCurrent != false else { throw LearningError.staleAdapters }
    let first = progress.step
    func summary(_ end: RunSummary.End) -> RunSummary {
      RunSummary(end: end, steps: progress.step - first, remaining: remaining)
    }
    while progress.step < progress.planEnd {
      if let stop, stop.look() > .running { return summary(.stopped) }
      guard let report = try attempt(stop: stop) else { return summary(.abandoned) }
      try onStep(report)
    }
    return summary(.finished)
  }

  /// One step, recorded; or `nil` if it was abandoned.
  private func attempt(stop: StopToken?) throws -> StepReport? {
    let before = state
    do {
      let outcome = try model.inPrecision(precision.rawValue) { try takeStep(stop: stop) }
      try Self.heed(stop)
      let index = progress.step
      let metrics = [Metric("step", Double(index))] + outcome.metrics
      progress.history.append(metrics)
      progress.step += 1
      return StepReport(
        index: index, metrics: progress.history.row(index), samples: outcome.samples, rewards: outcome.rewards,
        advantages: outcome.advantages, notes: outcome.notes)
    } catch {
      restore(before)
      if let stop, stop.look() >= .abandonStep { return nil }
      throw error
    }
  }

  /// Ends a step that is to be abandoned.
  static func heed(_ stop: StopToken?) throws {
    if let stop, stop.look() >= .abandonStep { throw ModelError.stopped }
  }

  /// One optimizer step.
  ///
  /// - Parameter accumulate: adds the gradients of all parts of the step, each on a tape of its own.
  /// - Returns: what `accumulate` returned, and the gradients' norm before clipping.
  /// - Throws: ``LearningError/notFinite(_:step:source:)``, before any weight has changed. The parts are then
  ///   computed once more in order to name the operator.
  func update<Part>(
    _ accumulate: (_ tape: () -> Tape) throws -> Part
  ) throws -> (part: Part, norm: Double) {
    do {
      let part = try accumulate { Tape() }
      return (part, try applyGradients())
    } catch LearningError.notFinite(let quantity, let step, nil) {
      forgetGradients()
      var tapes: [Tape] = []
      // It fails again, at the same number.
      _ = try? accumulate {
        let tape = Tape(isChecking: true)
        tapes.append(tape)
        return tape
      }
      let fault = tapes.lazy.compactMap(\.fault).first
      throw LearningError.notFinite(quantity, step: step, source: fault?.description)
    }
  }

  /// One optimizer step from the gradients that were accumulated.
  ///
  /// - Returns: the gradients' norm before clipping.
  /// - Throws: ``LearningError/notFinite(_:step:source:)``, before any weight has changed.
  private func applyGradients() throws -> Double {
    adapters?.takeGradients()
    let norm = optimizer.step(learningRate: rate, maximumNorm: Float(settings.clipNorm))
    guard norm.isFinite else { throw LearningError.notFinite("the gradient", step: progress.step) }
    adapters?.merge()
    forgetGradients()
    return Double(norm)
  }

  private func forgetGradients() { zeroGradients(adapters == nil ? parameters : parameters + model.parameters) }

  /// The learning rate of the present step.
  var rate: Float {
    settings.rate(at: progress.step - progress.planStart, of: progress.planEnd - progress.planStart)
  }

  /// The training at rest, to be saved or gone back to.
  public var state: TrainingState {
    TrainingState(
      progress: progress,
      weights: (parameters + companions).map { ($0.name, $0.value) } + constants,
      optimizer: optimizer.state)
  }

  /// The weights of the image tokenizer that the optimizer leaves alone: the codes of pictures, and the pictures of codes,
  /// depend on them.
  private var companions: [Parameter] {
    model.imageTokenizer.parameters.filter { weight in !parameters.contains { $0 === weight } }
  }

  /// Goes back to a state of this training.
  private func restore(_ state: TrainingState) {
    progress = state.progress
    let saved = Dictionary(state.weights.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    for parameter in parameters + companions {
      if let tensor = saved[parameter.name] { parameter.value = tensor }
    }
    setConstants { saved[$0] }
    optimizer.state = state.optimizer
    adapters?.merge()
    forgetGradients()
  }

  /// Writes the model as it was before adapters were trained on it, if they are what is trained; a checkpoint goes on
  /// from there only.
  ///
  /// - Throws: `AtomicFile.Failure` if it cannot be written.
  public func saveBase(to folder: String) throws { try adapters?.withoutThem { try model.save(to: folder) } }

  /// Writes a checkpoint into a folder.
  ///
  /// - Throws: `AtomicFile.Failure` if it cannot be written.
  public func save(to folder: String) throws { try state.write(to: folder) }

  /// Goes on from a checkpoint, which must come from the same settings, data and sizes.
  ///
  /// - Throws: ``LearningError/damagedState(_:reason:)`` or ``LearningError/foreignState(_:reason:)``;
  ///   nothing has then changed.
  public func restore(from folder: String) throws {
    var saved = try TrainingState.read(from: folder)
    try saved.check(against: state, folder: folder)
    prepare(&saved)
    restore(saved)
  }
}
