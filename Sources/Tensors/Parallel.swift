import CKernels

/// Calls `body` for every index below `count`, on all threads of the pool.
func concurrently(_ count: Int, _ body: (Int) -> Void) {
  guard count > 1 else {
    if count == 1 { body(0) }
    return
  }
  withoutActuallyEscaping(body) { escaping in
    var job = escaping
    withUnsafeMutablePointer(to: &job) { pointer in
      ckernels_run(
        count, { context, index in context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(index) }, pointer)
    }
  }
}

/// Works off independent pieces of a task, each from beginning to end on one thread: operators inside of a piece do
/// not share their work, and so nobody waits for anybody. A single piece leaves all threads to its operators.
///
/// - Parameters:
///   - count: how many pieces there are.
///   - body: makes the result of one. It may run at the same time as others, and must change nothing that they read.
/// - Returns: the results in order.
/// - Throws: the error of the first piece, in order, that has one; the others are worked off all the same.
public func inPieces<Result>(_ count: Int, _ body: (Int) throws -> Result) throws -> [Result] {
  var results = [Swift.Result<Result, any Error>?](repeating: nil, count: count)
  results.withUnsafeMutableBufferPointer { places in
    let places = places
    concurrently(count) { index in places[index] = Swift.Result { try body(index) } }
  }
  return try results.compactMap { try $0?.get() }
}

/// Cuts `0..<count` into ranges of `size` (the last may be shorter) and runs them on all threads.
///
/// The ranges depend on nothing but the arguments, which is what makes results independent of the number of
/// threads.
func inChunks(of size: Int, count: Int, _ body: (Range<Int>) -> Void) {
  concurrently((count + size - 1) / size) { index in
    body(index * size..<min(count, (index + 1) * size))
  }
}

/// Numbers that one thread should take at a time in an elementwise loop: 64 KiB, well inside a second-level
/// cache.
let elementwiseChunk = 1 << 14

/// Rows of a width that one thread should take at a time.
func rowChunk(width: Int) -> Int { max(1, elementwiseChunk / max(1, width)) }

/// Columns that one thread should take at a time where a sum runs over rows: four cache lines.
let columnChunk = 64

/// Ends the program with a message: an error of the program itself, never of its user.
func invariant(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}
