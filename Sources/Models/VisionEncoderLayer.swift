import Tensors

/// Division by the deviation of the last axis after subtraction of its mean, with a learned scale and offset.
struct LayerNorm {
  let weight, bias: Parameter
  let epsilon: Float

  init(_ name: String, width: Int, epsilon: Float) {
    weight = Parameter(name + ".weight", Tensor(repeating: 1, shape: [width]))
    bias = Parameter(name + ".bias", Tensor(zeros: [width]))
    self.epsilon = epsilon
  }

  var parameters: [Parameter] { [weight, bias] }

  func callAsFunction(_ x: Tensor, _ tape: Tape?) -> Tensor {
    layerNorm(x, weight: weight.tensor(on: tape), bias: bias.tensor(on: tape), epsilon: epsilon)
  }
}

/// One layer of the vision encoder: attention of all patches to all, then a network for each patch, both
/// after a norm and added to what came in.
struct VisionLayer {
  private let attentionNorm, networkNorm: LayerNorm
  private let keys, values, queries, output: Linear
  private let network: TwoLayerNetwork
  private let heads: Int

  init(_ name: String, _ configuration: VisionEncoder.Configuration, _ initialization: Initialization) {
    let (width, inner) = (configuration.width, configuration.feedForward)
    func square(_ part: String) -> Linear {
      Linear("\(name).self_attn.\(part)_proj", inputs: width, outputs: width, hasBias: true, initialization)
    }
    attentionNorm = LayerNorm(name + ".layer_norm1", width: width, epsilon: configuration.epsilon)
    (keys, values, queries, output) = (square("k"), square("v"), square("q"), square("out"))
    networkNorm = LayerNorm(name + ".layer_norm2", width: width, epsilon: configuration.epsilon)
    network = TwoLayerNetwork(
      first: Linear(name + ".mlp.fc1", inputs: width, outputs: inner, hasBias: true, initialization),
      second: Linear(name + ".mlp.fc2", inputs: inner, outputs: width, hasBias: true, initialization))
    heads = configuration.heads
  }

  var parameters: [Parameter] {
    attentionNorm.parameters + [keys, values, queries, output].flatMap(\.parameters) + networkNorm.parameters
      + network.parameters
  }

  /// - Parameters:
  ///   - x: `[N, width]`, the patches of all pictures.
  ///   - lengths: how many patches each picture has.
  ///   - tape: where to record, or `nil`.
  /// - Returns: `[N, width]`.
  func callAsFunction(_ x: Tensor, lengths: [Int], _ tape: Tape?) -> Tensor {
    let normed = attentionNorm(x, tape)
    func split(_ map: Linear) -> Tensor { map(normed, tape).reshaped([x.rowCount, heads, x.width / heads]) }
    let seen = attention(
      split(queries), split(keys), split(values), lengths: lengths, causal: false)
    let x = x + output(seen.reshaped([x.rowCount, x.width]), tape)
    return x + network(networkNorm(x, tape), tape)
  }
}
