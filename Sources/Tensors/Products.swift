import CKernels

/// A matrix in memory: where its first number is, how far apart its rows are, and whether it is read
/// transposed.
struct Matrix {
  var start: UnsafePointer<Float>
  var stride: Int
  var isTransposed = false

  /// The transpose, in the same memory.
  var transposed: Matrix { Matrix(start: start, stride: stride, isTransposed: !isTransposed) }
}

enum Product {
  /// Rows of a result that one thread takes at a time: multiples of the height of a tile.
  private static func rowsAtOnce(_ rows: Int) -> Int { rows >= 1024 ? 112 : 28 }

  /// Rows up to which a product is made the other way round: the few rows are packed instead of the many
  /// weights.
  private static let fewRows = 96

  /// A matrix in the order in which products read it.
  static func packed(_ b: Matrix, depth: Int, columns: Int) -> Storage {
    let panels = (columns + ckernels_panel - 1) / ckernels_panel
    let storage = Storage(count: panels * ckernels_panel * depth)
    let (row, column) = b.isTransposed ? (1, b.stride) : (b.stride, 1)
    let target = storage.pointer
    inChunks(of: max(1, elementwiseChunk / max(1, depth * ckernels_panel)), count: panels) {
      ckernels_pack_panels(b.start, row, column, depth, columns, target, $0.lowerBound, $0.upperBound)
    }
    return storage
  }

  /// c = a · b on all threads.
  ///
  /// - Parameters:
  ///   - size: the rows of c, its columns, and the length of the sums.
  static func all(
    _ a: Matrix, _ b: Matrix, size: (m: Int, n: Int, k: Int), into c: UnsafeMutablePointer<Float>, stride: Int
  ) {
    guard size.m > 0, size.n > 0 else { return }
    if size.m <= fewRows, size.n > size.m {
      // cᵀ = bᵀ · aᵀ
      run(b.transposed, a.transposed, size: (size.n, size.m, size.k), into: c, rowStride: 1, columnStride: stride)
    } else {
      run(a, b, size: size, into: c, rowStride: stride, columnStride: 1)
    }
  }

  private static func run(
    _ a: Matrix, _ b: Matrix, size: (m: Int, n: Int, k: Int), into c: UnsafeMutablePointer<Float>, rowStride: Int,
    columnStride: Int
  ) {
    let right = packed(b, depth: size.k, columns: size.n)
    let (row, column) = a.isTransposed ? (1, a.stride) : (a.stride, 1)
    let panels = right.pointer
    inChunks(of: rowsAtOnce(size.m), count: size.m) {
      let scratch = Storage(count: $0.count * (ckernels_depth + 16))
      ckernels_product(
        a.start + $0.lowerBound * row, row, column, panels, size.k, c + $0.lowerBound * rowStride, rowStride,
        columnStride, $0.count, size.n, size.k, 0, scratch.pointer)
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
