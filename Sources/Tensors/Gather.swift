import CKernels

/// Rows of a table by index; the gradient is added back into them.
///
/// - Parameters:
///   - x: `[N, D]` (leading axes are taken together).
///   - indices: n row numbers in `0..<N`.
/// - Returns: `[n, D]`.
public func rows(_ x: Tensor, _ indices: [Int32]) -> Tensor {
  let (width, height) = (x.width, x.rowCount)
  invariant(indices.allSatisfy { $0 >= 0 && Int($0) < height }, "a row number lies outside of 0..<\(height)")
  let result = Tensor(unwritten: [indices.count, width])
  let (source, target) = (x.pointer, result.target)
  indices.withUnsafeBufferPointer { indices in
    guard let base = indices.baseAddress else { return }
    inChunks(of: rowChunk(width: width), count: indices.count) {
      ckernels_gather_rows(source, base + $0.lowerBound, target + $0.lowerBound * width, $0.count, width)
    }
  }
  return result.recorded(from: [x]) { gradient, places in
    let source = gradient.pointer
    places[0].add(shape: x.shape) { target, isAdding in
      if !isAdding { fillWithZeros(target, count: x.count) }
      indices.withUnsafeBufferPointer { indices in
        guard let base = indices.baseAddress else { return }
        inChunks(of: columnChunk, count: width) {
          ckernels_scatter_add_rows(source, base, target, indices.count, width, $0.lowerBound, $0.upperBound)
        }
      }
    }
  }
}

/// The vectors of tokens.
///
/// - Parameters:
///   - table: `[V, D]`.
///   - indices: N tokens in `0..<V`.
/// - Returns: `[N, D]`.
public func embedding(_ table: Tensor, _ indices: [Int32]) -> Tensor { rows(table, indices) }

/// Tensors one after the other along the first axis.
///
/// - Parameter parts: at least one; all axes but the first agree.
public func concatenate(_ parts: [Tensor]) -> Tensor {
  invariant(!parts.isEmpty, "nothing to concatenate")
  let tail = Array(parts[0].shape.dropFirst())
  invariant(
    parts.allSatisfy { !$0.shape.isEmpty && Array($0.shape.dropFirst()) == tail },
    "shapes \(parts.map(\.shape)) do not agree after the first axis")
  let result = Tensor(unwritten: [parts.reduce(0) { $0 + $1.shape[0] }] + tail)
  var offset = 0
  for part in parts {
    (result.target + offset).update(from: part.pointer, count: part.count)
    offset += part.count
  }
  return result.recorded(from: parts) { gradient in
    var offset = 0
    return parts.map { part in
      defer { offset += part.count }
      guard part.isRecorded else { return nil }
      let piece = Tensor(unwritten: part.shape)
      piece.target.update(from: gradient.pointer + offset, count: part.count)
      return piece
    }
  }
}

/// A range of the first axis.
///
/// - Parameters:
///   - x: `[N, …]`.
///   - range: inside `0..<N`.
/// - Returns: `[range.count, …]`.
public func slice(_ x: Tensor, _ range: Range<Int>) -> Tensor {
  let height = x.shape.first ?? 0
  invariant(range.lowerBound >= 0 && range.upperBound <= height, "\(range) lies outside of 0..<\(height)")
  let result = Tensor(unwritten: [range.count] + x.shape.dropFirst())
  let offset = height == 0 ? 0 : range.lowerBound * (x.count / height)
  result.target.update(from: x.pointer + offset, count: result.count)
  return result.recorded(from: [x]) { gradient, places in
    places[0].add(shape: x.shape) { target, isAdding in
      if !isAdding { fillWithZeros(target, count: x.count) }
      ckernels_accumulate(gradient.pointer, 1, target + offset, gradient.count)
    }
  }
}

private func fillWithZeros(_ target: UnsafeMutablePointer<Float>, count: Int) {
  inChunks(of: elementwiseChunk, count: count) { ckernels_fill(0, target + $0.lowerBound, $0.count) }
}

/// The axes in another order.
///
/// - Parameters:
///   - x: any shape.
///   - axes: for each axis of the result the axis of x.
public func permuted(_ x: Tensor, _ axes: [Int]) -> Tensor {
  invariant(axes.sorted() == Array(0..<x.shape.count), "\(axes) is no order of the axes of \(x.shape)")
  var inverse = axes
  for (index, axis) in axes.enumerated() { inverse[axis] = index }
  return reordered(x, axes).recorded(from: [x]) { [reordered($0, inverse)] }
}

private func reordered(_ x: Tensor, _ axes: [Int]) -> Tensor {
  var strides = [Int](repeating: 1, count: x.shape.count)
  for axis in stride(from: x.shape.count - 2, through: 0, by: -1) {
    strides[axis] = strides[axis + 1] * x.shape[axis + 1]
  }
  let shape = axes.map { x.shape[$0] }
  let result = Tensor(unwritten: shape)
  guard let inner = shape.last, result.count > 0 else { return Tensor(storage: x.storage, shape: shape) }
  let steps = axes.map { strides[$0] }
  let (source, target, innerStep) = (x.pointer, result.target, steps[steps.count - 1])
  inChunks(of: rowChunk(width: inner), count: result.count / inner) { chunk in
    for row in chunk {
      var (rest, offset) = (row, 0)
      for axis in stride(from: shape.count - 2, through: 0, by: -1) {
        offset += rest % shape[axis] * steps[axis]
        rest /= shape[axis]
      }
      let (from, to) = (source + offset, target + row * inner)
      if innerStep == 1 {
        to.update(from: from, count: inner)
      } else {
        for index in 0..<inner { to[index] = from[index * innerStep] }
      }
    }
  }
  return result
}
