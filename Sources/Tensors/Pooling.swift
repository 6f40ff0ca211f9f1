import CKernels

/// Every pixel as a square of pixels.
///
/// - Parameters:
///   - x: `[B, C, H, W]`.
///   - factor: the side of the square.
/// - Returns: `[B, C, H·factor, W·factor]`.
public func upsampleNearest(_ x: Tensor, factor: Int) -> Tensor {
  repeated(x, factor: factor).recorded(from: [x]) { [blockSum($0, size: factor)] }
}

/// The mean of each square of pixels; a rest at the right and at the bottom is left out.
///
/// - Parameters:
///   - x: `[B, C, H, W]`, H and W multiples of `size`.
///   - size: the side of a square.
/// - Returns: `[B, C, H/size, W/size]`.
public func averagePool(_ x: Tensor, size: Int) -> Tensor {
  invariant(
    x.shape.count == 4 && x.shape[2] % size == 0 && x.shape[3] % size == 0, "\(size) does not divide \(x.shape)")
  let share = 1 / Float(size * size)
  return blockSum(x, size: size).affine(share).recorded(from: [x]) { [repeated($0.affine(share), factor: size)] }
}

/// The largest number of each square of pixels; its place (the first of equals) gets the gradient.
///
/// - Parameters:
///   - x: `[B, C, H, W]`, H and W multiples of `size`.
///   - size: the side of a square.
/// - Returns: `[B, C, H/size, W/size]`.
public func maxPool(_ x: Tensor, size: Int) -> Tensor {
  invariant(
    x.shape.count == 4 && x.shape[2] % size == 0 && x.shape[3] % size == 0, "\(size) does not divide \(x.shape)")
  let (planes, height, width) = (x.shape[0] * x.shape[1], x.shape[2] / size, x.shape[3] / size)
  let result = Tensor(unwritten: [x.shape[0], x.shape[1], height, width])
  let places = Tensor(unwritten: [2 * result.count])  // the memory of one Int32 each, and to spare
  let (source, target) = (x.pointer, result.target)
  let place = UnsafeMutableRawPointer(places.target).bindMemory(to: Int.self, capacity: result.count)
  concurrently(planes) { plane in
    for row in 0..<height {
      for column in 0..<width {
        var best = (plane * height + row) * size * width * size + column * size
        for y in 0..<size {
          for at in 0..<size {
            let candidate = ((plane * height + row) * size + y) * width * size + column * size + at
            if source[candidate] > source[best] || source[candidate].isNaN { best = candidate }
          }
        }
        let index = (plane * height + row) * width + column
        (target[index], place[index]) = (source[best], best)
      }
    }
  }
  return result.recorded(from: [x]) { gradient in
    let dx = Tensor(zeros: x.shape)
    let (source, target) = (gradient.pointer, dx.target)
    let place = UnsafeRawPointer(places.pointer).assumingMemoryBound(to: Int.self)
    for index in 0..<gradient.count { target[place[index]] = source[index] }
    return [dx]
  }
}

/// Every pixel as a square.
private func repeated(_ x: Tensor, factor: Int) -> Tensor {
  let (planes, height, width) = (x.shape[0] * x.shape[1], x.shape[2], x.shape[3])
  let result = Tensor(unwritten: [x.shape[0], x.shape[1], height * factor, width * factor])
  let (source, target) = (x.pointer, result.target)
  concurrently(planes) { plane in
    for row in 0..<height {
      ckernels_repeat_row(
        source + (plane * height + row) * width, target + (plane * height + row) * factor * width * factor, width,
        factor)
    }
  }
  return result
}

/// The sum of each square.
private func blockSum(_ x: Tensor, size: Int) -> Tensor {
  let (planes, height, width) = (x.shape[0] * x.shape[1], x.shape[2] / size, x.shape[3] / size)
  let result = Tensor(unwritten: [x.shape[0], x.shape[1], height, width])
  let (source, target) = (x.pointer, result.target)
  concurrently(planes) { plane in
    for row in 0..<height {
      ckernels_block_sum_row(
        source + (plane * height + row) * size * width * size, target + (plane * height + row) * width, width, size)
    }
  }
  return result
}
