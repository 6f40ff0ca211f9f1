import Primitives
import Tensors
import Testing

struct TokenDistributionsTests {
  @Test(arguments: [1, 31, 32, 33, 512], [1, 0.7] as [Float])
  func `distributions have the bits of softmax and of token scores`(width: Int, temperature: Float) {
    var generator = RandomStream(seed: 5, purpose: "logits").generator()
    let logits = Tensor((0..<3 * width).map { _ in 8 * generator.normal() }, shape: [3, width])
    let distributions = TokenDistributions(logits, temperature: temperature)
    #expect(distributions.probabilities.array() == softmax(logits / temperature).array())
    for token in [0, width / 2, width - 1] {
      let scores = tokenScores(logits, targets: [Int32](repeating: Int32(token), count: 3), temperature: temperature)
      #expect(
        (0..<3).map { distributions.logProbability(row: $0, token: token) } == scores.logProbability.array())
      #expect((0..<3).map { distributions.entropy(row: $0) } == scores.entropy.array())
    }
  }
}
