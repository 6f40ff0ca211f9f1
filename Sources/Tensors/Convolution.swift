import CKernels

/// The geometry of a convolution, and its three products: forwards, back to the input, and back to the
/// weight.
private struct Window {
  let batch, channels, height, width, outputs, size, stride, padding: Int
  let inputShape, outputShape: [Int]

  init(
    batch: Int, channels: Int, height: Int, width: Int, outputs: Int, size: Int, stride: Int, padding: Int
  ) {
    (self.batch, self.channels, self.outputs) = (batch, channels, outputs)
    (self.size, self.stride, self.padding) = (size, stride, padding)
    // To a window of one point a picture is one long row, which is copied in longer pieces.
    let isPoint = size == 1 && stride == 1 && padding == 0
    (self.height, self.width) = isPoint ? (1, height * width) : (height, width)
    inputShape = [batch, channels, height, width]
    outputShape =
      [batch, outputs, (height + 2 * padding - size) / stride + 1, (width + 2 * padding - size) / stride + 1]
  }

  var outHeight: Int { (height + 2 * padding - size) / stride + 1 }
  var outWidth: Int { (width + 2 * padding - size) / stride + 1 }
  var area: Int { height * width }
  var outArea: Int { outHeight * outWidth }
  /// Numbers in one patch.
  var patch: Int { channels * size * size }

  /// A picture with zeros around it: its rows, and the columns of one phase of the stride.
  private var paddedHeight: Int { height + 2 * padding }
  private var split: Int { (width + 2 * padding + stride - 1) / stride }

  /// Numbers of a matrix of patches that is worked off at a time: half of a second-level cache of 1 MiB.
  private static let patchesAtOnce = 1 << 17

  /// Pictures whose weight gradients are summed in one place before the places are added up.
  private static let picturesAtOnce = 4

  private func padded(_ x: UnsafePointer<Float>) -> Storage {
    let storage = Storage(count: channels * paddedHeight * stride * split)
    ckernels_pad_picture(x, storage.pointer, channels, height, width, stride, padding)
    return storage
  }

  /// out[B, O, …] = weight · patches.
  func forward(_ x: Tensor, _ weight: Tensor) -> Tensor {
    let result = Tensor(unwritten: outputShape)
    let (source, factors, target) = (x.pointer, weight.pointer, result.target)
    let panels = (outArea + ckernels_panel - 1) / ckernels_panel
    let step = max(1, Self.patchesAtOnce / (patch * ckernels_panel))
    concurrently(batch) { picture in
      let padded = padded(source + picture * channels * area)
      let patches = Storage(count: patch * ckernels_panel * min(step, panels))
      let scratch = Storage(count: outputs * (ckernels_product_piece(outputs, patch) + 16))
      let out = target + picture * outputs * outArea
      for first in Swift.stride(from: 0, to: panels, by: step) {
        let last = min(panels, first + step)
        let position = first * ckernels_panel
        ckernels_pack_patches(
          padded.pointer, patches.pointer, channels, paddedHeight, split, size, stride, outWidth, outArea, first, last)
        ckernels_matrix_product(
          Precision.fp32.kind, factors, patch, 1, patches.pointer, patch, nil, nil, out + position, outArea, outputs,
          min(outArea, last * ckernels_panel) - position, patch, 0, scratch.pointer)
      }
    }
    return result
  }

  /// x[B, C, …] = what `forward` would have turned into out, as far as gradients go: the transposed
  /// convolution.
  func backward(_ out: Tensor, _ weight: Tensor) -> Tensor {
    stride == 1 && padding < size ? backwardByMirror(out, weight) : backwardByPatches(out, weight)
  }

