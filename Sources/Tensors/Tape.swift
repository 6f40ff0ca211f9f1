import CKernels

/// The record of a computation, from which gradients are worked out backwards.
///
/// Nothing is ambient: a computation is recorded if a ``Parameter`` was read with `tensor(on:)` of a tape,
/// and only then.
public final class Tape {
  var nodes: [Node] = []

  /// An empty tape.
  public init() {}

  /// Adds the gradient of a loss to the `gradient` of every parameter that the loss depends on, and frees the
  /// record.
  ///
  /// - Parameter loss: one number that was computed on this tape.
  public func backward(_ loss: Tensor) {
    invariant(loss.count == 1, "a loss is one number, not \(loss.shape)")
    invariant(loss.node?.tape === self, "the loss was not recorded on this tape")
    loss.node?.gradient = Tensor(repeating: 1, shape: loss.shape)
    while let node = nodes.popLast() {
      guard let spread = node.spread else { continue }
      node.spread = nil
      guard let gradient = node.gradient else { continue }
      node.gradient = nil
      spread(gradient)
    }
  }
}

/// One recorded result.
final class Node {
  weak var tape: Tape?
  var gradient: Tensor?
  /// Hands a gradient on to the inputs.
  var spread: ((Tensor) -> Void)?

  init(on tape: Tape, spread: @escaping (Tensor) -> Void) {
    self.tape = tape
    self.spread = spread
    tape.nodes.append(self)
  }

  func add(_ more: Tensor) { gradient.add(more) }
}

extension Tensor? {
  /// Adds a gradient to what is there, in place if nobody else refers to it.
  mutating func add(_ more: Tensor) {
    guard var sum = take() else {
      self = more.detached
      return
    }
    sum.makeUnique()
    let (target, source) = (sum.target, more.pointer)
    inChunks(of: elementwiseChunk, count: sum.count) {
      ckernels_accumulate(source + $0.lowerBound, 1, target + $0.lowerBound, $0.count)
    }
    self = sum
  }
}

extension Tensor {
  /// Whether a gradient will be asked for.
  var isRecorded: Bool { node != nil }

  /// The result with its gradient rule, recorded if one of the inputs is.
  ///
  /// - Parameters:
  ///   - inputs: what the result was computed from.
  ///   - gradients: from the gradient of the result those of the inputs, in order; `nil` where there is none.
  func recorded(from inputs: [Tensor], _ gradients: @escaping (Tensor) -> [Tensor?]) -> Tensor {
    let nodes = inputs.map(\.node)
    guard let tape = nodes.lazy.compactMap({ $0?.tape }).first else { return self }
    let node = Node(on: tape) { gradient in
      for (node, gradient) in zip(nodes, gradients(gradient)) {
        if let node, let gradient { node.add(gradient) }
      }
    }
    return Tensor(storage: storage, shape: shape, node: node)
  }
}
