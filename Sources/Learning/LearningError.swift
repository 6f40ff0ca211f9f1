/// What can go wrong between a prompt and a trained model, in the words of whoever started the training.
public enum LearningError: Error, CustomStringConvertible, Equatable {
  /// A list that must hold something holds nothing: what it is, and what to do.
  case nothing(String, fix: String)
  /// A setting is out of its range: its name, the value given, what is allowed.
  case setting(String, value: String, expected: String)
  /// A number is not finite: what it is, the step, counted from 0, and which number was the first of that kind.
  /// The step was not applied.
  case notFinite(String, step: Int, source: String? = nil)
  /// A reward gave another number of scores than there are samples.
  case rewardCount(name: String, scores: Int, samples: Int)
  /// A saved state cannot be read: the folder and the reason.
  case damagedState(String, reason: String)
  /// A saved state was made by another kind of training, with other settings or for another model.
  case foreignState(String, reason: String)
  /// Adapters were made for weights that something else has changed since.
  case staleAdapters
  /// What the sampler recorded and what the scorer computes differ by more than rounding: nats, and the
  /// place.
  case disagreement(gap: Float, sample: Int, token: Int)

  /// What happened and what to do about it.
  public var description: String {
    switch self {
    case .nothing(let what, let fix): "\(what) is empty; \(fix)"
    case .setting(let name, let value, let expected): "\(name) is \(value); it must be \(expected)"
    case .notFinite(let quantity, let step, let source):
      "\(quantity) is not a finite number at step \(step)"
        + (source.map { " (the first that was not is in \($0))" } ?? "")
        + "; the step was not applied and the model is as before it. Lower the learning rate, or check the reward"
    case .rewardCount(let name, let scores, let samples):
      "the reward '\(name)' gave \(scores) scores for \(samples) samples; it must give one for each, in order"
    case .damagedState(let folder, let reason):
      "the training state in '\(folder)' cannot be used: \(reason); choose another folder, or start anew"
    case .foreignState(let folder, let reason):
      "the training state in '\(folder)' belongs to another training: \(reason)"
    case .staleAdapters:
      "another training has changed the model's weights since this trainer last did, and its adapters were made for "
        + "what they were; make a new trainer for the model"
    case .disagreement(let gap, let sample, let token):
      "sampler and scorer differ by \(gap) nats at token \(token) of sample \(sample); they must agree to rounding, "
        + "so temperature, guidance or weights are not those that the sample was drawn with"
    }
  }
}
