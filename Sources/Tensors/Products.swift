import CKernels

/// One of the products that read the same left factor: where it goes, and what is added to each row.
struct ProductTarget {
  let matrix: PackedMatrix
  let start: UnsafeMutablePointer<Float>
  var bias: UnsafePointer<Float>?
  /// Whether sums go on from the numbers that are there.
  var isAdding = false
}

enum Product {
  /// The most rows of a result that one thread takes at a time: eight tiles.
  private static let rowsAtOnce = 112

  /// Multiply-adds below which a second thread would cost more than it saves: some microseconds' worth.
  private static let smallWork = 1 << 16

  /// c = a · b on all threads.
  ///
  /// - Parameters:
  ///   - size: the rows of c, its columns, and the length of the sums.
  ///   - precision: in which numbers the factors are read.
  ///   - c: contiguous rows.
  ///   - isAdding: whether sums go on from the numbers in c.
  static func all(
    _ a: Matrix, _ b: Matrix, size: (m: Int, n: Int, k: Int), precision: Precision = .fp32,
    into c: UnsafeMutablePointer<Float>, isAdding: Bool = false
  ) {
    guard size.m > 0, size.n > 0 else { return }
    let right = PackedMatrix(b, depth: size.k, columns: size.n, precision: precision)
    all(a, rows: size.m, [ProductTarget(matrix: right, start: c, isAdding: isAdding)])
  }

  /// Several products of one left factor, on all threads.
  ///
  /// Threads divide the rows between them, or the panels where rows are few. A number's bits depend on
  /// neither, since each is one chain of sums.
  static func all(_ a: Matrix, rows: Int, _ targets: [ProductTarget]) {
    guard rows > 0, let depth = targets.first?.matrix.depth else { return }
    let panels = targets.reduce(0) { $0 + $1.matrix.panelCount }
    let threads = rows * panels * ckernels_panel * depth < smallWork ? 1 : ckernels_threads_here()
    if rows <= rowsAtOnce, panels >= threads {
      concurrently(threads) {
        run(a, 0..<rows, targets, panels: $0 * panels / threads..<($0 + 1) * panels / threads)
      }
      return
    }
    // So few blocks that one more would keep a thread waiting are dealt out evenly.
    var blocks = (rows + rowsAtOnce - 1) / rowsAtOnce
    if blocks < 8 * threads { blocks = min(rows, (blocks + threads - 1) / threads * threads) }
    concurrently(blocks) {
      run(a, $0 * rows / blocks..<($0 + 1) * rows / blocks, targets, panels: 0..<panels)
    }
  }

  /// Some rows of some panels, counted through all targets, on this thread.
  private static func run(_ a: Matrix, _ rows: Range<Int>, _ targets: [ProductTarget], panels: Range<Int>) {
    var before = 0
    let (row, column) = a.steps
    for target in targets {
      let matrix = target.matrix
      let mine = panels.clamped(to: before..<before + matrix.panelCount)
      defer { before += matrix.panelCount }
      guard !mine.isEmpty else { continue }
      let panel = mine.lowerBound - before
      let first = panel * ckernels_panel
      let last = min(matrix.columns, (mine.upperBound - before) * ckernels_panel)
      let scratch = Storage(count: rows.count * (ckernels_product_piece(rows.count, matrix.depth) + 16))
      ckernels_matrix_product(
        matrix.precision.kind, a.start + rows.lowerBound * row, row, column, matrix.panel(panel), matrix.depth,
        matrix.scales.map { UnsafePointer($0.pointer + first) }, target.bias.map { $0 + first },
        target.start + rows.lowerBound * matrix.columns + first, matrix.columns, rows.count, last - first,
        matrix.depth, target.isAdding ? 1 : 0, scratch.pointer)
    }
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
    Matrix(start: a.pointer, stride: k), Matrix(start: b.pointer, stride: n), size: (m, n, k), into: result.target)
  return result.recorded(from: [a, b]) { gradient in
    var (da, db): (Tensor?, Tensor?)
    if a.isRecorded {
      let out = Tensor(unwritten: a.shape)
      Product.all(
        Matrix(start: gradient.pointer, stride: n), Matrix(start: b.pointer, stride: n, isTransposed: true),
        size: (m, k, n), into: out.target)
      da = out
    }
    if b.isRecorded {
      let out = Tensor(unwritten: b.shape)
      Product.all(
        Matrix(start: a.pointer, stride: k, isTransposed: true), Matrix(start: gradient.pointer, stride: n),
        size: (k, n, m), into: out.target)
      db = out
    }
    return [da, db]
  }
}
