/// x · weightᵀ + bias, over the last axis.
///
/// - Parameters:
///   - x: `[…, I]`.
///   - weight: `[O, I]`.
///   - bias: `[O]`, or none.
/// - Returns: `[…, O]`.
public func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor? = nil) -> Tensor {
  linear(x, weight, bias: bias, precision: .fp32)
}

/// x · weightᵀ + bias, over the last axis, in the precision of the weight.
///
/// Without a tape the weight is packed once and then kept in the order in which products read it, until its
/// value changes.
///
/// - Parameters:
///   - x: `[…, I]`.
///   - weight: `[O, I]`.
///   - bias: `[O]`, or none.
///   - tape: where it is recorded, or `nil`.
/// - Returns: `[…, O]`.
public func linear(_ x: Tensor, _ weight: Parameter, bias: Parameter? = nil, on tape: Tape?) -> Tensor {
  if tape != nil || x.isRecorded {
    let precision = weight.precision == .int8 ? .fp32 : weight.precision
    return linear(x, weight.tensor(on: tape), bias: bias?.tensor(on: tape), precision: precision)
  }
  return packedLinear(x, [(weight, bias)])[0]
}

/// x · weightᵀ over the last axis for several weights at once, each in its own precision.
///
/// - Parameters:
///   - x: `[…, I]`.
///   - weights: each `[O, I]`.
///   - tape: where they are recorded, or `nil`.
/// - Returns: `[…, O]` for each weight.
public func linear(_ x: Tensor, _ weights: [Parameter], on tape: Tape?) -> [Tensor] {
  if tape != nil || x.isRecorded { return weights.map { linear(x, $0, on: tape) } }
  return packedLinear(x, weights.map { ($0, nil) })
}

/// Affine maps of one input by packed weights, unrecorded.
private func packedLinear(_ x: Tensor, _ maps: [(weight: Parameter, bias: Parameter?)]) -> [Tensor] {
  let results = maps.map { map in
    check(x, map.weight.value, map.bias?.value)
    return Tensor(unwritten: x.shape.dropLast() + [map.weight.value.shape[0]])
  }
  Product.all(
    Matrix(start: x.pointer, stride: x.width), rows: x.rowCount,
    zip(maps, results).map { map, result in
      ProductTarget(matrix: map.weight.packed, start: result.target, bias: map.bias?.value.pointer)
    })
  return results
}

private func check(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) {
  invariant(
    weight.shape.count == 2 && weight.width == x.width, "a weight \(weight.shape) does not fit inputs \(x.shape)")
  if let bias {
    invariant(bias.count == weight.shape[0], "a bias \(bias.shape) does not fit \(weight.shape[0]) outputs")
  }
}

private func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor?, precision: Precision) -> Tensor {
  check(x, weight, bias)
  let (rows, inner, outer) = (x.rowCount, x.width, weight.shape[0])
  let result = Tensor(unwritten: x.shape.dropLast() + [outer])
  let right = PackedMatrix(
    Matrix(start: weight.pointer, stride: inner, isTransposed: true), depth: inner, columns: outer,
    precision: precision)
  Product.all(
    Matrix(start: x.pointer, stride: inner), rows: rows,
    [ProductTarget(matrix: right, start: result.target, bias: bias?.pointer)])
  return result.recorded(from: [x, weight] + (bias.map { [$0] } ?? [])) { gradient in
    var forX: Tensor?
    if x.isRecorded {
      let dx = Tensor(unwritten: x.shape)
      Product.all(
        Matrix(start: gradient.pointer, stride: outer), Matrix(start: weight.pointer, stride: inner),
        size: (rows, inner, outer), precision: precision, into: dx.target)
      forX = dx
    }
    var forWeight: Tensor?
    if weight.isRecorded {
      let dw = Tensor(unwritten: weight.shape)
      Product.all(
        Matrix(start: gradient.pointer, stride: outer, isTransposed: true), Matrix(start: x.pointer, stride: inner),
        size: (outer, inner, rows), precision: precision, into: dw.target)
      forWeight = dw
    }
    guard let bias else { return [forX, forWeight] }
    return [forX, forWeight, bias.isRecorded ? gradient.columnSum(width: outer, shape: bias.shape) : nil]
  }
}
