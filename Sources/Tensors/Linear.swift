/// x · weightᵀ + bias, over the last axis.
///
/// - Parameters:
///   - x: `[…, I]`.
///   - weight: `[O, I]`.
///   - bias: `[O]`, or none.
/// - Returns: `[…, O]`.
public func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor? = nil) -> Tensor {
  linear(x, weight, bias: bias, precision: .fp32, SharedInputs())
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
  if tape != nil || x.isRecorded { return recordedLinear(x, weight, bias, SharedInputs(), tape) }
  return packedLinear(x, [(weight, bias)])[0]
}

private func recordedLinear(
  _ x: Tensor, _ weight: Parameter, _ bias: Parameter?, _ inputs: SharedInputs, _ tape: Tape?
) -> Tensor {
  let precision = weight.precision == .int8 ? .fp32 : weight.precision
  return linear(x, weight.tensor(on: tape), bias: bias?.tensor(on: tape), precision: precision, inputs)
}

/// x · weightᵀ over the last axis for several weights at once, each in its own precision.
///
/// - Parameters:
///   - x: `[…, I]`.
///   - weights: each `[O, I]`.
///   - tape: where they are recorded, or `nil`.
/// - Returns: `[…, O]` for each weight.
public func linear(_ x: Tensor, _ weights: [Parameter], on tape: Tape?) -> [Tensor] {
  if tape != nil || x.isRecorded {
    let inputs = SharedInputs(readers: weights.count)
    return weights.map { recordedLinear(x, $0, nil, inputs, tape) }
  }
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

private func linear(
  _ x: Tensor, _ weight: Tensor, bias: Tensor?, precision: Precision, _ inputs: SharedInputs
) -> Tensor {
  check(x, weight, bias)
  let (rows, inner, outer) = (x.rowCount, x.width, weight.shape[0])
  let result = Tensor(unwritten: x.shape.dropLast() + [outer])
  let right = PackedMatrix(
    Matrix(start: weight.pointer, stride: inner, isTransposed: true), depth: inner, columns: outer,
    precision: precision)
  Product.all(
    Matrix(start: x.pointer, stride: inner), rows: rows,
    [ProductTarget(matrix: right, start: result.target, bias: bias?.pointer)])
  return result.recorded(from: [x, weight] + (bias.map { [$0] } ?? [])) { gradient, places in
    places[0].add(shape: x.shape) { target, isAdding in
      Product.all(
        Matrix(start: gradient.pointer, stride: outer), Matrix(start: weight.pointer, stride: inner),
        size: (rows, inner, outer), precision: precision, into: target, isAdding: isAdding)
    }
    places[1].add(shape: weight.shape) { target, isAdding in
      Product.all(
        Matrix(start: gradient.pointer, stride: outer, isTransposed: true), rows: outer,
        [ProductTarget(matrix: inputs.packed(x, precision), start: target, isAdding: isAdding)])
    }
    if let bias { gradient.addColumnSum(shape: bias.shape, to: places[2]) }
  }
}

/// What several maps read, packed for the gradients of their weights when the first of them asks, until the last has.
private final class SharedInputs {
  private var readers: Int
  private var kept: PackedMatrix?

  init(readers: Int = 1) { self.readers = readers }

  func packed(_ x: Tensor, _ precision: Precision) -> PackedMatrix {
    let usable = kept.flatMap { $0.precision == precision ? $0 : nil }
    let packed =
      usable
      ?? PackedMatrix(
        Matrix(start: x.pointer, stride: x.width), depth: x.rowCount, columns: x.width, precision: precision)
    readers -= 1
    kept = readers > 0 ? packed : nil
    return packed
  }
}
