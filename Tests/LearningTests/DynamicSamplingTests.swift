import Learning
import Testing

struct DynamicSamplingTests {
  @Test func `a refill draws two to four times what is missing`() {
    // 32 prompts a step over 8 processes, as published.
    for (missing, size) in [(1, 8), (3, 8), (4, 16), (7, 16), (8, 32), (31, 32)] {
      #expect(DynamicSampling.refillSize(missing: missing, prompts: 32, least: 8) == size)
    }
    #expect(DynamicSampling.refillSize(missing: 1, prompts: 16) == 4)
    #expect(DynamicSampling.refillSize(missing: 16, prompts: 16) == 16)
  }

  @Test func `a group teaches when its rewards differ or when it is alone`() {
    #expect(!DynamicSampling.isInformative([1, 1, 1]))
    #expect(DynamicSampling.isInformative([1, 1, 0.5]))
    #expect(DynamicSampling.isInformative([0]))
    #expect(!DynamicSampling.isInformative([]))
  }

  @Test(arguments: [(0.02, 0.149), (0.1, 0.570), (0.5, 0.992), (0.8, 0.832), (0.95, 0.337)])
  func `the expected share of informative groups of eight`(success: Double, share: Double) {
    #expect(abs(DynamicSampling.expectedShare(success: success, group: 8) - share) < 5e-4)
  }

  @Test func `refills end when the step is full or the budget is spent`() {
    let rule = DynamicSampling(refills: 2)
    #expect(rule.refills(kept: 3, of: 16, refilled: 0))
    #expect(rule.refills(kept: 3, of: 16, refilled: 1))
    #expect(!rule.refills(kept: 3, of: 16, refilled: 2))
    #expect(!rule.refills(kept: 16, of: 16, refilled: 0))
    #expect(!DynamicSampling(dropsUniform: false, refills: 2).refills(kept: 0, of: 16, refilled: 0))
  }
}
