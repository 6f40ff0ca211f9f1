import CKernels

/// x / √(mean(x²) + ε) · weight, row by row.
///
/// - Parameters:
///   - x: `[…, D]`.
///   - weight: `[D]`.
///   - epsilon: added to the mean square.
/// Source: B. Zhang, R. Sennrich, 2019, arXiv 1910.07467, equation 4.
public func rmsNorm(_ x: Tensor, weight: Tensor, epsilon: Float = 1e-6) -> Tensor {
  let (width, count) = (x.width, x.rowCount)
  invariant(weight.count == width, "a weight \(weight.shape) does not fit rows of \(width)")
  let (result, scale) = (Tensor(unwritten: x.shape), Tensor(unwritten: [count]))
  let (source, factors, target, scales) = (x.pointer, weight.pointer, result.target, scale.target)
  inChunks(of: rowChunk(width: width), count: count) {
    let at = $0.lowerBound * width
    ckernels_rms_norm(source + at, factors, epsilon, target + at, scales + $0.lowerBound, $0.count, width)
  }
  return result.recorded(from: [x, weight]) { gradient in
    let dx = Tensor(unwritten: x.shape)
    let (source, factors, scales, dy, target) = (
      x.pointer, weight.pointer, scale.pointer, gradient.pointer, dx.target
    )
    inChunks(of: rowChunk(width: width), count: count) {
      let at = $0.lowerBound * width
      ckernels_rms_norm_gradient(
        source + at, factors, scales + $0.lowerBound, dy + at, target + at, $0.count, width)
    }
    return [dx, weight.isRecorded ? weightGradient(x, mean: nil, scale: scale, gradient, weight.shape) : nil]
  }
}

/// (x − mean(x)) / √(variance(x) + ε) · weight + bias, row by row.
///
/// - Parameters:
///   - x: `[…, D]`.
///   - weight: `[D]`.
///   - bias: `[D]`.
///   - epsilon: added to the variance.
/// Source: J. Ba, J. Kiros, G. Hinton, 2016, arXiv 1607.06450, equation 4.
public func layerNorm(_ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5) -> Tensor {
  let (width, count) = (x.width, x.rowCount)
  invariant(
    weight.count == width && bias.count == width,
    "a weight \(weight.shape) and a bias \(bias.shape) do not fit rows of \(width)")
  let (result, mean, scale) = (Tensor(unwritten: x.shape), Tensor(unwritten: [count]), Tensor(unwritten: [count]))
  let (source, factors, shifts) = (x.pointer, weight.pointer, bias.pointer)
  let (target, means, scales) = (result.target, mean.target, scale.target)
  inChunks(of: rowChunk(width: width), count: count) {
    let (row, at) = ($0.lowerBound, $0.lowerBound * width)
    ckernels_layer_norm(
      source + at, factors, shifts, epsilon, target + at, means + row, scales + row, $0.count, width)
  }
  return result.recorded(from: [x, weight, bias]) { gradient in
    let dx = Tensor(unwritten: x.shape)
    let (source, factors, dy, target) = (x.pointer, weight.pointer, gradient.pointer, dx.target)
    let (means, scales) = (mean.pointer, scale.pointer)
    inChunks(of: rowChunk(width: width), count: count) {
      let (row, at) = ($0.lowerBound, $0.lowerBound * width)
      ckernels_layer_norm_gradient(
        source + at, factors, means + row, scales + row, dy + at, target + at, $0.count, width)
    }
    return [
      dx, weight.isRecorded ? weightGradient(x, mean: mean, scale: scale, gradient, weight.shape) : nil,
      bias.isRecorded ? gradient.columnSum(width: width, shape: bias.shape) : nil,
    ]
  }
}

/// The gradient of the weight of a norm.
private func weightGradient(
  _ x: Tensor, mean: Tensor?, scale: Tensor, _ gradient: Tensor, _ shape: [Int]
) -> Tensor {
  let result = Tensor(unwritten: shape)
  let (source, means, scales, dy, target) = (
    x.pointer, mean?.pointer, scale.pointer, gradient.pointer, result.target
  )
  inChunks(of: columnChunk, count: x.width) {
    ckernels_norm_weight_gradient(
      source, means, scales, dy, target, x.rowCount, x.width, $0.lowerBound, $0.upperBound)
  }
  return result
}

