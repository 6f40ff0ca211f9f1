import CKernels

/// A matrix in memory: where its first number is, how far apart its rows are, and whether it is read
/// transposed.
struct Matrix {
  var start: UnsafePointer<Float>
  var stride: Int
  var isTransposed = false

  /// How far apart neighbours of a column and of a row are.
  var steps: (row: Int, column: Int) { isTransposed ? (1, stride) : (stride, 1) }
}

/// The right factor of a product in the order in which kernels read it: panels of a few columns each.
final class PackedMatrix {
  let precision: Precision
  let depth: Int
  let columns: Int
  let panels: Storage
  /// What 1 is worth in each column, of bytes.
  let scales: Storage?

  /// - Parameters:
  ///   - b: the matrix.
  ///   - depth: its rows.
  ///   - columns: its columns.
  ///   - precision: in which numbers it is kept.
  init(_ b: Matrix, depth: Int, columns: Int, precision: Precision = .fp32) {
    (self.precision, self.depth, self.columns) = (precision, depth, columns)
    let count = Self.panelCount(columns)
    let (row, column) = b.steps
    let bytesInFloat = MemoryLayout<Float>.size
    switch precision {
    case .fp32: panels = Storage(count: count * ckernels_panel * depth)
    case .bf16: panels = Storage(count: count * ckernels_panel * ((depth + 1) / 2))
    case .int8: panels = Storage(count: (count * ckernels_panel * depth + bytesInFloat - 1) / bytesInFloat)
    }
    scales = precision == .int8 ? Storage(count: count * ckernels_panel) : nil
    let (target, scales) = (panels.pointer, scales?.pointer)
    inChunks(of: max(1, elementwiseChunk / max(1, depth * ckernels_panel)), count: count) {
      let (first, last) = ($0.lowerBound, $0.upperBound)
      switch precision {
      case .fp32: ckernels_pack_panels(b.start, row, column, depth, columns, target, first, last)
      case .bf16: ckernels_pack_pairs(b.start, row, column, depth, columns, target, first, last)
      case .int8:
        let bytes = UnsafeMutableRawPointer(target).assumingMemoryBound(to: Int8.self)
        ckernels_pack_bytes(b.start, row, column, depth, columns, bytes, scales, first, last)
      }
    }
  }

  /// Panels that some columns fill.
  static func panelCount(_ columns: Int) -> Int { (columns + ckernels_panel - 1) / ckernels_panel }

  var panelCount: Int { Self.panelCount(columns) }

  /// Where a panel begins.
  func panel(_ index: Int) -> UnsafeRawPointer {
    let start = UnsafeRawPointer(panels.pointer)
    switch precision {
    case .fp32: return start + index * ckernels_panel * depth * 4
    case .bf16: return start + index * ckernels_panel * ((depth + 1) / 2) * 4
    case .int8: return start + index * ckernels_panel * depth
    }
  }
}

extension Precision {
  /// The kernels' word for it.
  var kind: Int32 {
    switch self {
    case .fp32: Int32(ckernels_fp32)
    case .bf16: Int32(ckernels_bf16)
    case .int8: Int32(ckernels_int8)
    }
  }
}
