import CKernels

/// An array of 32-bit floats with a shape, contiguous and row-major; a value.
///
/// A tensor may be recorded on a ``Tape``; results of operators on it are then recorded too.
public struct Tensor {
  var storage: Storage
  /// The length of each axis; a scalar has none.
  public let shape: [Int]
  var node: Node?

  init(storage: Storage, shape: [Int], node: Node? = nil) {
    (self.storage, self.shape, self.node) = (storage, shape, node)
  }

  /// A tensor whose content is to be written by the caller.
  init(unwritten shape: [Int]) {
    self.init(storage: Storage(count: shape.reduce(1, *)), shape: shape)
  }

  /// Numbers in row-major order.
  ///
  /// - Parameters:
  ///   - values: as many numbers as the shape says.
  ///   - shape: the length of each axis.
  public init(_ values: [Float], shape: [Int]) {
    self.init(unwritten: shape)
    invariant(values.count == count, "\(values.count) numbers do not fill the shape \(shape)")
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { storage.pointer.update(from: base, count: count) }
    }
  }

  /// A scalar.
  public init(_ value: Float) { self.init([value], shape: []) }

  /// Zeros.
  public init(zeros shape: [Int]) { self.init(repeating: 0, shape: shape) }

  /// One number everywhere.
  public init(repeating value: Float, shape: [Int]) {
    self.init(unwritten: shape)
    let target = storage.pointer
    inChunks(of: elementwiseChunk, count: count) { ckernels_fill(value, target + $0.lowerBound, $0.count) }
  }

  /// How many numbers there are.
  public var count: Int { storage.count }

  /// The length of the last axis; 1 of a scalar.
  public var width: Int { shape.last ?? 1 }

  /// How many rows there are when all axes but the last are taken together.
  public var rowCount: Int { width == 0 ? 0 : count / width }

  /// The numbers in row-major order.
  public func array() -> [Float] { Array(UnsafeBufferPointer(start: storage.pointer, count: count)) }

  /// The only number of a tensor that has one.
  public var scalar: Float {
    invariant(count == 1, "a tensor of shape \(shape) is not one number")
    return storage.pointer.pointee
  }

  /// Whether every number is finite: neither NaN nor infinite.
  public var isFinite: Bool { ckernels_is_finite(storage.pointer, count) != 0 }

  /// The same numbers, not recorded.
  public var detached: Tensor { Tensor(storage: storage, shape: shape) }

  /// The same numbers in another shape.
  ///
  /// - Parameter shape: an equal count of numbers; one axis may be −1 and is then worked out.
  public func reshaped(_ shape: [Int]) -> Tensor {
    var shape = shape
    if let free = shape.firstIndex(of: -1) {
      let known = shape.reduce(1, *) * -1
      shape[free] = known == 0 ? 0 : count / known
    }
    invariant(shape.reduce(1, *) == count, "\(self.shape) cannot be reshaped to \(shape)")
    let original = self.shape
    return Tensor(storage: storage, shape: shape).recorded(from: [self]) { gradient in
      [Tensor(storage: gradient.storage, shape: original)]
    }
  }

  /// Lends the numbers for reading.
  public func withUnsafeBufferPointer<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try body(UnsafeBufferPointer(start: storage.pointer, count: count))
  }

  /// Lends the numbers for writing; other tensors that share them keep the old ones.
  public mutating func withUnsafeMutableBufferPointer<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    makeUnique()
    return try body(UnsafeMutableBufferPointer(start: storage.pointer, count: count))
  }

  /// Copies the numbers if anybody else refers to them.
  mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    let copy = Storage(count: count)
    copy.pointer.update(from: storage.pointer, count: count)
    storage = copy
  }

  /// Where the numbers are, for reading while the tensor lives.
  var pointer: UnsafePointer<Float> { UnsafePointer(storage.pointer) }

  /// Where the numbers are, for the operator that has just made the tensor.
  var target: UnsafeMutablePointer<Float> { storage.pointer }
}
