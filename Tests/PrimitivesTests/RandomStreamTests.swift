import Primitives
import Testing

struct RandomStreamTests {
  /// The known answers that Random123 publishes for ten rounds (`kat_vectors`).
  @Test func `philox gives the published vectors`() {
    typealias Block = RandomStream.Block
    #expect(
      RandomStream.philox(counter: Block(repeating: 0), key: SIMD2(repeating: 0))
        == Block(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    #expect(
      RandomStream.philox(counter: Block(repeating: .max), key: SIMD2(repeating: .max))
        == Block(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    #expect(
      RandomStream.philox(
        counter: Block(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), key: SIMD2(0xA409_3822, 0x299F_31D0))
        == Block(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test func `a number depends on its address alone`() {
    let stream = RandomStream(seed: 7, purpose: "sample")
    let alone = stream.uniform(step: 3, sample: 2, position: 9)
    for position in 0..<20 { _ = stream.uniform(position: position) }
    #expect(stream.uniform(step: 3, sample: 2, position: 9) == alone)
    #expect(stream.uniform(step: 2, sample: 3, position: 9) != alone)
    #expect(RandomStream(seed: 8, purpose: "sample").uniform(step: 3, sample: 2, position: 9) != alone)
    #expect(RandomStream(seed: 7, purpose: "shuffle").uniform(step: 3, sample: 2, position: 9) != alone)
  }

  @Test func `uniform numbers stay inside the interval and fill it`() {
    #expect(RandomStream.unit(0) > 0 && RandomStream.unit(.max) < 1)
    var generator = RandomStream(seed: 1, purpose: "test").generator()
    let values = (0..<20_000).map { _ in Double(generator.uniform()) }
    // The mean of n uniforms has deviation 1/√(12 n) = 0.002: four of them.
    #expect(abs(Statistics.mean(values) - 0.5) < 0.008)
  }

  @Test func `normal numbers have mean 0 and deviation 1`() {
    var generator = RandomStream(seed: 2, purpose: "test").generator()
    let values = (0..<20_000).map { _ in Double(generator.normal()) }
    #expect(abs(Statistics.mean(values)) < 0.03)
    #expect(abs(Statistics.deviation(values) - 1) < 0.02)
  }

  @Test func `shuffling keeps every element`() {
    var generator = RandomStream(seed: 3, purpose: "test").generator()
    let shuffled = generator.shuffled(Array(0..<50))
    #expect(shuffled != Array(0..<50))
    #expect(shuffled.sorted() == Array(0..<50))
    #expect(generator.pick([Int]()) == nil)
    #expect(generator.below(1) == 0)
  }
}
