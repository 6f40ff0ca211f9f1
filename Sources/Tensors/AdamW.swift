import CKernels

/// The optimizer AdamW: Adam with a decay of the weights that does not pass through the moments.
///
/// Source: I. Loshchilov, F. Hutter, ICLR 2019, arXiv 1711.05101, algorithm 2, with the decay scaled by the
/// learning rate as in PyTorch: θ ← θ − η·λ·θ − η·m̂ / (√v̂ + ε).
public final class AdamW {
  /// What a checkpoint needs in order to go on with the same numbers.
  public struct State {
    /// How many steps have been taken.
    public var stepCount: Int
    /// The first and the second moment of each parameter, by name, in the order of the parameters.
    public var moments: [(name: String, first: Tensor, second: Tensor)]

    /// A state as it was saved.
    public init(stepCount: Int, moments: [(name: String, first: Tensor, second: Tensor)]) {
      (self.stepCount, self.moments) = (stepCount, moments)
    }
  }

  /// What is trained.
  public let parameters: [Parameter]
  /// The learning rate of a step that names no other.
  public let learningRate: Float
  private let betas: (Float, Float)
  private let epsilon: Float
  private let weightDecay: Float
  private var moments: [(first: Tensor, second: Tensor)]
  /// How many steps have been taken.
  public private(set) var stepCount = 0

  /// An optimizer whose moments are 0.
  ///
  /// - Parameters:
  ///   - parameters: what is trained.
  ///   - learningRate: η.
  ///   - betas: how much of the first and of the second moment is kept at each step.
  ///   - epsilon: ε.
  ///   - weightDecay: λ; tensors of one axis (norm weights, biases) do not decay.
  public init(
    _ parameters: [Parameter], learningRate: Float = 1e-3, betas: (Float, Float) = (0.9, 0.999),
    epsilon: Float = 1e-8, weightDecay: Float = 0.01
  ) {
    (self.parameters, self.learningRate, self.betas) = (parameters, learningRate, betas)
    (self.epsilon, self.weightDecay) = (epsilon, weightDecay)
    moments = parameters.map { (Tensor(zeros: $0.value.shape), Tensor(zeros: $0.value.shape)) }
  }

  /// One step for every parameter that has a gradient.
  ///
  /// - Parameter learningRate: η of this step, or `nil` for that of the optimizer.
  public func step(learningRate: Float? = nil) { step(learningRate, gradientScale: 1) }

  /// One step with gradients clipped as ``clipGradients(_:maximumNorm:)`` does, in the same pass; no step if their norm is
  /// not finite.
  ///
  /// - Parameters:
  ///   - learningRate: η of this step, or `nil` for that of the optimizer.
  ///   - maximumNorm: the bound of the gradients' common norm. The gradients themselves stay as they are.
  /// - Returns: the norm before clipping.
  public func step(learningRate: Float? = nil, maximumNorm: Float) -> Float {
    let norm = gradientNorm(parameters)
    if norm.isFinite { step(learningRate, gradientScale: clippingFactor(norm, maximumNorm)) }
    return norm
  }

  private func step(_ learningRate: Float?, gradientScale: Float) {
    stepCount += 1
    let rate = learningRate ?? self.learningRate
    let corrections = (correction(betas.0), correction(betas.1))
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = parameter.gradient else { continue }
      parameter.value.makeUnique()
      moments[index].first.makeUnique()
      moments[index].second.makeUnique()
      let decay = parameter.value.shape.count > 1 ? weightDecay : 0
      let (value, source) = (parameter.value.target, gradient.pointer)
      let (first, second) = (moments[index].first.target, moments[index].second.target)
      let (betas, epsilon) = (betas, epsilon)
      inChunks(of: elementwiseChunk, count: gradient.count) {
        let at = $0.lowerBound
        ckernels_adamw(
          value + at, source + at, gradientScale, first + at, second + at, rate, betas.0, betas.1, epsilon, decay,
          corrections.0,
          corrections.1, $0.count)
      }
    }
  }

  /// 1 − βᵗ.
  private func correction(_ beta: Float) -> Float {
    var power = 1.0
    for _ in 0..<stepCount { power *= Double(beta) }
    return Float(1 - power)
  }

  /// The moments and the step count; setting it takes over those of parameters that have the same name and
  /// shape.
  public var state: State {
    get {
      State(
        stepCount: stepCount,
        moments: zip(parameters, moments).map { ($0.name, $1.first, $1.second) })
    }
    set {
      stepCount = newValue.stepCount
      var saved: [String: (Tensor, Tensor)] = [:]
      for moment in newValue.moments { saved[moment.name] = (moment.first, moment.second) }
      for (index, parameter) in parameters.enumerated() {
        guard let (first, second) = saved[parameter.name], first.shape == parameter.value.shape else { continue }
        moments[index] = (first, second)
      }
    }
  }
}

/// Scales all gradients so that their common norm is at most a bound.
///
/// - Parameters:
///   - parameters: whose gradients count.
///   - maximumNorm: the bound.
/// - Returns: the norm before. If it is not finite the gradients are left as they are.
public func clipGradients(_ parameters: [Parameter], maximumNorm: Float) -> Float {
  let norm = gradientNorm(parameters)
  let factor = clippingFactor(norm, maximumNorm)
  guard factor < 1, norm.isFinite else { return norm }
  for parameter in parameters {
    parameter.gradient?.scale(by: factor)
  }
  return norm
}

/// The common norm of all gradients.
private func gradientNorm(_ parameters: [Parameter]) -> Float {
  Float(parameters.reduce(0.0) { $0 + ($1.gradient?.totalOfSquares() ?? 0) }.squareRoot())
}

/// What gradients are scaled by, at most 1. PyTorch's guard against a division by 0, kept so that the numbers agree.
private func clippingFactor(_ norm: Float, _ maximumNorm: Float) -> Float { min(1, maximumNorm / (norm + 1e-6)) }

extension Tensor {
  /// Multiplies every number, in place if nobody else refers to them.
  fileprivate mutating func scale(by factor: Float) {
    makeUnique()
    let numbers = target
    inChunks(of: elementwiseChunk, count: count) {
      ckernels_affine(numbers + $0.lowerBound, factor, 0, numbers + $0.lowerBound, $0.count)
    }
  }
}

/// Forgets all gradients.
public func zeroGradients(_ parameters: [Parameter]) {
  for parameter in parameters { parameter.gradient = nil }
}
