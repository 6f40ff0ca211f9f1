import CKernels

/// The geometry of a convolution.
private struct Window {
  let batch, channels, height, width, outputs, size, stride, padding: Int
  var outHeight: Int { (height + 2 * padding - size) / stride + 1 }
  var outWidth: Int { (width + 2 * padding - size) / stride + 1 }
  var area: Int { height * width }
  var outArea: Int { outHeight * outWidth }
  /// Numbers in one patch.
  var patch: Int { channels * size * size }

  /// Output rows at a time, so that a matrix of patches (2 MiB at most) stays near the processor.
  var rowsAtOnce: Int { max(1, min(outHeight, (1 << 19) / max(1, patch * outWidth))) }

  /// Pictures whose weight gradients are summed in one place before the places are added up.
  static let picturesAtOnce = 4

  /// out[O, outArea] = weight · patches, for one picture.
  func apply(_ weight: UnsafePointer<Float>, to x: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>) {
    let scratch = Storage(count: patch * rowsAtOnce * outWidth)
    for first in Swift.stride(from: 0, to: outHeight, by: rowsAtOnce) {
      let last = min(outHeight, first + rowsAtOnce)
      let columns = (last - first) * outWidth
      ckernels_patches(
        x, scratch.pointer, channels, height, width, size, stride, padding, outWidth, first, last)
      Product.single(
        Matrix(start: weight, stride: patch), Matrix(start: scratch.pointer, stride: columns),
        size: (outputs, columns, patch), into: out + first * outWidth, stride: outArea)
    }
  }

  /// x += patches back from weightᵀ · out, for one picture.
  func applyTransposed(
    _ weight: UnsafePointer<Float>, to out: UnsafePointer<Float>, into x: UnsafeMutablePointer<Float>
  ) {
    let scratch = Storage(count: patch * rowsAtOnce * outWidth)
    for first in Swift.stride(from: 0, to: outHeight, by: rowsAtOnce) {
      let last = min(outHeight, first + rowsAtOnce)
      let columns = (last - first) * outWidth
      Product.single(
        Matrix(start: weight, stride: patch, isTransposed: true),
        Matrix(start: out + first * outWidth, stride: outArea), size: (patch, columns, outputs),
        into: scratch.pointer, stride: columns)
      ckernels_add_patches(
        scratch.pointer, x, channels, height, width, size, stride, padding, outWidth, first, last)
    }
  }

  /// sum[O, patch] += out · patchesᵀ, for one picture.
  func correlate(
    _ x: UnsafePointer<Float>, with out: UnsafePointer<Float>, into sum: UnsafeMutablePointer<Float>
  ) {
    let scratch = Storage(count: patch * rowsAtOnce * outWidth)
    for first in Swift.stride(from: 0, to: outHeight, by: rowsAtOnce) {
      let last = min(outHeight, first + rowsAtOnce)
      let columns = (last - first) * outWidth
      ckernels_patches(
        x, scratch.pointer, channels, height, width, size, stride, padding, outWidth, first, last)
      Product.single(
        Matrix(start: out + first * outWidth, stride: outArea),
        Matrix(start: scratch.pointer, stride: columns, isTransposed: true), size: (outputs, patch, columns),
        into: sum, stride: patch, adding: true)
    }
  }

  /// out[B, O, …] of a whole batch.
  func forward(_ x: Tensor, _ weight: Tensor) -> Tensor {
    let result = Tensor(unwritten: [batch, outputs, outHeight, outWidth])
    let (source, factors, target) = (x.pointer, weight.pointer, result.target)
    concurrently(batch) { picture in
      apply(
        factors, to: source + picture * channels * area, into: target + picture * outputs * outArea)
    }
    return result
  }

  /// x[B, C, …] of a whole batch, from out: the transposed convolution.
  func backward(_ out: Tensor, _ weight: Tensor) -> Tensor {
    let result = Tensor(zeros: [batch, channels, height, width])
    let (source, factors, target) = (out.pointer, weight.pointer, result.target)
    concurrently(batch) { picture in
      applyTransposed(
        factors, to: source + picture * outputs * outArea, into: target + picture * channels * area)
    }
    return result
  }

  /// The gradient of the weight over a whole batch.
  func weightGradient(_ x: Tensor, _ out: Tensor, shape: [Int]) -> Tensor {
    let places = (batch + Self.picturesAtOnce - 1) / Self.picturesAtOnce
    let parts = Tensor(zeros: [places, outputs * patch])
    let (source, upstream, target) = (x.pointer, out.pointer, parts.target)
    inChunks(of: Self.picturesAtOnce, count: batch) { pictures in
      for picture in pictures {
        correlate(
          source + picture * channels * area, with: upstream + picture * outputs * outArea,
          into: target + pictures.lowerBound / Self.picturesAtOnce * outputs * patch)
      }
    }
    return parts.columnSum(width: outputs * patch, shape: shape)
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
