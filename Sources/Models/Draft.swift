/// A sample that is being written.
struct Draft {
  let prompt: String
  private(set) var sequence: TokenSequence
  /// The address of its random draws.
  let index: Int
  private(set) var isForced: [Bool] = []
  private(set) var logProbabilities: [Float] = []
  private(set) var entropies: [Float] = []
  private(set) var codes: [Int32] = []

  /// - Parameters:
  ///   - prompt: what was asked for.
  ///   - sequence: its tokens.
  ///   - index: the address of its random draws.
  ///   - room: how many tokens it will have at most.
  init(prompt: String, sequence: TokenSequence, index: Int, room: Int) {
    (self.prompt, self.sequence, self.index) = (prompt, sequence, index)
    self.sequence.ids.reserveCapacity(sequence.count + room)
    self.sequence.isImage.reserveCapacity(sequence.count + room)
    isForced.reserveCapacity(room)
    logProbabilities.reserveCapacity(room)
    entropies.reserveCapacity(room)
  }

  /// The token that is to be read next, and whether it is an image code.
  var last: (id: Int32, isImage: Bool) {
    (sequence.ids[sequence.count - 1], sequence.isImage[sequence.count - 1])
  }

  /// Appends a token that was drawn.
  mutating func append(_ token: Draws.Token, isImage: Bool) {
    sequence.append(token.id, isImage: isImage)
    if isImage { codes.append(token.id) }
    isForced.append(false)
    logProbabilities.append(token.logProbability)
    entropies.append(token.entropy)
  }

  /// Appends a token that was not drawn.
  mutating func force(_ id: Int32) {
    sequence.append(id)
    isForced.append(true)
    logProbabilities.append(0)
    entropies.append(0)
  }
}
