import CKernels

typealias UnaryKernel = (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void
typealias BinaryKernel = (
  UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int
) -> Void

extension Tensor {
  /// A loop over one input.
  func mapped(_ kernel: UnaryKernel) -> Tensor {
    let result = Tensor(unwritten: shape)
    let (source, target) = (pointer, result.target)
    inChunks(of: elementwiseChunk, count: count) {
      kernel(source + $0.lowerBound, target + $0.lowerBound, $0.count)
    }
    return result
  }

  /// A loop over two inputs of one count; the result has the shape of the first.
  func mapped(with other: Tensor, _ kernel: BinaryKernel) -> Tensor {
    invariant(count == other.count, "shapes \(shape) and \(other.shape) do not agree")
    let result = Tensor(unwritten: shape)
    let (first, second, target) = (pointer, other.pointer, result.target)
    inChunks(of: elementwiseChunk, count: count) {
      kernel(first + $0.lowerBound, second + $0.lowerBound, target + $0.lowerBound, $0.count)
    }
    return result
  }

  /// x · scale + shift, not recorded.
  func affine(_ scale: Float, _ shift: Float = 0) -> Tensor {
    mapped { ckernels_affine($0, scale, shift, $1, $2) }
  }

  /// The tensor repeated over leading axes so that it has a longer shape, of which its own is the end.
  func broadcast(to target: [Int]) -> Tensor {
    if shape == target { return self }
    invariant(
      count == 1 || Array(target.suffix(shape.count)) == shape, "the shape \(shape) is not the end of \(target)")
    let result = Tensor(unwritten: target)
    let (source, out, width, original) = (pointer, result.target, count, shape)
    if width == 1 {
      inChunks(of: elementwiseChunk, count: result.count) {
        ckernels_fill(source.pointee, out + $0.lowerBound, $0.count)
      }
    } else if width > 0 {
      inChunks(of: rowChunk(width: width), count: result.count / width) { rows in
        for row in rows { (out + row * width).update(from: source, count: width) }
      }
    }
    return result.recorded(from: [self]) { gradient in
      [width == 1 ? gradient.total(shape: original) : gradient.columnSum(width: width, shape: original)]
    }
  }

  /// Both operands in the shape of the longer.
  static func together(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
    if a.shape == b.shape { return (a, b) }
    let first = a.count > b.count || (a.count == b.count && a.shape.count >= b.shape.count)
    return first ? (a, b.broadcast(to: a.shape)) : (a.broadcast(to: b.shape), b)
  }

  /// The sum; shapes are equal, or one is the end of the other, or one is a scalar.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    let (a, b) = together(a, b)
    return a.mapped(with: b, ckernels_add).recorded(from: [a, b]) { [$0, $0] }
  }

  /// The difference; shapes as for `+`.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    let (a, b) = together(a, b)
    return a.mapped(with: b, ckernels_subtract).recorded(from: [a, b]) { gradient in
      [gradient, b.isRecorded ? gradient.affine(-1) : nil]
    }
  }

  /// The product, number by number; shapes as for `+`.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    let (a, b) = together(a, b)
    return a.mapped(with: b, ckernels_multiply).recorded(from: [a, b]) { gradient in
      [
        a.isRecorded ? gradient.mapped(with: b, ckernels_multiply) : nil,
        b.isRecorded ? gradient.mapped(with: a, ckernels_multiply) : nil,
      ]
    }
  }

  /// The quotient, number by number; shapes as for `+`.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let (a, b) = together(a, b)
    let quotient = a.mapped(with: b, ckernels_divide)
    return quotient.recorded(from: [a, b]) { gradient in
      let over = gradient.mapped(with: b, ckernels_divide)
      return [over, b.isRecorded ? over.mapped(with: quotient, ckernels_multiply).affine(-1) : nil]
    }
  }

  /// Every number with its sign changed.
  public static prefix func - (x: Tensor) -> Tensor { x * -1 }
  /// A number added to every number.
  public static func + (x: Tensor, scalar: Float) -> Tensor {
    x.affine(1, scalar).recorded(from: [x]) { [$0] }
  }
  /// A number added to every number.
  public static func + (scalar: Float, x: Tensor) -> Tensor { x + scalar }
  /// A number taken from every number.
  public static func - (x: Tensor, scalar: Float) -> Tensor { x + -scalar }
  /// Every number taken from a number.
  public static func - (scalar: Float, x: Tensor) -> Tensor {
    x.affine(-1, scalar).recorded(from: [x]) { [$0.affine(-1)] }
  }
  /// Every number times a number.
  public static func * (x: Tensor, scalar: Float) -> Tensor {
    x.affine(scalar).recorded(from: [x]) { [$0.affine(scalar)] }
  }
  /// Every number times a number.
  public static func * (scalar: Float, x: Tensor) -> Tensor { x * scalar }
  /// Every number divided by a number.
  public static func / (x: Tensor, scalar: Float) -> Tensor { x * (1 / scalar) }
  /// A number divided by every number.
  public static func / (scalar: Float, x: Tensor) -> Tensor {
    let quotient = x.mapped { ckernels_divide_scalar(scalar, $0, $1, $2) }
    return quotient.recorded(from: [x]) { gradient in
      [gradient.mapped(with: quotient, ckernels_multiply).mapped(with: x, ckernels_divide).affine(-1)]
    }
  }
}