  /// With a stride of 1 the transpose is a convolution with the mirrored weight.
  private func backwardByMirror(_ out: Tensor, _ weight: Tensor) -> Tensor {
    let mirror = Tensor(unwritten: [channels, outputs, size, size])
    let (source, target, square) = (weight.pointer, mirror.target, size * size)
    for output in 0..<outputs {
      for channel in 0..<channels {
        for place in 0..<square {
          target[(channel * outputs + output) * square + place] =
            source[(output * channels + channel + 1) * square - 1 - place]
        }
      }
    }
    let back = Window(
      batch: batch, channels: outputs, height: outHeight, width: outWidth, outputs: channels, size: size, stride: 1,
      padding: size - 1 - padding
    ).forward(out, mirror)
    return Tensor(storage: back.storage, shape: inputShape)
  }

  /// Patches are weightᵀ · out; each is added back where it came from.
  private func backwardByPatches(_ out: Tensor, _ weight: Tensor) -> Tensor {
    let result = Tensor(zeros: inputShape)
    let (source, factors, target) = (out.pointer, weight.pointer, result.target)
    let step = max(1, min(outHeight, Self.patchesAtOnce / (patch * outWidth)))
    concurrently(batch) { picture in
      let patches = Storage(count: patch * step * outWidth)
      let scratch = Storage(count: patch * (ckernels_product_piece(patch, outputs) + 16))
      for first in Swift.stride(from: 0, to: outHeight, by: step) {
        let last = min(outHeight, first + step)
        let columns = (last - first) * outWidth
        let from = Matrix(start: source + picture * outputs * outArea + first * outWidth, stride: outArea)
        let right = PackedMatrix(from, depth: outputs, columns: columns)
        ckernels_matrix_product(
          Precision.fp32.kind, factors, 1, patch, right.panel(0), outputs, nil, nil, patches.pointer, columns, patch,
          columns, outputs, 0, scratch.pointer)
        ckernels_add_patches(
          patches.pointer, target + picture * channels * area, channels, height, width, size, stride, padding,
          outWidth, first, last)
      }
    }
    return result
  }

  /// The gradient of the weight: Σ patches · outᵀ, summed as [patch, O] and then transposed.
  func weightGradient(_ x: Tensor, _ out: Tensor, shape: [Int]) -> Tensor {
    let places = (batch + Self.picturesAtOnce - 1) / Self.picturesAtOnce
    let parts = Tensor(zeros: [places, patch * outputs])
    let (source, upstream, target) = (x.pointer, out.pointer, parts.target)
    inChunks(of: Self.picturesAtOnce, count: batch) { pictures in
      for picture in pictures {
        correlate(
          source + picture * channels * area, with: upstream + picture * outputs * outArea,
          into: target + pictures.lowerBound / Self.picturesAtOnce * outputs * patch)
      }
    }
    let sum = parts.columnSum(width: outputs * patch, shape: [patch, outputs])
    return permuted(sum, [1, 0]).reshaped(shape)
  }

  /// sum[patch, O] += patches · outᵀ, for one picture.
  private func correlate(
    _ x: UnsafePointer<Float>, with out: UnsafePointer<Float>, into sum: UnsafeMutablePointer<Float>
  ) {
    let step = max(1, min(outHeight, Self.patchesAtOnce / (patch * outWidth)))
    let row = step * outWidth + 16  // not a power of two, so that rows do not share cache lines
    let (padded, patches) = (padded(x), Storage(count: patch * row))
    for first in Swift.stride(from: 0, to: outHeight, by: step) {
      let last = min(outHeight, first + step)
      let columns = (last - first) * outWidth
      ckernels_patch_rows(
        padded.pointer, patches.pointer, channels, paddedHeight, split, size, stride, outWidth, row, first, last)
      let right = PackedMatrix(
        Matrix(start: out + first * outWidth, stride: outArea, isTransposed: true), depth: columns, columns: outputs)
      ckernels_matrix_product(
        Precision.fp32.kind, patches.pointer, row, 1, right.panel(0), columns, nil, nil, sum, outputs, patch, outputs,
        columns, 1, nil)
    }
  }
}

