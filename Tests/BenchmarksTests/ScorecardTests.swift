import Primitives
import Shapes
import Testing

@testable import Benchmarks

struct ScorecardTests {
  /// A card of made-up results: for each task the passes of each prompt.
  private func card(_ results: [[[Bool]]]) -> Scorecard {
    let items = zip(Prompt.Task.allCases, results).flatMap { task, prompts in
      zip(PromptGrammar.prompts(task, split: .evaluation), prompts).map { prompt, passes in
        Scorecard.Item(
          MiniGenEval([prompt]).items[0], passes: passes, scores: passes.map { $0 ? 1 : 0 }, isStrict: passes)
      }
    }
    var card = ProtocolCard(model: "made up")
    (card.imagesPerPrompt, card.promptCount) = (results[0][0].count, items.count)
    return Scorecard(items, card)
  }

  private func rates(_ successes: Int, of count: Int) -> [[Bool]] { (0..<count).map { [$0 < successes] } }

  @Test func `the headline is the unweighted mean of the tasks`() {
    // 2/8, 4/16, 6/24 = 1/4 each; 8/16 = 1/2; 16/64 = 1/4; 50/100 = 1/2: mean 1/3.
    let card = card([
      rates(2, of: 8), rates(4, of: 16), rates(6, of: 24), rates(8, of: 16), rates(16, of: 64), rates(50, of: 100),
    ])
    #expect(abs(card.headline.value - 1.0 / 3) < 1e-12)
    #expect(card[.colors]?.value == 0.5)
    #expect(abs(card.imageAccuracy - 86.0 / 228) < 1e-12)
    #expect(card.tasks.map(\.count) == [8, 16, 24, 16, 64, 100])
    #expect(card.tasks.map(\.seen) == [8, 0, 18, 0, 0, 0])
    // Closed form: the variance of the mean of means is Σ p (1 − p) / n over 36.
    let variance = (0.1875 * (1 / 8.0 + 1 / 16.0 + 1 / 24.0 + 1 / 64.0) + 0.25 * (1 / 16.0 + 1 / 100.0)) / 36
    // A bootstrap of 8 values is narrower than the closed form by its few points: one tenth.
    let half = (card.headline.high - card.headline.low) / 2
    #expect(abs(half - 1.96 * variance.squareRoot()) < 0.1 * half)
  }

  @Test func `a task that never fails is not certain`() {
    let all = card([[[true, true, true, true], [true, true, true, true]]])
    // Two prompts of four pictures count as 2·4 / (1 + 3/2) = 3.2; Wilson for 0 of 3.2: z² / (n + z²) = 0.5456.
    #expect(all.headline.value == 1 && all.headline.high == 1)
    #expect(abs(all.headline.low - (1 - 3.8415 / (3.2 + 3.8415))) < 1e-4)
  }

  @Test func `the chance of a hit in k pictures`() {
    // 1 − C(13, 4) / C(16, 4) = 1 − 715 / 1820; and of four pictures with one hit, k / 4.
    #expect(abs((card([[(0..<16).map { $0 < 3 }]]).passAt(4) ?? 0) - 0.607143) < 1e-6)
    let four = card([[[false, true, false, false]]])
    #expect([1, 2, 4].map { four.passAt($0) } == [0.25, 0.5, 1])
    #expect(four.passAt(5) == nil)
    #expect(four.passAt(0) == nil)
  }

  @Test func `a paired difference counts what was won and lost`() throws {
    let before = card([rates(2, of: 8), rates(4, of: 16)])
    let after = card([rates(6, of: 8), rates(8, of: 16)])
    let difference = try after.difference(from: before)
    // (4/8 + 4/16) / 2; 8 of 24 prompts won, none lost: 2 · 2⁻⁸.
    #expect(abs(difference.estimate.value - 0.375) < 1e-12)
    #expect(difference.isSignificant)
    #expect(abs(difference.won - 1.0 / 3) < 1e-12 && difference.lost == 0)
    #expect(abs(difference.signTest - 2.0 / 256) < 1e-12)
    let back = try before.difference(from: after)
    #expect(abs(back.estimate.value + 0.375) < 1e-12 && back.isSignificant && back.lost == difference.won)
    let same = try before.difference(from: before)
    #expect(same.estimate.value == 0 && !same.isSignificant && same.tied == 1 && same.signTest == 1)
    #expect(same.estimate.low < 0 && same.estimate.high > 0)
  }

  @Test func `cards of different prompts are not compared`() {
    let (one, other) = (card([rates(2, of: 8)]), card([rates(2, of: 7)]))
    #expect(throws: BenchmarksError.unpaired("one has 8 prompts, the other 7")) { try one.difference(from: other) }
    let shuffled = Scorecard(Array(one.items.reversed()), one.card)
    #expect(throws: BenchmarksError.unpaired("'a photo of a circle', 'a photo of a heart'")) {
      try one.difference(from: shuffled)
    }
  }

  @Test func `sign test against tables`() {
    // 2 (C(10,0) + C(10,1)) / 2¹⁰ = 22/1024; even splits are certain; a thousand to none underflows to nothing.
    #expect(abs(PairedDifference.signTest(9, 1) - 22.0 / 1024) < 1e-12)
    #expect(PairedDifference.signTest(3, 3) == 1)
    #expect(PairedDifference.signTest(0, 0) == 1)
    #expect(PairedDifference.signTest(0, 2_000) < 1e-100)
    // z = 600 of 1,000: two-sided 2.7e-10 (exact binomial).
    #expect(abs(PairedDifference.signTest(400, 600) / 2.728e-10 - 1) < 0.01)
  }

  @Test func `a card prints how it came about`() {
    let text = card([rates(8, of: 8), rates(4, of: 16)]).description
    #expect(text.hasPrefix("mini-geneval · oracle · made up · 24 × 1 pictures\n  single_object 1.000 ("))
    #expect(text.contains("  two_object    0.250 ("))
    #expect(text.contains("8 prompts, all seen"))
    let card = ProtocolCard(
      model: "sft", isThinking: true, guidance: 1, temperature: 0.7, seed: 3,
      ceiling: Estimate(value: 0.98, low: 0.9704, high: 1))
    #expect(
      card.description == "mini-geneval · oracle · sft · thinking · guidance 1 · temperature 0.7 · seed 3 · "
        + "0 × 0 pictures · ceiling 0.980 (0.970…1.000)")
  }
}
