import Primitives
import Testing

@Suite struct FingerprintTests {
  /// The expected digests come from a program in Python with numbers of any length, written from the description alone.
  @Test(arguments: [
    (0, "912a934f92cb9db9"), (5, "f1fcd327640ee0ca"), (64, "732beb0327ec6e29"), (200, "6e3ebd8295041d8d"),
  ]) func `many bytes at once have the digest that the description gives`(count: Int, digits: String) {
    var digest = Fingerprint()
    digest.combine(bulk: (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + 3) })
    #expect(digest.description == digits)
  }

  @Test func `every single bit counts, wherever it is`() {
    let bytes = [UInt8](repeating: 0, count: 131)
    var seen: Set<String> = []
    for bit in 0..<(bytes.count * 8) {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      var digest = Fingerprint()
      digest.combine(bulk: changed)
      seen.insert(digest.description)
    }
    #expect(seen.count == bytes.count * 8)
  }
}

@Suite struct StopTokenTests {
  @Test func `looks are counted, and the first that finds a new stage is noted`() {
    let stop = StopToken()
    #expect(stop.look() == .running)
    stop.raise()
    #expect(stop.look() == .finishStep)
    #expect(stop.look() == .finishStep)
    stop.raise()
    stop.raise()
    #expect(stop.look() == .leave)
    #expect(stop.sightings == [.init(look: 2, stage: .finishStep), .init(look: 4, stage: .leave)])
    stop.reset()
    stop.countLooks()
    #expect(stop.look() == .running)
    #expect(stop.sightings == [])
  }

  @Test func `a planned request is made at its look and found like one from outside`() {
    let stop = StopToken()
    let planned = [StopToken.Sighting(look: 2, stage: .finishStep), .init(look: 3, stage: .leave)]
    stop.countLooks(planned: planned)
    #expect([stop.look(), stop.look(), stop.look(), stop.look()] == [.running, .finishStep, .leave, .leave])
    #expect(stop.sightings == planned)
  }
}
