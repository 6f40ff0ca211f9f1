/// Cuts a batch of sequences into consecutive pieces that fit into memory.
///
/// The pieces depend on the lengths alone, so that a step has the same bits on every machine.
enum MicroBatches {
  /// Ranges of consecutive sequences.
  ///
  /// - Parameters:
  ///   - lengths: tokens of each sequence.
  ///   - budget: the most tokens that a piece may have; a longer sequence is a piece of its own.
  static func cut(_ lengths: [Int], budget: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var (start, size) = (0, 0)
    for (index, length) in lengths.enumerated() {
      if index > start, size + length > budget {
        pieces.append(start..<index)
        (start, size) = (index, 0)
      }
      size += length
    }
    if start < lengths.count { pieces.append(start..<lengths.count) }
    return pieces
  }
}
