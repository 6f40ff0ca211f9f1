public import Tensors

/// A decoder of the LLaMA type: pre-norm, rotary positions, SwiGLU, no offsets.
///
/// Source: H. Touvron et al., 2023, arXiv 2302.13971, section 2.2.
public final class Transformer {
  /// The sizes of a decoder.
  public struct Configuration: Codable, Hashable, Sendable {
    /// How many layers there are.
    public var layers = 6
    /// The width D of the residual stream.
    public var width = 128
    /// How many query heads H there are; they share the width.
    public var heads = 4
    /// How many key and value heads there are; each serves `heads / keyValueHeads` query heads.
    public var keyValueHeads = 4
    /// The inner width of the gated network of a layer.
    public var feedForward = 352
    /// The base of the rotary angles.
    public var rotaryBase: Float = 10_000
    /// What the norms add to the mean square.
    public var normEpsilon: Float = 1e-6
    /// The longest sequence, in tokens.
    public var context = 256

    /// The sizes of the tiny model.
    public init() {}

    /// The width of one head.
    var headWidth: Int { width / max(heads, 1) }

    /// - Throws: ``ModelError/setting(name:value:expected:)`` for sizes that do not fit together.
    func check() throws {
      let sizes = [
        ("layers", layers, 1024), ("width", width, 65536), ("heads", heads, 1024),
        ("keyValueHeads", keyValueHeads, 1024), ("feedForward", feedForward, 1 << 20), ("context", context, 1 << 20),
      ]
      for (name, value, most) in sizes where !(1...most).contains(value) {
        throw ModelError.setting(name: name, value: "\(value)", expected: "from 1 to \(most)")
      }
      for (name, value) in [("rotaryBase", rotaryBase), ("normEpsilon", normEpsilon)]
      where !(value > 0 && value.isFinite) {
        throw ModelError.setting(name: name, value: "\(value)", expected: "above 0")
      }
      guard width % (2 * heads) == 0 else {
        throw ModelError.setting(
          name: "width", value: "\(width)", expected: "an even number for each of \(heads) heads")
      }
      guard heads % keyValueHeads == 0 else {
        throw ModelError.setting(
          name: "keyValueHeads", value: "\(keyValueHeads)", expected: "a divisor of the \(heads) heads")
      }
    }
  }

  /// The sizes.
  public let configuration: Configuration
  let textEmbedding: Parameter
  let layers: [DecoderLayer]
  let norm: RMSNorm
  /// Whether training keeps only the inputs of layers and computes the rest again.
  var recomputesLayers = false

  /// A decoder with new weights.
  ///
  /// - Parameters:
  ///   - configuration: its sizes, which were checked.
  ///   - vocabulary: how many text tokens there are.
  ///   - initialization: what the weights begin as.
  init(_ configuration: Configuration, vocabulary: Int, _ initialization: Initialization) {
    self.configuration = configuration
    // Vectors of length about 0.6, so that the first layers neither drown them nor drown in them.
    textEmbedding = initialization.parameter(
      WeightNames.textEmbedding, [vocabulary, configuration.width],
      bound: 1 / Float(configuration.width).squareRoot())
    layers = (0..<configuration.layers).map { DecoderLayer(index: $0, configuration, initialization) }
    norm = RMSNorm(WeightNames.finalNorm, width: configuration.width, epsilon: configuration.normEpsilon)
  }

  /// Every weight, in the order of the layers.
  public var parameters: [Parameter] { [textEmbedding] + layers.flatMap(\.parameters) + [norm.weight] }

  /// The hidden states of packed sequences.
  ///
  /// - Parameters:
  ///   - inputs: `[N, D]`, the rows of all sequences one after the other.
  ///   - lengths: the length of each sequence; their sum is N. Positions count from 0 in each.
  ///   - tape: where to record, or `nil`.
  ///   - observe: called with each layer's index, keys and values `[N, H, d]`.
  /// - Returns: `[N, D]`, after the final norm.
  func callAsFunction(
    _ inputs: Tensor, lengths: [Int], tape: Tape?,
    observe: ((_ layer: Int, _ keys: Tensor, _ values: Tensor) -> Void)? = nil
  ) -> Tensor {
    let angles = RotaryAngles(
      positions: lengths.flatMap { (0..<Int32($0)) }, headWidth: configuration.headWidth,
      base: configuration.rotaryBase)
    func attend(_ index: Int, _ queries: Tensor, _ keys: Tensor, _ values: Tensor) -> Tensor {
      let layer = layers[index]
      let values = layer.shared(values)
      guard let observe else {
        return attention(
          queries, layer.shared(keys), values, lengths: lengths, causal: true, turning: angles,
          precision: layer.precision)
      }
      let turned = layer.shared(rotary(keys, angles))
      observe(index, turned, values)
      return attention(rotary(queries, angles), turned, values, lengths: lengths, causal: true)
    }
    var stream = ResidualStream(base: inputs)
    for (index, layer) in layers.enumerated() {
      if let tape, recomputesLayers {
        let output = tape.recomputing(stream.sum) { x, tape in
          layer(ResidualStream(base: x), tape) { attend(index, $0, $1, $2) }.sum
        }
        stream = ResidualStream(base: output)
      } else {
        stream = layer(stream, tape) { attend(index, $0, $1, $2) }
      }
    }
    return norm(stream, tape).normal
  }
}

