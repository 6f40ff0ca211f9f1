import CKernels

/// Memory for numbers, taken from the pool and given back when nobody refers to it.
final class Storage {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int

  /// Memory with unknown content.
  init(count: Int) {
    self.count = count
    pointer = ckernels_allocate(count)
  }

  deinit { ckernels_release(pointer, count) }
}
