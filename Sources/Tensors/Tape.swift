import CKernels

/// The record of a computation, from which gradients are worked out backwards.
///
/// Nothing is ambient: a computation is recorded if a ``Parameter`` was read with `tensor(on:)` of a tape,
/// and only then.
public final class Tape {
  var nodes: [Node] = []
  var inspection: TapeInspection?

  /// An empty tape.
  ///
  /// - Parameters:
  ///   - isChecking: whether it looks at every result and every gradient for numbers that are not finite; see
  ///     ``fault``.
  ///   - isTiming: whether it measures every operator; see ``timings``.
  public init(isChecking: Bool = false, isTiming: Bool = false) {
    if isChecking || isTiming { inspection = TapeInspection(isChecking: isChecking, isTiming: isTiming) }
  }

  deinit {
    // From the end, so that no node frees a chain of others.
    while let node = nodes.popLast() { node.spread = nil }
  }

  /// Adds the gradient of a loss to the `gradient` of every parameter that the loss depends on, and frees the
  /// record.
  ///
  /// - Parameter loss: one number that was computed on this tape.
  public func backward(_ loss: Tensor) {
    invariant(loss.count == 1, "a loss is one number, not \(loss.shape)")
    invariant(loss.node?.tape === self, "the loss was not recorded on this tape")
    backward(loss, gradient: Tensor(repeating: 1, shape: loss.shape))
  }

  /// Adds the gradients of all parameters that a result depends on, given its own.
  func backward(_ result: Tensor, gradient: Tensor) {
    result.node?.gradient = gradient
    inspection?.start()
    while let node = nodes.popLast() {
      guard let spread = node.spread else { continue }
      node.spread = nil
      guard let gradient = node.gradient else { continue }
      node.gradient = nil
      spread(gradient)
      inspection?.spread(node)
    }
  }
}

/// One recorded result.
final class Node {
  weak var tape: Tape?
  /// The operator whose result it is.
  let name: StaticString
  var gradient: Tensor?
  /// Hands a gradient on to the inputs.
  var spread: ((Tensor) -> Void)?
  /// Kept only by a tape that inspects: the shape of the result, and what it was computed from.
  var shape: [Int] = []
  var inputs: [Node] = []
  /// What a leaf is read from.
  weak var parameter: Parameter?

  init(on tape: Tape, name: StaticString = #function, spread: @escaping (Tensor) -> Void) {
    (self.tape, self.name, self.spread) = (tape, name, spread)
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
  ///   - name: of the operator.
  ///   - gradients: from the gradient of the result those of the inputs, in order; `nil` where there is none.
  func recorded(
    from inputs: [Tensor], name: StaticString = #function, _ gradients: @escaping (Tensor) -> [Tensor?]
  ) -> Tensor {
    let nodes = inputs.map(\.node)
    guard let tape = nodes.lazy.compactMap({ $0?.tape }).first else { return self }
    let node = Node(on: tape, name: name) { gradient in
      for (node, gradient) in zip(nodes, gradients(gradient)) {
        if let node, let gradient { node.add(gradient) }
      }
    }
    let result = Tensor(storage: storage, shape: shape, node: node)
    tape.inspection?.made(result, node, from: inputs)
    return result
  }
}
