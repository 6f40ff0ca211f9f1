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

  init(_ inspection: TapeInspection?) { self.inspection = inspection }

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
    result.node?.collect { $0.add(gradient) }
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
  /// What a leaf is read from.
  let parameter: Parameter?
  /// The operator whose result it is.
  let name: StaticString
  var gradient: Tensor?
  /// Hands a gradient on to the inputs.
  var spread: ((Tensor) -> Void)?
  /// Kept only by a tape that inspects: the shape of the result, and what it was computed from.
  var shape: [Int] = []
  var inputShapes: [[Int]] = []
  var inputs: [Node] = []
  init(on tape: Tape, name: StaticString, spread: @escaping (Tensor) -> Void) {
    (self.tape, self.name, self.spread, parameter) = (tape, name, spread, nil)
    tape.nodes.append(self)
  }

  /// A leaf: what is added to its gradient goes to the parameter at once.
  init(on tape: Tape, parameter: Parameter) {
    (self.tape, self.name, self.parameter) = (tape, "parameter", parameter)
  }

  /// The gradient so far.
  var collected: Tensor? { parameter?.gradient ?? gradient }

  func collect(_ add: (inout Tensor?) -> Void) {
    if let parameter { add(&parameter.gradient) } else { add(&gradient) }
  }
}

/// Where the gradient of one input of an operator goes.
///
/// *Numerics*: kernels that add in place go on with the sum that is there, row after row, so that a sum over rows has the
/// same bits when the rows come in several micro-batches.
struct GradientPlace {
  let node: Node?

  /// Whether anybody asks for the gradient.
  var isWanted: Bool { node != nil }

  /// Adds a gradient; the first is kept as it is.
  func add(_ gradient: Tensor) { node?.collect { $0.add(gradient) } }

  /// Adds a gradient without a tensor of its own.
  ///
  /// - Parameters:
  ///   - shape: of the input.
  ///   - write: told where to add, or, if nothing is there yet, to write every number.
  func add(shape: [Int], _ write: (_ target: UnsafeMutablePointer<Float>, _ isAdding: Bool) -> Void) {
    node?.collect { gradient in
      let isAdding = gradient != nil
      var sum = gradient.take() ?? Tensor(unwritten: shape)
      sum.makeUnique()
      write(sum.target, isAdding)
      gradient = sum
    }
  }
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
    recorded(from: inputs, name: name) { gradient, places in
      for (place, gradient) in zip(places, gradients(gradient)) {
        if let gradient { place.add(gradient) }
      }
    }
  }

  /// The result with its gradient rule, recorded if one of the inputs is.
  ///
  /// - Parameters:
  ///   - inputs: what the result was computed from.
  ///   - name: of the operator.
  ///   - spread: adds from the gradient of the result those of the inputs to their places, in order.
  func recorded(
    from inputs: [Tensor], name: StaticString = #function, _ spread: @escaping (Tensor, [GradientPlace]) -> Void
  ) -> Tensor {
    let places = inputs.map { GradientPlace(node: $0.node) }
    guard let tape = inputs.lazy.compactMap({ $0.node?.tape }).first else { return self }
    let node = Node(on: tape, name: name) { spread($0, places) }
    let result = Tensor(storage: storage, shape: shape, node: node)
    tape.inspection?.made(result, node, from: inputs)
    return result
  }
}
