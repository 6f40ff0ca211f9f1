public import Primitives

extension Fingerprint {
  /// Adds the bits of all numbers of a tensor.
  public mutating func combine(_ tensor: Tensor) {
    tensor.withUnsafeBufferPointer { combine(bulk: RawSpan(_unsafeElements: $0)) }
  }
}