/// Normalisation of each picture over groups of channels, then a weight and a bias for each channel.
///
/// - Parameters:
///   - x: `[B, C, H, W]`.
///   - groups: a divisor of C.
///   - weight: `[C]`.
///   - bias: `[C]`.
///   - epsilon: added to the variance.
/// Source: Y. Wu, K. He, 2018, arXiv 1803.08494, equations 1 and 6.
public func groupNorm(_ x: Tensor, groups: Int, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5) -> Tensor {
  invariant(x.shape.count == 4 && x.shape[1] % groups == 0, "\(groups) groups do not divide \(x.shape)")
  let (batch, channels, area) = (x.shape[0], x.shape[1], x.shape[2] * x.shape[3])
  let result = Tensor(unwritten: x.shape)
  let (mean, scale) = (Tensor(unwritten: [batch * groups]), Tensor(unwritten: [batch * groups]))
  let each = channels / groups
  let (source, factors, shifts) = (x.pointer, weight.pointer, bias.pointer)
  let (target, means, scales) = (result.target, mean.target, scale.target)
  concurrently(batch * groups) { index in
    let at = index * each * area
    ckernels_group_norm(
      source + at, factors + index % groups * each, shifts + index % groups * each, epsilon, target + at,
      means + index, scales + index, each, area)
  }
  return result.recorded(from: [x, weight, bias]) { gradient in
    let dx = Tensor(unwritten: x.shape)
    let parts = Tensor(unwritten: [2, batch, channels])
    let (source, factors, dy, target) = (x.pointer, weight.pointer, gradient.pointer, dx.target)
    let (means, scales, part) = (mean.pointer, scale.pointer, parts.target)
    concurrently(batch * groups) { index in
      let at = index * each * area
      ckernels_group_norm_gradient(
        source + at, factors + index % groups * each, means[index], scales[index], dy + at, target + at,
        part + index * each, part + (batch * groups + index) * each, each, area)
    }
    let half = batch * channels
    return [
      dx, slicedColumnSum(parts, from: 0, rows: batch, like: weight),
      slicedColumnSum(parts, from: half, rows: batch, like: bias),
    ]
  }
}

/// The sum over rows of a part of a tensor.
private func slicedColumnSum(_ x: Tensor, from: Int, rows: Int, like parameter: Tensor) -> Tensor? {
  guard parameter.isRecorded else { return nil }
  let result = Tensor(unwritten: parameter.shape)
  ckernels_column_sum(x.pointer + from, result.target, rows, parameter.count, 0, parameter.count)
  return result
}

/// Every row divided by its length, or by ε if that is longer.
///
/// - Parameters:
///   - x: `[…, D]`.
///   - epsilon: the shortest length that is divided by.
public func l2Normalized(_ x: Tensor, epsilon: Float = 1e-12) -> Tensor {
  let (width, count) = (x.width, x.rowCount)
  let (result, scale) = (Tensor(unwritten: x.shape), Tensor(unwritten: [count]))
  let (source, target, scales) = (x.pointer, result.target, scale.target)
  inChunks(of: rowChunk(width: width), count: count) {
    let at = $0.lowerBound * width
    ckernels_l2_norm(source + at, epsilon, target + at, scales + $0.lowerBound, $0.count, width)
  }
  return result.recorded(from: [x]) { gradient in
    let dx = Tensor(unwritten: x.shape)
    let (y, scales, dy, target) = (result.pointer, scale.pointer, gradient.pointer, dx.target)
    inChunks(of: rowChunk(width: width), count: count) {
      let at = $0.lowerBound * width
      ckernels_l2_norm_gradient(y + at, scales + $0.lowerBound, epsilon, dy + at, target + at, $0.count, width)
    }
    return [dx]
  }
}
