import Primitives
import Tensors

/// What the weights of a new network are.
public enum Initialization: Sendable {
  /// Random numbers; each weight has its own address, so that a layer's do not depend on the others'.
  case seeded(Int)
  /// Zeros, for a network whose weights are about to be read.
  case zeros

  /// A parameter with random numbers, uniform in ±`bound`.
  ///
  /// - Parameters:
  ///   - name: the name under which it is stored, which is also the address of its random numbers.
  ///   - shape: the length of each axis.
  ///   - bound: the largest magnitude.
  func parameter(_ name: String, _ shape: [Int], bound: Float) -> Parameter {
    guard case .seeded(let seed) = self else { return Parameter(name, Tensor(blank: shape)) }
    let stream = RandomStream(seed: seed, purpose: "initialize \(name)")
    let count = shape.reduce(1, *)
    var values: [Float] = []
    values.reserveCapacity(count + 3)
    for position in 0..<((count + 3) / 4) {
      let block = stream.block(position: position)
      for lane in 0..<4 { values.append((2 * RandomStream.unit(block[lane]) - 1) * bound) }
    }
    values.removeLast(values.count - count)
    return Parameter(name, Tensor(values, shape: shape))
  }
}

/// An affine map of the last axis.
struct Linear {
  let weight: Parameter
  let bias: Parameter?

  /// A map with weights uniform in ±`scale`/√inputs and no offset.
  ///
  /// - Parameters:
  ///   - name: what the names of its parameters begin with.
  ///   - inputs: the width it reads.
  ///   - outputs: the width it writes.
  ///   - hasBias: whether it adds an offset.
  ///   - scale: 1 gives outputs of deviation 0.58 for inputs of deviation 1.
  ///   - initialization: what the weights begin as.
  init(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = false, scale: Float = 1,
    _ initialization: Initialization
  ) {
    weight = initialization.parameter(
      name + ".weight", [outputs, inputs], bound: scale / Float(inputs).squareRoot())
    bias = hasBias ? Parameter(name + ".bias", Tensor(zeros: [outputs])) : nil
  }

  var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

  func callAsFunction(_ x: Tensor, _ tape: Tape?) -> Tensor {
    linear(x, weight, bias: bias, on: tape)
  }
}

/// Division by the root mean square of the last axis, times a learned scale.
struct RMSNorm {
  let weight: Parameter
  let epsilon: Float

  init(_ name: String, width: Int, epsilon: Float) {
    weight = Parameter(name + ".weight", Tensor(repeating: 1, shape: [width]))
    self.epsilon = epsilon
  }

  func callAsFunction(_ x: Tensor, _ tape: Tape?) -> Tensor {
    rmsNorm(x, weight: weight.tensor(on: tape), epsilon: epsilon)
  }

  /// - Returns: what flows past the norm, and its norm.
  func callAsFunction(_ stream: ResidualStream, _ tape: Tape?) -> (sum: Tensor, normal: Tensor) {
    guard let step = stream.step else { return (stream.base, self(stream.base, tape)) }
    return addedRMSNorm(stream.base, step, weight: weight.tensor(on: tape), epsilon: epsilon)
  }
}

/// What flows past the layers of a decoder, with the last layer's part still to be added: the norm that reads it next
/// does so in the same pass.
struct ResidualStream {
  let base: Tensor
  var step: Tensor?

  /// The two together.
  var sum: Tensor { step.map { base + $0 } ?? base }
}

/// Two affine maps with a GELU between them.
struct TwoLayerNetwork {
  let first: Linear
  let second: Linear

  var parameters: [Parameter] { first.parameters + second.parameters }

  func callAsFunction(_ x: Tensor, _ tape: Tape?) -> Tensor { second(gelu(first(x, tape)), tape) }
}
