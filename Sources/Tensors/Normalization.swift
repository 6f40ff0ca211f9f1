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
  return result.recorded(from: [x, weight]) { spreadRMSNorm(x, weight, scale, $0, $1) }
}

/// x + more, and the norm of the sum as ``rmsNorm(_:weight:epsilon:)`` computes it, in one pass.
///
/// - Parameters:
///   - x: `[…, D]`.
///   - more: the same shape.
///   - weight: `[D]`.
///   - epsilon: added to the mean square.
public func addedRMSNorm(
  _ x: Tensor, _ more: Tensor, weight: Tensor, epsilon: Float = 1e-6
) -> (sum: Tensor, normal: Tensor) {
  let (width, count) = (x.width, x.rowCount)
  invariant(
    weight.count == width && more.shape == x.shape, "a weight \(weight.shape) and \(more.shape) do not fit \(x.shape)")
  let (sum, result) = (Tensor(unwritten: x.shape), Tensor(unwritten: x.shape))
  let scale = Tensor(unwritten: [count])
  let (first, second, factors) = (x.pointer, more.pointer, weight.pointer)
  let (total, target, scales) = (sum.target, result.target, scale.target)
  inChunks(of: rowChunk(width: width), count: count) {
    let at = $0.lowerBound * width
    ckernels_added_rms_norm(
      first + at, second + at, factors, epsilon, total + at, target + at, scales + $0.lowerBound, $0.count, width)
  }
  let recordedSum = sum.recorded(from: [x, more]) { [$0, $0] }
  return (recordedSum, result.recorded(from: [recordedSum, weight]) { spreadRMSNorm(sum, weight, scale, $0, $1) })
}

/// Adds the gradients of x and of the weight.
private func spreadRMSNorm(
  _ x: Tensor, _ weight: Tensor, _ scale: Tensor, _ gradient: Tensor, _ places: [GradientPlace]
) {
  let width = x.width
  let (source, factors, scales, dy) = (x.pointer, weight.pointer, scale.pointer, gradient.pointer)
  places[0].add(shape: x.shape) { target, isAdding in
    inChunks(of: rowChunk(width: width), count: x.rowCount) {
      let at = $0.lowerBound * width
      ckernels_rms_norm_gradient(
        source + at, factors, scales + $0.lowerBound, dy + at, target + at, $0.count, width, isAdding ? 1 : 0)
    }
  }
  addWeightGradient(x, mean: nil, scale: scale, gradient, weight.shape, to: places[1])
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
  return result.recorded(from: [x, weight, bias]) { gradient, places in
    let dx = Tensor(unwritten: x.shape)
    let (source, factors, dy, target) = (x.pointer, weight.pointer, gradient.pointer, dx.target)
    let (means, scales) = (mean.pointer, scale.pointer)
    inChunks(of: rowChunk(width: width), count: count) {
      let (row, at) = ($0.lowerBound, $0.lowerBound * width)
      ckernels_layer_norm_gradient(
        source + at, factors, means + row, scales + row, dy + at, target + at, $0.count, width)
    }
    places[0].add(dx)
    addWeightGradient(x, mean: mean, scale: scale, gradient, weight.shape, to: places[1])
    gradient.addColumnSum(shape: bias.shape, to: places[2])
  }
}

/// The gradient of the weight of a norm.
private func addWeightGradient(
  _ x: Tensor, mean: Tensor?, scale: Tensor, _ gradient: Tensor, _ shape: [Int], to place: GradientPlace
) {
  let (source, means, scales, dy) = (x.pointer, mean?.pointer, scale.pointer, gradient.pointer)
  place.add(shape: shape) { target, isAdding in
    inChunks(of: columnChunk, count: x.width) {
      ckernels_norm_weight_gradient(
        source, means, scales, dy, target, x.rowCount, x.width, $0.lowerBound, $0.upperBound, isAdding ? 1 : 0)
    }
  }
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
  ckernels_column_sum(x.pointer + from, result.target, rows, parameter.count, 0, parameter.count, 0)
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