/// The smaller of two numbers, place by place; where they are equal each gets half of the gradient, as in
/// PyTorch.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
  let (a, b) = Tensor.together(a, b)
  return a.mapped(with: b, ckernels_minimum).recorded(from: [a, b]) { gradient in
    [
      a.isRecorded ? selected(gradient, where: a, below: b) : nil,
      b.isRecorded ? selected(gradient, where: b, below: a) : nil,
    ]
  }
}

/// The larger of two numbers, place by place; where they are equal each gets half of the gradient, as in
/// PyTorch.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
  let (a, b) = Tensor.together(a, b)
  return a.mapped(with: b, ckernels_maximum).recorded(from: [a, b]) { gradient in
    [
      a.isRecorded ? selected(gradient, where: b, below: a) : nil,
      b.isRecorded ? selected(gradient, where: a, below: b) : nil,
    ]
  }
}

/// The gradient where a < b, half of it where they are equal.
private func selected(_ gradient: Tensor, where a: Tensor, below b: Tensor) -> Tensor {
  let result = Tensor(unwritten: gradient.shape)
  let (first, second, source, target) = (a.pointer, b.pointer, gradient.pointer, result.target)
  inChunks(of: elementwiseChunk, count: gradient.count) {
    let at = $0.lowerBound
    ckernels_select_less(first + at, second + at, source + at, target + at, $0.count)
  }
  return result
}

/// Every number held between two bounds; the gradient is 0 outside of them.
///
/// - Parameters:
///   - x: any shape.
///   - low: the lower bound.
///   - high: the upper bound.
public func clamp(_ x: Tensor, _ low: Float, _ high: Float) -> Tensor {
  x.mapped { ckernels_clamp($0, low, high, $1, $2) }.recorded(from: [x]) { gradient in
    [x.mapped(with: gradient) { ckernels_clamp_gradient($0, low, high, $1, $2, $3) }]
  }
}

/// e to the power of every number.
public func exp(_ x: Tensor) -> Tensor {
  let result = x.mapped(ckernels_exp)
  return result.recorded(from: [x]) { [$0.mapped(with: result, ckernels_multiply)] }
}

/// The natural logarithm of every number.
public func log(_ x: Tensor) -> Tensor {
  x.mapped(ckernels_log).recorded(from: [x]) { [$0.mapped(with: x, ckernels_divide)] }
}

/// The square root of every number.
public func squareRoot(_ x: Tensor) -> Tensor {
  let result = x.mapped(ckernels_square_root)
  return result.recorded(from: [x]) { [result.mapped(with: $0, ckernels_square_root_gradient)] }
}

/// Every number times itself.
public func square(_ x: Tensor) -> Tensor {
  x.mapped(ckernels_square).recorded(from: [x]) { [x.mapped(with: $0, ckernels_square_gradient)] }
}

/// Every number without its sign; the gradient at 0 is 0.
public func absolute(_ x: Tensor) -> Tensor {
  x.mapped(ckernels_absolute).recorded(from: [x]) { [x.mapped(with: $0, ckernels_absolute_gradient)] }
}

/// The value of one tensor with the gradient of another (the straight-through estimator).
///
/// - Parameters:
///   - x: where the gradient goes, unchanged.
///   - replacement: the value; it gets no gradient.
/// Source: Y. Bengio, N. Léonard, A. Courville, 2013, arXiv 1308.3432.
public func straightThrough(_ x: Tensor, replacement: Tensor) -> Tensor {
  invariant(x.count == replacement.count, "shapes \(x.shape) and \(replacement.shape) do not agree")
  return Tensor(storage: replacement.storage, shape: x.shape).recorded(from: [x]) { [$0] }
}
