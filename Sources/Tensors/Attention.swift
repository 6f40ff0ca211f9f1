import CKernels
import Foundation

/// Rotary position embedding: each pair (i, i + d/2) of a head is turned by position · base^(−2i/d).
///
/// - Parameters:
///   - x: `[N, H, d]`, d even.
///   - positions: N positions, from 0.
///   - base: 10 000 in the paper.
/// - Returns: `[N, H, d]`.
/// Source: J. Su et al., 2021, arXiv 2104.09864, equation 34, with the pairing of LLaMA ("rotate half").
public func rotary(_ x: Tensor, positions: [Int32], base: Float = 10_000) -> Tensor {
  rotary(x, RotaryAngles(positions: positions, headWidth: x.width, base: base))
}

/// The angles of some positions, worked out once for all layers.
public struct RotaryAngles {
  fileprivate let positions: [Int32]
  fileprivate let table: Tensor

  /// Angles for rows of heads.
  ///
  /// - Parameters:
  ///   - positions: one for each row, from 0.
  ///   - headWidth: d, even.
  ///   - base: 10 000 in the paper.
  public init(positions: [Int32], headWidth: Int, base: Float = 10_000) {
    self.positions = positions
    table = rotaryTable(count: Int(positions.max() ?? 0) + 1, headWidth: headWidth, base: base)
  }

  fileprivate func checkFit(_ x: Tensor) {
    invariant(
      x.shape.count == 3 && x.shape[0] == positions.count && x.width % 2 == 0 && x.width == table.width,
      "\(positions.count) positions of heads of \(table.width) do not fit \(x.shape)")
  }
}

/// Rotary position embedding with angles that were worked out before; see ``rotary(_:positions:base:)``.
///
/// - Parameters:
///   - x: `[N, H, d]`.
///   - angles: of N positions.
/// - Returns: `[N, H, d]`.
public func rotary(_ x: Tensor, _ angles: RotaryAngles) -> Tensor {
  let (positions, table) = (angles.positions, angles.table)
  angles.checkFit(x)
  return turned(x, positions, table, direction: 1).recorded(from: [x]) { gradient in
    [turned(gradient, positions, table, direction: -1)]
  }
}

/// For each position the cosines of its angles, then the sines.
///
/// A position's turn is the turn of one position, applied once more: in double that is exact to 1e-13 over a
/// thousand of them, and a hundred times cheaper than a cosine each.
func rotaryTable(count: Int, headWidth: Int, base: Float) -> Tensor {
  let table = Tensor(unwritten: [count, headWidth])
  let (target, half) = (table.target, headWidth / 2)
  for index in 0..<half {
    let angle = pow(Double(base), -2 * Double(index) / Double(headWidth))
    let (stepCosine, stepSine) = (cos(angle), sin(angle))
    var (cosine, sine) = (1.0, 0.0)
    for position in 0..<count {
      if position % 1024 == 0 { (cosine, sine) = (cos(angle * Double(position)), sin(angle * Double(position))) }
      target[position * headWidth + index] = Float(cosine)
      target[position * headWidth + half + index] = Float(sine)
      (cosine, sine) = (cosine * stepCosine - sine * stepSine, sine * stepCosine + cosine * stepSine)
    }
  }
  return table
}

private func turned(_ x: Tensor, _ positions: [Int32], _ table: Tensor, direction: Float) -> Tensor {
  let result = Tensor(unwritten: x.shape)
  let (heads, headWidth) = (x.shape[1], x.shape[2])
  let (source, angles, target, width) = (x.pointer, table.pointer, result.target, heads * headWidth)
  positions.withUnsafeBufferPointer { positions in
    guard let base = positions.baseAddress else { return }
    inChunks(of: rowChunk(width: width), count: positions.count) {
      let at = $0.lowerBound
      ckernels_rotary(
        source + at * width, base + at, angles, direction, target + at * width, $0.count, heads, headWidth)
    }
  }
  return result
}

