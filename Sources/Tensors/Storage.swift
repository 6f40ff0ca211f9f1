import CKernels

/// Memory for numbers, taken from the pool and given back when nobody refers to it, or lent by a mapping.
final class Storage {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int
  private let lender: MappedFile?

  /// Memory with unknown content.
  init(count: Int) {
    self.count = count
    pointer = ckernels_allocate(count)
    lender = nil
  }

  /// Memory of a mapping, which lives as long.
  init(_ pointer: UnsafeMutablePointer<Float>, count: Int, of lender: MappedFile) {
    (self.pointer, self.count, self.lender) = (pointer, count, lender)
  }

  /// Whether the memory is a mapping's.
  var isLent: Bool { lender != nil }

  deinit { if lender == nil { ckernels_release(pointer, count) } }
}
