public import Tensors

/// Low-rank adapters on the linear maps of a decoder: W = W₀ + (α / r) B A, with only A `[r, I]` and B `[O, r]` trained.
///
/// The model always holds the sums W: it samples, scores and is saved as if it had no adapters, so that sampler and scorer
/// agree as exactly as without them, and nothing is left to merge. Training computes the gradients of W, and ``takeGradients()``
/// turns them into those of A and B by the chain rule, ∂B = (α / r) ∂W Aᵀ and ∂A = (α / r) Bᵀ ∂W. A step therefore takes
/// as long as one of all weights; what is small are the moments, the checkpoint, and how far the model can move.
///
/// B begins as zeros, so that the first step starts from the model's own bits.
///
/// Source: E. Hu et al., *LoRA*, 2021, arXiv 2106.09685, section 4.1.
public final class LowRankAdapters {
  /// The sizes of adapters.
  public struct Settings: Sendable, Hashable, Codable {
    /// r: how many directions a matrix can change in.
    public var rank: Int
    /// α: the product B A is scaled by α / r.
    public var alpha: Double

    /// Sizes.
    ///
    /// - Parameters:
    ///   - rank: at least 1.
    ///   - alpha: above 0; by default twice the rank. Too small a scale leaves a policy where it is.
    public init(rank: Int, alpha: Double? = nil) { (self.rank, self.alpha) = (rank, alpha ?? Double(2 * rank)) }

    /// α / r.
    public var scale: Double { alpha / Double(rank) }
  }

  /// One matrix and what is added to it.
  private struct Adapter {
    let target: Parameter
    /// W₀.
    let base: Tensor
    /// What ``LowRankAdapters/merge()`` has left in the target.
    var merged: Tensor
    let down: Parameter
    let up: Parameter
  }

  /// The sizes.
  public let settings: Settings
  private let model: Janus
  private var adapters: [Adapter]

  /// Adapters for a model, which stays as it is until they are trained.
  ///
  /// - Parameters:
  ///   - model: its decoder's linear maps are adapted: queries, keys, values, outputs and the gated network of every layer.
  ///   - settings: the sizes.
  ///   - seed: of A, uniform in ±1/√I.
  public init(_ model: Janus, _ settings: Settings, seed: Int) {
    (self.model, self.settings) = (model, settings)
    adapters = model.decoder.layers.flatMap(\.linears).map { linear in
      let (name, shape) = (linear.weight.name, linear.weight.value.shape)
      return Adapter(
        target: linear.weight, base: linear.weight.value.detached, merged: linear.weight.value.detached,
        down: Initialization.seeded(seed).parameter(
          name + ".lora_A", [settings.rank, shape[1]], bound: 1 / Float(shape[1]).squareRoot()),
        up: Parameter(name + ".lora_B", Tensor(zeros: [shape[0], settings.rank])))
    }
  }

  /// All A and B, in the order of the layers.
  public var parameters: [Parameter] { adapters.flatMap { [$0.down, $0.up] } }

  /// Every weight that is not adapted, and the adapted ones without what was added: what the adapters belong to.
  public var base: [(name: String, tensor: Tensor)] {
    let adapted = Dictionary(adapters.map { ($0.target.name, $0.base) }, uniquingKeysWith: { first, _ in first })
    return model.parameters.map { ($0.name, adapted[$0.name] ?? $0.value) }
  }

  /// Whether the model still is what these adapters have made of it; it is not when something else has trained it since.
  public var isCurrent: Bool { adapters.allSatisfy { $0.target.value.array() == $0.merged.array() } }

  /// Moves the gradients of the model's weights to A and B; those of weights that have no adapter are dropped.
  public func takeGradients() {
    let scale = Float(settings.scale)
    for adapter in adapters {
      guard let gradient = adapter.target.gradient else { continue }
      (adapter.down.gradient, adapter.up.gradient) = Self.gradients(
        of: gradient, down: adapter.down.value, up: adapter.up.value, scale: scale)
    }
    zeroGradients(model.parameters)
  }

  /// The gradients of A `[r, I]` and B `[O, r]` from that of W `[O, I]`.
  static func gradients(of weight: Tensor, down: Tensor, up: Tensor, scale: Float) -> (down: Tensor, up: Tensor) {
    (matmul(permuted(up, [1, 0]), weight) * scale, linear(weight, down) * scale)
  }

  /// Does something while the model is what it was without adapters.
  public func withoutThem<Result>(_ body: () throws -> Result) rethrows -> Result {
    let held = adapters.map(\.target.value)
    for adapter in adapters { adapter.target.value = adapter.base }
    defer { for (adapter, value) in zip(adapters, held) { adapter.target.value = value } }
    return try body()
  }

  /// Sets the model's weights to W₀ + (α / r) B A.
  public func merge() {
    for index in adapters.indices {
      let (base, up) = (adapters[index].base, adapters[index].up.value)
      // Nothing added leaves the very bits, that of a negative zero included.
      let isZero = up.array().allSatisfy { $0 == 0 }
      adapters[index].merged = isZero ? base : base + matmul(up, adapters[index].down.value) * Float(settings.scale)
      adapters[index].target.value = adapters[index].merged
    }
  }
}