/// One layer of a ``Transformer``.
struct DecoderLayer {
  private let inputNorm: RMSNorm, query: Linear, key: Linear, value: Linear, output: Linear
  private let networkNorm: RMSNorm, gate: Linear, up: Linear, down: Linear
  private let configuration: Transformer.Configuration

  init(index: Int, _ configuration: Transformer.Configuration, _ initialization: Initialization) {
    self.configuration = configuration
    let name = WeightNames.layer(index)
    let width = configuration.width
    let shared = configuration.keyValueHeads * configuration.headWidth
    // Every layer adds twice to the residual stream: smaller steps keep its size independent of the depth.
    let step = 1 / Float(2 * configuration.layers).squareRoot()
    inputNorm = RMSNorm(name + ".input_layernorm", width: width, epsilon: configuration.normEpsilon)
    query = Linear(name + ".self_attn.q_proj", inputs: width, outputs: width, initialization)
    key = Linear(name + ".self_attn.k_proj", inputs: width, outputs: shared, initialization)
    value = Linear(name + ".self_attn.v_proj", inputs: width, outputs: shared, initialization)
    output = Linear(name + ".self_attn.o_proj", inputs: width, outputs: width, scale: step, initialization)
    networkNorm = RMSNorm(name + ".post_attention_layernorm", width: width, epsilon: configuration.normEpsilon)
    let inner = configuration.feedForward
    gate = Linear(name + ".mlp.gate_proj", inputs: width, outputs: inner, initialization)
    up = Linear(name + ".mlp.up_proj", inputs: width, outputs: inner, initialization)
    down = Linear(name + ".mlp.down_proj", inputs: inner, outputs: width, scale: step, initialization)
  }

  /// In which numbers its products read their factors.
  var precision: Precision { query.weight.precision }

  /// The maps whose weights low-rank adapters change.
  var linears: [Linear] { [query, key, value, output, gate, up, down] }

  var parameters: [Parameter] { linears.flatMap(\.parameters) + [inputNorm.weight, networkNorm.weight] }

  /// - Parameters:
  ///   - stream: `[N, D]`.
  ///   - tape: where to record, or `nil`.
  ///   - attend: from queries `[N, H, d]` and the key and value heads, none turned by its position, the mixed values
  ///     `[N, H, d]`.
  func callAsFunction(
    _ stream: ResidualStream, _ tape: Tape?, attend: (Tensor, Tensor, Tensor) -> Tensor
  ) -> ResidualStream {
    let (count, headWidth) = (stream.base.shape[0], configuration.headWidth)
    func heads(_ projected: Tensor) -> Tensor { projected.reshaped([count, -1, headWidth]) }
    let (x, normal) = inputNorm(stream, tape)
    let projected = linear(normal, [query.weight, key.weight, value.weight], on: tape)
    let mixed = attend(heads(projected[0]), heads(projected[1]), heads(projected[2]))
    let step = output(mixed.reshaped([count, configuration.width]), tape)
    let (attended, inner) = networkNorm(ResidualStream(base: x, step: step), tape)
    let gated = linear(inner, [gate.weight, up.weight], on: tape)
    return ResidualStream(base: attended, step: down(swiGLU(gated[0], gated[1]), tape))
  }

  /// Repeats each key or value head for the query heads that share it.
  func shared(_ x: Tensor) -> Tensor {
    let (few, many) = (configuration.keyValueHeads, configuration.heads)
    guard few < many else { return x }
    let count = x.shape[0]
    let sources = (0..<count).flatMap { row in (0..<many).map { Int32(row * few + $0 * few / many) } }
    return rows(x.reshaped([count * few, configuration.headWidth]), sources)
      .reshaped([count, many, configuration.headWidth])
  }
}
