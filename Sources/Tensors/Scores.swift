import CKernels

/// eˣ / Σ eˣ, row by row.
///
/// - Parameter x: `[…, D]`.
public func softmax(_ x: Tensor) -> Tensor {
  let result = x.mappedRows(ckernels_softmax)
  return result.recorded(from: [x]) { [result.mappedRows(with: $0, ckernels_softmax_gradient)] }
}

/// x − ln Σ eˣ, row by row.
///
/// - Parameter x: `[…, D]`.
public func logSoftmax(_ x: Tensor) -> Tensor {
  let result = x.mappedRows(ckernels_log_softmax)
  return result.recorded(from: [x]) { [result.mappedRows(with: $0, ckernels_log_softmax_gradient)] }
}

/// What a policy says about tokens: the log-probability of each, and the entropy of the distribution it came
/// from, in nats.
///
/// - Parameters:
///   - logits: `[N, V]`.
///   - targets: N tokens in `0..<V`.
///   - temperature: the logits are divided by it; above 0.
/// - Returns: `[N]` and `[N]`, both differentiable; the softmax is never stored.
public func tokenScores(
  _ logits: Tensor, targets: [Int32], temperature: Float = 1
) -> (logProbability: Tensor, entropy: Tensor) {
  let (width, count) = (logits.width, logits.rowCount)
  invariant(targets.count == count, "\(targets.count) targets do not fit \(logits.shape)")
  invariant(targets.allSatisfy { $0 >= 0 && Int($0) < width }, "a target lies outside of 0..<\(width)")
  let (scores, normalizer) = (Tensor(unwritten: [2, count]), Tensor(unwritten: [count]))
  let (source, target, normal) = (logits.pointer, scores.target, normalizer.target)
  targets.withUnsafeBufferPointer { targets in
    guard let tokens = targets.baseAddress else { return }
    inChunks(of: rowChunk(width: width), count: count) {
      let at = $0.lowerBound
      ckernels_token_scores(
        source + at * width, tokens + at, temperature, target + at, target + count + at, normal + at, $0.count,
        width)
    }
  }
  let both = scores.recorded(from: [logits]) { gradient in
    let dx = Tensor(unwritten: logits.shape)
    let (source, target, normal) = (logits.pointer, dx.target, normalizer.pointer)
    let (entropies, upstream) = (scores.pointer + count, gradient.pointer)
    targets.withUnsafeBufferPointer { targets in
      guard let tokens = targets.baseAddress else { return }
      inChunks(of: rowChunk(width: width), count: count) {
        let at = $0.lowerBound
        ckernels_token_scores_gradient(
          source + at * width, tokens + at, temperature, entropies + at, normal + at, upstream + at,
          upstream + count + at, target + at * width, $0.count, width)
      }
    }
    return [dx]
  }
  return (slice(both, 0..<1).reshaped([count]), slice(both, 1..<2).reshaped([count]))
}

/// u + w·(c − u) for pairs of rows c, u that stand one after the other: classifier-free guidance.
///
/// - Parameters:
///   - x: `[2 · N, V]`.
///   - weight: w.
/// - Returns: `[N, V]`.
public func extrapolatedPairs(_ x: Tensor, by weight: Float) -> Tensor {
  let (width, count) = (x.width, x.rowCount / 2)
  invariant(x.shape.count == 2 && x.rowCount % 2 == 0, "rows of \(x.shape) do not come in pairs")
  let result = Tensor(unwritten: [count, width])
  let (source, target) = (x.pointer, result.target)
  inChunks(of: rowChunk(width: width), count: count) {
    let at = $0.lowerBound * width
    ckernels_extrapolate_pairs(source + 2 * at, weight, target + at, $0.count, width)
  }
  return result.recorded(from: [x]) { gradient in
    let dx = Tensor(unwritten: x.shape)
    let (source, target) = (gradient.pointer, dx.target)
    inChunks(of: rowChunk(width: width), count: count) {
      let at = $0.lowerBound * width
      ckernels_extrapolate_pairs_gradient(source + at, weight, target + 2 * at, $0.count, width)
    }
    return [dx]
  }
}

extension Tensor {
  /// A loop over rows.
  func mappedRows(_ kernel: (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int, Int) -> Void) -> Tensor {
    let result = Tensor(unwritten: shape)
    let (source, target, width) = (pointer, result.target, width)
    inChunks(of: rowChunk(width: width), count: rowCount) {
      kernel(source + $0.lowerBound * width, target + $0.lowerBound * width, $0.count, width)
    }
    return result
  }

  /// A loop over rows of two tensors.
  func mappedRows(
    with other: Tensor,
    _ kernel: (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int, Int) -> Void
  ) -> Tensor {
    let result = Tensor(unwritten: shape)
    let (first, second, target, width) = (pointer, other.pointer, result.target, width)
    inChunks(of: rowChunk(width: width), count: rowCount) {
      let at = $0.lowerBound * width
      kernel(first + at, second + at, target + at, $0.count, width)
    }
    return result
  }
}
