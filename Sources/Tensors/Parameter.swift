import Foundation

/// A named tensor that training changes.
public final class Parameter {
  /// The name under which it is stored.
  public let name: String
  /// The current numbers.
  public var value: Tensor { didSet { forgetPacked() } }
  /// The sum of the gradients since the last `zeroGradients`; `nil` if there were none.
  public var gradient: Tensor?
  /// In which numbers ``linear(_:_:bias:on:)`` reads it; ``value`` itself stays in single precision.
  public var precision = Precision.fp32 { didSet { forgetPacked() } }

  private var packedValue: PackedMatrix?
  private let lock = NSLock()

  /// A parameter with its first value.
  public init(_ name: String, _ value: Tensor) {
    (self.name, self.value) = (name, value.detached)
  }

  /// The value for a computation.
  ///
  /// - Parameter tape: where the computation is recorded, or `nil` for a constant.
  /// - Returns: the value; on a tape, its gradient will be added to ``gradient``.
  public func tensor(on tape: Tape?) -> Tensor {
    guard let tape else { return value }
    return Tensor(storage: value.storage, shape: value.shape, node: Node(on: tape, parameter: self))
  }

  /// The transpose of the value `[O, I]` as products read it, kept until the value changes: sampling reads
  /// the same weights for every token. Several threads may ask at once.
  var packed: PackedMatrix {
    lock.withLock {
      if let packedValue { return packedValue }
      let (outer, inner) = (value.shape[0], value.width)
      let packed = PackedMatrix(
        Matrix(start: value.pointer, stride: inner, isTransposed: true), depth: inner, columns: outer,
        precision: precision)
      packedValue = packed
      return packed
    }
  }

  private func forgetPacked() { lock.withLock { packedValue = nil } }
}
