extension Tape {
  /// A part of a computation of which only the input is kept: when the gradient is worked out, the part is computed once
  /// more. Memory then grows with the largest part instead of with all of them, for one more forward pass.
  ///
  /// *Numerics*: results and gradients have the same bits as without it.
  ///
  /// - Parameters:
  ///   - x: what the part reads; nothing else that it reads is recorded, but for parameters.
  ///   - part: the computation, on the tape that it is given; called twice.
  /// - Returns: the result of the part, recorded on this tape.
  /// Source: T. Chen et al., 2016, arXiv 1604.06174, section 3.
  public func recomputing(_ x: Tensor, _ part: @escaping (Tensor, Tape) -> Tensor) -> Tensor {
    // On a tape too, since what is computed without one may read weights in another precision.
    let result = part(x.detached, Tape(inspection)).detached
    let place = GradientPlace(node: x.node)
    let node = Node(on: self, name: #function) { [inspection] gradient in
      let tape = Tape(inspection)
      let input = Node(on: tape, name: "input") { place.add($0) }
      tape.backward(part(Tensor(storage: x.storage, shape: x.shape, node: input), tape), gradient: gradient)
    }
    let recorded = Tensor(storage: result.storage, shape: result.shape, node: node)
    inspection?.made(recorded, node, from: [x])
    return recorded
  }
}
