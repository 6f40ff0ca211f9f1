import Tensors

/// A convolution, or the transpose of one, with its weights.
struct Convolution {
  let weight: Parameter
  let bias: Parameter?
  let stride: Int
  let padding: Int
  let isTransposed: Bool

  /// A convolution with weights uniform in ±√(3/fan-in), which keeps the deviation of what passes through.
  ///
  /// - Parameters:
  ///   - name: what the names of its parameters begin with.
  ///   - inputs: channels it reads.
  ///   - outputs: channels it writes.
  ///   - size: the side of its window.
  ///   - stride: pixels from one window to the next.
  ///   - padding: zeros on each side.
  ///   - hasBias: whether it adds an offset.
  ///   - biasBound: the largest magnitude of an offset at first.
  ///   - isTransposed: whether it makes pictures larger instead of smaller.
  ///   - initialization: what the weights begin as.
  init(
    _ name: String, inputs: Int, outputs: Int, size: Int = 1, stride: Int = 1, padding: Int = 0,
    hasBias: Bool = true, biasBound: Float = 0, isTransposed: Bool = false, _ initialization: Initialization
  ) {
    // With stride = size a transposed window meets each output once, so that one pixel has `inputs` summands.
    let summands = isTransposed ? inputs : inputs * size * size
    weight = initialization.parameter(
      name + ".weight", (isTransposed ? [inputs, outputs] : [outputs, inputs]) + [size, size],
      bound: (3 / Float(summands)).squareRoot())
    bias = hasBias ? initialization.parameter(name + ".bias", [outputs], bound: biasBound) : nil
    (self.stride, self.padding, self.isTransposed) = (stride, padding, isTransposed)
  }

  var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

  func callAsFunction(_ x: Tensor, _ tape: Tape?) -> Tensor {
    let (weight, bias) = (weight.tensor(on: tape), bias?.tensor(on: tape))
    return isTransposed
      ? convTranspose2d(x, weight, bias: bias, stride: stride, padding: padding)
      : conv2d(x, weight, bias: bias, stride: stride, padding: padding)
  }
}

/// Pictures to one unit vector for each patch.
struct ImageEncoder {
  private let input, downsample, middle, output, quantization: Convolution
  private let codeWidth: Int

  init(_ configuration: ImageTokenizer.Configuration, _ initialization: Initialization) {
    let name = WeightNames.imageTokenizer + ".encoder"
    let (channels, half) = (configuration.channels, configuration.patchSize / 2)
    // No offsets up to `middle`: empty space stays 0 in every channel, which is what a convolution pads with.
    input = Convolution(
      name + ".conv_in", inputs: 3, outputs: channels, size: half, stride: half, hasBias: false, initialization)
    downsample = Convolution(
      name + ".conv_blocks.0.downsample.conv", inputs: channels, outputs: channels, size: 2, stride: 2,
      hasBias: false, initialization)
    middle = Convolution(
      name + ".mid.0.conv1", inputs: channels, outputs: channels, size: 3, padding: 1, initialization)
    output = Convolution(name + ".conv_out", inputs: channels, outputs: channels, initialization)
    // Its offset is the only thing that empty space has, and a vector of length 0 has no direction.
    quantization = Convolution(
      WeightNames.imageTokenizer + ".quant_conv", inputs: channels, outputs: configuration.codeWidth,
      biasBound: 0.1, initialization)
    codeWidth = configuration.codeWidth
  }

  var parameters: [Parameter] {
    [input, downsample, middle, output, quantization].flatMap(\.parameters)
  }

  /// - Parameters:
  ///   - x: `[B, 3, imageSize, imageSize]`.
  ///   - tape: where to record, or `nil`.
  /// - Returns: `[B·grid², codeWidth]`, rows of length 1.
  func callAsFunction(_ x: Tensor, _ tape: Tape?) -> Tensor {
    var x = silu(downsample(silu(input(x, tape)), tape))
    x = x + silu(middle(x, tape))
    x = quantization(silu(output(x, tape)), tape)
    return l2Normalized(permuted(x, [0, 2, 3, 1]).reshaped([-1, codeWidth]))
  }
}

/// One vector for each patch to pictures.
struct ImageDecoder {
  private let quantization, input, middle, upsample, output: Convolution
  private let grid, codeWidth: Int

  init(_ configuration: ImageTokenizer.Configuration, _ initialization: Initialization) {
    let name = WeightNames.imageTokenizer + ".decoder"
    let (channels, half) = (configuration.channels, configuration.patchSize / 2)
    quantization = Convolution(
      WeightNames.imageTokenizer + ".post_quant_conv", inputs: configuration.codeWidth, outputs: channels,
      initialization)
    input = Convolution(
      name + ".conv_in", inputs: channels, outputs: channels, size: 3, padding: 1, initialization)
    middle = Convolution(name + ".mid.0.conv1", inputs: channels, outputs: channels, initialization)
    upsample = Convolution(
      name + ".conv_blocks.0.upsample.conv", inputs: channels, outputs: channels, size: 2, stride: 2,
      isTransposed: true, initialization)
    output = Convolution(
      name + ".conv_out", inputs: channels, outputs: 3, size: half, stride: half, isTransposed: true,
      initialization)
    (grid, codeWidth) = (configuration.grid, configuration.codeWidth)
  }

  var parameters: [Parameter] { [quantization, input, middle, upsample, output].flatMap(\.parameters) }

  /// - Parameters:
  ///   - vectors: `[B·grid², codeWidth]`.
  ///   - tape: where to record, or `nil`.
  /// - Returns: `[B, 3, imageSize, imageSize]`.
  func callAsFunction(_ vectors: Tensor, _ tape: Tape?) -> Tensor {
    var x = permuted(vectors.reshaped([-1, grid, grid, codeWidth]), [0, 3, 1, 2])
    x = silu(input(silu(quantization(x, tape)), tape))
    x = x + silu(middle(x, tape))
    return output(silu(upsample(x, tape)), tape)
  }
}