/// Adds a number for each channel, in place.
private func addBias(_ bias: Tensor?, to result: Tensor, channels: Int) {
  guard let bias else { return }
  invariant(bias.count == channels, "a bias \(bias.shape) does not fit \(channels) channels")
  let (source, target, area) = (bias.pointer, result.target, result.shape[2] * result.shape[3])
  concurrently(result.shape[0]) { picture in
    for channel in 0..<channels {
      let plane = target + (picture * channels + channel) * area
      ckernels_affine(plane, 1, source[channel], plane, area)
    }
  }
}

/// The gradient of the bias of a convolution: the sum over each channel.
private func biasGradient(_ bias: Tensor, _ gradient: Tensor) -> Tensor? {
  guard bias.isRecorded else { return nil }
  let result = Tensor(unwritten: bias.shape)
  let (batch, channels, area) = (gradient.shape[0], gradient.shape[1], gradient.shape[2] * gradient.shape[3])
  let (source, target) = (gradient.pointer, result.target)
  concurrently(channels) { channel in
    var total = 0.0
    for picture in 0..<batch { total += ckernels_sum(source + (picture * channels + channel) * area, area) }
    target[channel] = Float(total)
  }
  return result
}

/// A convolution of pictures (a cross-correlation, as everywhere in the field).
///
/// - Parameters:
///   - x: `[B, C, H, W]`.
///   - weight: `[O, C, k, k]`.
///   - bias: `[O]`, or none.
///   - stride: pixels from one output to the next.
///   - padding: zeros on each side.
/// - Returns: `[B, O, (H + 2·padding − k)/stride + 1, …]`.
public func conv2d(_ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0) -> Tensor {
  invariant(
    x.shape.count == 4 && weight.shape.count == 4 && weight.shape[1] == x.shape[1]
      && weight.shape[2] == weight.shape[3],
    "a weight \(weight.shape) does not fit pictures \(x.shape)")
  let window = Window(
    batch: x.shape[0], channels: x.shape[1], height: x.shape[2], width: x.shape[3], outputs: weight.shape[0],
    size: weight.shape[2], stride: stride, padding: padding)
  let result = window.forward(x, weight)
  addBias(bias, to: result, channels: window.outputs)
  return result.recorded(from: [x, weight] + (bias.map { [$0] } ?? [])) { gradient in
    [
      x.isRecorded ? window.backward(gradient, weight) : nil,
      weight.isRecorded ? window.weightGradient(x, gradient, shape: weight.shape) : nil,
    ] + (bias.map { [biasGradient($0, gradient)] } ?? [])
  }
}

/// A transposed convolution: the gradient of ``conv2d`` with respect to its input, used forwards.
///
/// - Parameters:
///   - x: `[B, C, H, W]`.
///   - weight: `[C, O, k, k]`, as PyTorch lays it out.
///   - bias: `[O]`, or none.
///   - stride: pixels from the place of one input to that of the next.
///   - padding: what the convolution that it transposes would have padded.
/// - Returns: `[B, O, (H − 1)·stride − 2·padding + k, …]`.
public func convTranspose2d(
  _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0
) -> Tensor {
  invariant(
    x.shape.count == 4 && weight.shape.count == 4 && weight.shape[0] == x.shape[1]
      && weight.shape[2] == weight.shape[3],
    "a weight \(weight.shape) does not fit pictures \(x.shape)")
  let size = weight.shape[2]
  let window = Window(
    batch: x.shape[0], channels: weight.shape[1], height: (x.shape[2] - 1) * stride - 2 * padding + size,
    width: (x.shape[3] - 1) * stride - 2 * padding + size, outputs: x.shape[1], size: size, stride: stride,
    padding: padding)
  let result = window.backward(x, weight)
  addBias(bias, to: result, channels: window.channels)
  return result.recorded(from: [x, weight] + (bias.map { [$0] } ?? [])) { gradient in
    [
      x.isRecorded ? window.forward(gradient, weight) : nil,
      weight.isRecorded ? window.weightGradient(gradient, x, shape: weight.shape) : nil,
    ] + (bias.map { [biasGradient($0, gradient)] } ?? [])
  }
}
