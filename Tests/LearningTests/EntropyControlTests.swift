import Foundation
import Learning
import Testing

struct EntropyControlTests {
  @Test func `an entropy above its target is penalised and one below is rewarded, each apart`() {
    var control = EntropyControl.adaptive(text: 0.5, image: 0.5)
    // Targets are 1 nat of 2 and 2 nats of 4; gain 10⁻³ a nat.
    control.update(textEntropy: 1.5, imageEntropy: 1, largestText: 2, largestImage: 4)
    #expect(abs(control.coefficient(isImage: false) - 0.5e-3) < 1e-15)
    #expect(abs(control.coefficient(isImage: true) + 1e-3) < 1e-15)
  }

  @Test func `a coefficient stands at its bound and leaves it at once`() {
    var control = EntropyControl.adaptive(text: 0.5, image: nil)
    for _ in 0..<100 { control.update(textEntropy: 2, imageEntropy: 0, largestText: 2, largestImage: 4) }
    #expect(control.coefficient(isImage: false) == 5e-3)
    #expect(control.coefficient(isImage: true) == 0)
    control.update(textEntropy: 0.9, imageEntropy: 0, largestText: 2, largestImage: 4)
    #expect(abs(control.coefficient(isImage: false) - 4.9e-3) < 1e-15)
  }

  @Test func `a step without tokens of a kind moves nothing`() {
    var control = EntropyControl.adaptive()
    control.update(textEntropy: .nan, imageEntropy: .nan, largestText: 5, largestImage: 6)
    #expect(control == .adaptive())
  }

  @Test func `without controllers nothing is controlled`() {
    #expect(!EntropyControl.off.isActive)
    #expect(EntropyControl.off.coefficient(isImage: true) == 0)
  }

  @Test func `a controller survives being written and read`() throws {
    var control = EntropyControl.adaptive()
    control.update(textEntropy: 0.123, imageEntropy: 4.56, largestText: 4.1, largestImage: 6.2)
    let read = try JSONDecoder().decode(EntropyControl.self, from: JSONEncoder().encode(control))
    #expect(read == control)
  }
}
