import CKernels

extension Tensor {
  /// The sum of all numbers in double, over constant chunks in order.
  func totalInDouble() -> Double { reduced(ckernels_sum) }

  /// The sum of all squares in double, over constant chunks in order.
  func totalOfSquares() -> Double { reduced(ckernels_sum_squares) }

  private func reduced(_ kernel: (UnsafePointer<Float>?, Int) -> Double) -> Double {
    let chunks = (count + elementwiseChunk - 1) / elementwiseChunk
    let (source, count) = (pointer, count)
    return [Double](unsafeUninitializedCapacity: chunks) { parts, written in
      concurrently(chunks) { index in
        let start = index * elementwiseChunk
        parts[index] = kernel(source + start, min(elementwiseChunk, count - start))
      }
      written = chunks
    }.reduce(0, +)
  }

  /// The sum of all numbers, not recorded.
  func total(shape: [Int]) -> Tensor { Tensor([Float(totalInDouble())], shape: shape) }

  /// Adds the sum over rows to the gradient of what was added to each of them.
  func addColumnSum(shape: [Int], to place: GradientPlace) {
    let (source, width) = (pointer, shape.reduce(1, *))
    place.add(shape: shape) { target, isAdding in
      inChunks(of: columnChunk, count: width) {
        ckernels_column_sum(
          source, target, count / max(1, width), width, $0.lowerBound, $0.upperBound, isAdding ? 1 : 0)
      }
    }
  }

  /// The sum over rows of a width, not recorded.
  func columnSum(width: Int, shape: [Int]) -> Tensor {
    let result = Tensor(unwritten: shape)
    let (source, target, rows) = (pointer, result.target, count / max(1, width))
    inChunks(of: columnChunk, count: width) {
      ckernels_column_sum(source, target, rows, width, $0.lowerBound, $0.upperBound, 0)
    }
    return result
  }
}

/// The sum of all numbers, a scalar; accumulated in double.
public func sum(_ x: Tensor) -> Tensor {
  x.total(shape: []).recorded(from: [x]) { [Tensor(repeating: $0.scalar, shape: x.shape)] }
}

/// The mean of all numbers, a scalar; accumulated in double.
public func mean(_ x: Tensor) -> Tensor {
  let share = 1 / Float(max(1, x.count))
  return Tensor(Float(x.totalInDouble() / Double(max(1, x.count)))).recorded(from: [x]) {
    [Tensor(repeating: $0.scalar * share, shape: x.shape)]
  }
}

/// The sum of each row.
///
/// - Parameter x: `[…, D]`.
/// - Returns: `[…]`.
public func rowSum(_ x: Tensor) -> Tensor {
  let result = Tensor(unwritten: Array(x.shape.dropLast()))
  let (source, target, width) = (x.pointer, result.target, x.width)
  inChunks(of: rowChunk(width: width), count: result.count) { rows in
    for row in rows { target[row] = Float(ckernels_sum(source + row * width, width)) }
  }
  return result.recorded(from: [x]) { gradient in
    let spread = Tensor(unwritten: x.shape)
    let (source, target) = (gradient.pointer, spread.target)
    inChunks(of: rowChunk(width: width), count: gradient.count) { rows in
      for row in rows { ckernels_fill(source[row], target + row * width, width) }
    }
    return [spread]
  }
}