/// Softmax attention inside packed sequences, whose rows stand one after the other: softmax(q·kᵀ/√d)·v.
///
/// - Parameters:
///   - queries: `[N, H, d]`.
///   - keys: `[N, H, d]`.
///   - values: `[N, H, d]`.
///   - lengths: the length of each sequence; their sum is N.
///   - causal: whether a row sees only itself and the rows before it.
///   - turning: angles of N positions by which queries and keys are turned first, as ``rotary(_:_:)`` does; `nil` if they
///     come turned.
///   - precision: in which numbers the products of the gradient read their factors: single precision, or bfloat16. The
///     scores are in single precision all the same, so that a cache with one row at a time gives the same bits.
/// - Returns: `[N, H, d]`.
/// *Numerics*: scores are never stored but for one sequence and head; the backward pass makes them again.
/// Source: A. Vaswani et al., 2017, arXiv 1706.03762, equation 1.
public func attention(
  _ queries: Tensor, _ keys: Tensor, _ values: Tensor, lengths: [Int], causal: Bool, turning: RotaryAngles? = nil,
  precision: Precision = .fp32
) -> Tensor {
  invariant(
    queries.shape.count == 3 && keys.shape == queries.shape && values.shape == queries.shape,
    "queries \(queries.shape), keys \(keys.shape) and values \(values.shape) do not agree")
  invariant(lengths.reduce(0, +) == queries.shape[0], "lengths do not add up to \(queries.shape[0]) rows")
  turning?.checkFit(queries)
  let (heads, stride) = (queries.shape[1], queries.shape[1] * queries.width)
  let pieces = AttentionPieces(lengths: lengths, heads: heads, headWidth: queries.width, angles: turning)
  let (result, logarithms) = (Tensor(unwritten: queries.shape), Tensor(unwritten: [queries.shape[0], heads]))
  let (q, k, v, out, log) = (
    queries.pointer, keys.pointer, values.pointer, result.target, logarithms.target
  )
  pieces.concurrently { rows, at, logAt, positions, table, scratch in
    ckernels_attention(
      q + at, k + at, v + at, positions, table, out + at, log + logAt, scratch, rows, queries.width, stride, heads,
      causal ? 1 : 0)
  }
  return result.recorded(from: [queries, keys, values]) { gradient in
    let (dq, dk, dv) = (
      Tensor(unwritten: queries.shape), Tensor(unwritten: keys.shape), Tensor(unwritten: values.shape)
    )
    let (q, k, v, out, log) = (
      queries.pointer, keys.pointer, values.pointer, result.pointer, logarithms.pointer
    )
    let (dout, toQ, toK, toV) = (gradient.pointer, dq.target, dk.target, dv.target)
    let kind = precision == .bf16 ? precision.kind : Precision.fp32.kind
    pieces.concurrently { rows, at, logAt, positions, table, scratch in
      ckernels_attention_gradient(
        kind, q + at, k + at, v + at, positions, table, out + at, log + logAt, dout + at, toQ + at, toK + at, toV + at,
        scratch, rows, queries.width, stride, heads, causal ? 1 : 0)
    }
    return [dq, dk, dv]
  }
}

/// The heads of packed sequences, each of which one thread attends to.
private struct AttentionPieces {
  let lengths: [Int]
  let starts: [Int]
  let heads: Int
  let headWidth: Int
  let angles: RotaryAngles?

  init(lengths: [Int], heads: Int, headWidth: Int, angles: RotaryAngles?) {
    (self.lengths, self.heads, self.headWidth, self.angles) = (lengths, heads, headWidth, angles)
    starts = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
  }

  /// Calls `body` on all threads with a sequence's length, where its rows of the head begin, where their logarithms begin,
  /// their positions and angles, and scratch memory.
  func concurrently(
    _ body: (Int, Int, Int, UnsafePointer<Int32>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>) -> Void
  ) {
    let table = angles?.table.pointer
    (angles?.positions ?? []).withUnsafeBufferPointer { positions in
      let positions = angles == nil ? nil : positions.baseAddress
      Tensors.concurrently(lengths.count * heads) { index in
        let (sequence, head) = (index / heads, index % heads)
        let (rows, start) = (lengths[sequence], starts[sequence])
        let scratch = Storage(count: ckernels_attention_scratch(rows, headWidth))
        body(
          rows, (start * heads + head) * headWidth, start * heads + head, positions.map { $0 + start }, table,
          scratch.pointer)
      }
    }
  }
}
