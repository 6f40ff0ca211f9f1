import COpenBLAS
import CKernels

/// A matrix in memory: where its first number is, how far apart its rows are, and whether it is read transposed.
struct Matrix {
  var start: UnsafePointer<Float>
  var stride: Int
  var isTransposed = false

  /// The matrix from a row on.
  func from(row: Int) -> Matrix {
    Matrix(start: start + row * (isTransposed ? 1 : stride), stride: stride, isTransposed: isTransposed)
  }

  /// The matrix from a column on.
  func from(column: Int) -> Matrix {
    Matrix(start: start + column * (isTransposed ? stride : 1), stride: stride, isTransposed: isTransposed)
  }
}

enum Product {
  /// Rows of a result that one thread takes at a time: enough to repay the packing of the other matrix.
  static let rowsAtOnce = 256

  /// c = a · b, or c += a · b, on the calling thread.
  ///
  /// - Parameters:
  ///   - size: the rows of c, its columns, and the length of the sums.
  static func single(
    _ a: Matrix, _ b: Matrix, size: (m: Int, n: Int, k: Int), into c: UnsafeMutablePointer<Float>, stride: Int,
    adding: Bool = false
  ) {
    guard size.m > 0, size.n > 0 else { return }
    cblas_sgemm(
      CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
      blasint(size.m), blasint(size.n), blasint(size.k), 1, a.start, blasint(max(1, a.stride)), b.start,
      blasint(max(1, b.stride)), adding ? 1 : 0, c, blasint(max(1, stride)))
  }

  /// c = a · b on all threads, cut into blocks that depend on nothing but the size.
  static func all(
    _ a: Matrix, _ b: Matrix, size: (m: Int, n: Int, k: Int), into c: UnsafeMutablePointer<Float>, stride: Int
  ) {
    openblas_set_num_threads(1)
    if size.m >= 2 * rowsAtOnce || size.m > size.n {
      let step = size.m >= 2 * rowsAtOnce ? rowsAtOnce : max(16, (size.m / 2 + 15) / 16 * 16)
      inChunks(of: step, count: size.m) {
        single(
          a.from(row: $0.lowerBound), b, size: ($0.count, size.n, size.k), into: c + $0.lowerBound * stride,
          stride: stride)
      }
    } else {
      let step = size.n >= 2 * rowsAtOnce ? rowsAtOnce : max(16, (size.n / 2 + 15) / 16 * 16)
      inChunks(of: step, count: size.n) {
        single(
          a, b.from(column: $0.lowerBound), size: (size.m, $0.count, size.k), into: c + $0.lowerBound,
          stride: stride)
      }
    }
  }
}

/// x · weightᵀ + bias, over the last axis.
///
/// - Parameters:
///   - x: `[…, I]`.
///   - weight: `[O, I]`.
///   - bias: `[O]`, or none.
/// - Returns: `[…, O]`.
public func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor? = nil) -> Tensor {
  let (rows, inner, outer) = (x.rowCount, x.width, weight.shape.first ?? 0)
  invariant(
    weight.shape.count == 2 && weight.width == inner, "a weight \(weight.shape) does not fit inputs \(x.shape)")
  let result = Tensor(unwritten: x.shape.dropLast() + [outer])
  Product.all(
    Matrix(start: x.pointer, stride: inner), Matrix(start: weight.pointer, stride: inner, isTransposed: true),
    size: (rows, outer, inner), into: result.target, stride: outer)
  if let bias {
    invariant(bias.count == outer, "a bias \(bias.shape) does not fit \(outer) outputs")
    let (source, target) = (bias.pointer, result.target)
    inChunks(of: rowChunk(width: outer), count: rows) { chunk in
      for row in chunk { ckernels_accumulate(source, 1, target + row * outer, outer) }
    }
  }
  return result.recorded(from: [x, weight] + (bias.map { [$0] } ?? [])) { gradient in
    var forX: Tensor?
    if x.isRecorded {
      let dx = Tensor(unwritten: x.shape)
      Product.all(
        Matrix(start: gradient.pointer, stride: outer), Matrix(start: weight.pointer, stride: inner),
        size: (rows, inner, outer), into: dx.target, stride: inner)
      forX = dx
    }
    var forWeight: Tensor?
    if weight.isRecorded {
      let dw = Tensor(unwritten: weight.shape)
      Product.all(
        Matrix(start: gradient.pointer, stride: outer, isTransposed: true), Matrix(start: x.pointer, stride: inner),
        size: (outer, inner, rows), into: dw.target, stride: inner)
      forWeight = dw
    }
    guard let bias else { return [forX, forWeight] }
    return [forX, forWeight, bias.isRecorded ? gradient.columnSum(width: outer, shape: bias.shape) : nil]
  }
}

/// The matrix product a · b.
///
/// - Parameters:
///   - a: `[M, K]`.
///   - b: `[K, N]`.
/// - Returns: `[M, N]`.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  invariant(
    a.shape.count == 2 && b.shape.count == 2 && a.shape[1] == b.shape[0],
    "no product of \(a.shape) and \(b.shape)")
  let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
  let result = Tensor(unwritten: [m, n])
  Product.all(
    Matrix(start: a.pointer, stride: k), Matrix(start: b.pointer, stride: n), size: (m, n, k), into: result.target,
    stride: n)
  return result.recorded(from: [a, b]) { gradient in
    var (da, db): (Tensor?, Tensor?)
    if a.isRecorded {
      let out = Tensor(unwritten: a.shape)
      Product.all(
        Matrix(start: gradient.pointer, stride: n), Matrix(start: b.pointer, stride: n, isTransposed: true),
        size: (m, k, n), into: out.target, stride: k)
      da = out
    }
    if b.isRecorded {
      let out = Tensor(unwritten: b.shape)
      Product.all(
        Matrix(start: a.pointer, stride: k, isTransposed: true), Matrix(start: gradient.pointer, stride: n),
        size: (k, n, m), into: out.target, stride: n)
      db = out
    }
    return [da, db]
  }
}
