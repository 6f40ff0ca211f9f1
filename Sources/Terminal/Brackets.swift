/// The bracket at the cursor and its partner.
enum Brackets {
  private static let pairs: [UInt32: UInt32] = [0x28: 0x29, 0x5B: 0x5D, 0x7B: 0x7D]

  /// Marks the bracket right before the cursor, else the one on it, and the one that belongs to it. Brackets in texts
  /// and comments are no brackets.
  static func mark(around cursor: Int, in text: inout StyledText) {
    var open: [Int] = []
    let near = [cursor - 1, cursor]
    var found: [Int: (Int, Int)] = [:]
    for (index, scalar) in text.scalars.enumerated() where text.styles[index] == .plain {
      if pairs[scalar] != nil {
        open.append(index)
      } else if pairs.values.contains(scalar) {
        guard let partner = open.popLast(), pairs[text.scalars[partner]] == scalar else { return }
        for place in near where place == index || place == partner { found[place] = (partner, index) }
      }
    }
    guard let (first, second) = near.compactMap({ found[$0] }).first else { return }
    text.paint(first..<(first + 1), .match)
    text.paint(second..<(second + 1), .match)
  }
}
