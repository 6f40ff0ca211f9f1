import Primitives

/// The order in which a training visits its prompts: every epoch a new permutation, addressed by (seed,
/// epoch).
///
/// Prompts that were drawn and not used come back first, so that nothing is lost when a step has too many.
public struct PromptQueue: Sendable, Hashable, Codable {
  /// How many prompts there are.
  public let count: Int
  /// The seed of the permutations.
  public let seed: Int
  /// How many prompts were taken from permutations.
  public private(set) var position = 0
  /// Indices that were given back, next first.
  public private(set) var returned: [Int] = []

  /// A queue over `count` prompts, at least one.
  public init(count: Int, seed: Int) { (self.count, self.seed) = (max(count, 1), seed) }

  /// How many times all prompts have been taken.
  public var epoch: Int { position / count }

  /// Takes the next indices, each in `0..<count`.
  public mutating func take(_ number: Int) -> [Int] {
    var taken = Array(returned.prefix(number))
    returned.removeFirst(taken.count)
    while taken.count < number {
      let order = permutation(epoch)
      let start = position % count
      let piece = order[start..<min(start + number - taken.count, count)]
      taken += piece
      position += piece.count
    }
    return taken
  }

  /// Gives indices back, to be taken next and in this order.
  public mutating func giveBack(_ indices: [Int]) { returned = indices + returned }

  private func permutation(_ epoch: Int) -> [Int] {
    var generator = RandomStream(seed: seed, purpose: "learning.order").generator(step: epoch)
    return generator.shuffled(Array(0..<count))
  }
}
