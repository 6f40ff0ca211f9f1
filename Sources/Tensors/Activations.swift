import CKernels

/// max(x, 0).
public func relu(_ x: Tensor) -> Tensor {
  x.mapped(ckernels_relu).recorded(from: [x]) { [x.mapped(with: $0, ckernels_relu_gradient)] }
}

/// 1 / (1 + e⁻ˣ).
public func sigmoid(_ x: Tensor) -> Tensor {
  let result = x.mapped(ckernels_sigmoid)
  return result.recorded(from: [x]) { [result.mapped(with: $0, ckernels_sigmoid_gradient)] }
}

/// x · sigmoid(x).
public func silu(_ x: Tensor) -> Tensor {
  x.mapped(ckernels_silu).recorded(from: [x]) { [x.mapped(with: $0, ckernels_silu_gradient)] }
}

/// x · Φ(x) with the cumulative normal distribution Φ (the form with the error function, not the
/// approximation by tanh).
public func gelu(_ x: Tensor) -> Tensor {
  x.mapped(ckernels_gelu).recorded(from: [x]) { [x.mapped(with: $0, ckernels_gelu_gradient)] }
}

/// silu(gate) · up, in one pass.
///
/// - Parameters:
///   - gate: any shape.
///   - up: the same shape.
/// Source: N. Shazeer, 2020, arXiv 2002.05202, equation 6 (without the projections).
public func swiGLU(_ gate: Tensor, _ up: Tensor) -> Tensor {
  gate.mapped(with: up, ckernels_swiglu).recorded(from: [gate, up]) { gradient in
    let (forGate, forUp) = (Tensor(unwritten: gate.shape), Tensor(unwritten: up.shape))
    let (g, u, dy, dg, du) = (gate.pointer, up.pointer, gradient.pointer, forGate.target, forUp.target)
    inChunks(of: elementwiseChunk, count: gate.count) {
      let at = $0.lowerBound
      ckernels_swiglu_gradient(g + at, u + at, dy + at, dg + at, du + at, $0.count)
    }
    return [forGate, forUp]
  }
}
