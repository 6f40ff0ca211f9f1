import Foundation
import Learning
import Primitives
import Testing

struct EntropyControlTests {
  typealias Fixture = PolicyFixture

  private static func feedback(proportional: Double, integral: Double, bound: Double) -> EntropyControl {
    let channel = EntropyControl.Channel(
      target: .share(0.5), rule: .feedback(proportional: proportional, integral: integral), bound: bound)
    return EntropyControl(text: channel, image: channel)
  }

  /// The coefficients after each of some errors, with a target of 2 nats.
  private static func coefficients(
    _ errors: [Double], _ rule: EntropyControl.Rule, bound: Double = EntropyControl.Rule.reasonGenBound
  ) -> [Double] {
    var control = EntropyControl(text: .init(target: .nats(2), rule: rule, bound: bound))
    return errors.map { error in
      control.update(textEntropy: 2 + error, imageEntropy: 0, largestText: 5, largestImage: 6)
      return control.coefficient(isImage: false)
    }
  }

  @Test func `an entropy above its target is penalised and one below is rewarded, each apart`() {
    var control = Self.feedback(proportional: 1e-2, integral: 1e-3, bound: 1)
    // Targets are 1 nat of 2 and 2 nats of 4: errors ½ and −1, both parts by hand.
    control.update(textEntropy: 1.5, imageEntropy: 1, largestText: 2, largestImage: 4)
    #expect(abs(control.coefficient(isImage: false) - 5.5e-3) < 1e-15)
    #expect(abs(control.coefficient(isImage: true) + 11e-3) < 1e-15)
    control.update(textEntropy: 1, imageEntropy: 2, largestText: 2, largestImage: 4)
    #expect(abs(control.coefficient(isImage: false) - 0.5e-3) < 1e-15)
  }

  @Test func `a coefficient stands at its bound and leaves it at once`() {
    var control = Self.feedback(proportional: 0, integral: 1e-3, bound: 5e-3)
    for _ in 0..<100 { control.update(textEntropy: 2, imageEntropy: 2, largestText: 2, largestImage: 4) }
    #expect(control.coefficient(isImage: false) == 5e-3)
    #expect(control.coefficient(isImage: true) == 0)
    control.update(textEntropy: 0.9, imageEntropy: 2, largestText: 2, largestImage: 4)
    #expect(abs(control.coefficient(isImage: false) - 4.9e-3) < 1e-15)
  }

  @Test func `the published rule moves as PyTorch's Adam does, with restarts and without`() {
    for (restarts, expected) in [(false, Fixture.adamCoefficients), (true, Fixture.restartedCoefficients)] {
      let ours = Self.coefficients(Fixture.errors, .adam(rate: 5e-5, restarts: restarts))
      #expect(ours.count == expected.count)
      for (our, their) in zip(ours, expected) { #expect(abs(our - their) < 1e-13) }
    }
  }

  @Test func `the published rule reaches its bound in a hundred steps whatever the error`() {
    for (error, steps) in zip([0.5, 0.01, -1], Fixture.boundSteps) {
      let course = Self.coefficients(Array(repeating: error, count: 120), .adam(rate: 5e-5, restarts: false))
      #expect(course.firstIndex { abs($0) >= 5e-3 - 1e-9 } == steps - 1)
      #expect(course.allSatisfy { abs($0) <= 5e-3 })
    }
  }

  @Test func `without restarts the moments wind up, and with them a hundred steps turn the sign`() throws {
    let errors = Array(repeating: 2.0, count: 400) + Array(repeating: -0.1, count: 1300)
    let wound = Self.coefficients(errors, .adam(rate: 5e-5, restarts: false))
    #expect(try #require(wound.firstIndex { $0 < 0 }) - 399 == Fixture.windupSteps)
    let restarted = Self.coefficients(errors, .reasonGen)
    // A hundred steps back to 0, give or take the rounding of the sum.
    #expect((100...101).contains(try #require(restarted.firstIndex { $0 < 0 }) - 399))
  }

  @Test func `a raised bonus is never a penalty and rests above its target`() {
    // 0.005 up at or below the target, down above it, applied only at or below: by hand.
    let course = Self.coefficients([-1, 0, 1, -1, 1, 1, 1, 1], .raise(step: 0.005), bound: 0.008)
    for (ours, theirs) in zip(course, [-0.005, -0.008, 0, -0.008, 0, 0, 0, 0]) { #expect(abs(ours - theirs) < 1e-15) }
  }

  @Test func `a fixed coefficient stays`() {
    var control = EntropyControl(text: .fixed(-0.01))
    control.update(textEntropy: 9, imageEntropy: 9, largestText: 5, largestImage: 6)
    #expect(control.coefficient(isImage: false) == -0.01)
    #expect(control.coefficient(isImage: true) == 0)
  }

  @Test func `shares and nats name the same target`() {
    #expect(EntropyControl.Target.share(0.25).nats(largest: 10) == 2.5)
    #expect(EntropyControl.Target.nats(2).nats(largest: 10) == 2)
  }

  @Test func `entropies shape advantages as PyTorch's quantiles say`() {
    for (advantage, expected) in [(0.75, Fixture.shapedUp), (-0.4, Fixture.shapedDown)] {
      let shaped = EntropyShaping()(
        advantage, entropies: Fixture.shapingEntropies, largest: 3.465_735_902_799_726_5)
      #expect(shaped.count == expected.count)
      for (ours, theirs) in zip(shaped, expected) { #expect(abs(ours - theirs) < 1e-12) }
    }
    #expect(EntropyShaping()(1, entropies: [], largest: 1) == [])
    // All alike: none is low.
    #expect(EntropyShaping()(1, entropies: [2, 2], largest: 4) == [1.15, 1.15])
  }

  // MARK: - Closed loop

  /// The mean distance from the target, in nats, over the last 300 of 1500 steps of an entropy that begins half a nat
  /// above it, drifts by itself, and moves by −`gain` · α a step.
  ///
  /// In a run of the tiny model words drifted by −0.002 nats a step, and an α of 0.005 moved them by 0.001.
  private static func distance(_ rule: EntropyControl.Rule, bound: Double, drift: Double, gain: Double) -> Double {
    var control = EntropyControl(text: .init(target: .nats(2), rule: rule, bound: bound))
    var generator = RandomStream(seed: 3, purpose: "test").generator()
    var (entropy, sum) = (2.5, 0.0)
    for step in 0..<1500 {
      control.update(textEntropy: entropy, imageEntropy: .nan, largestText: 5, largestImage: 6)
      entropy += drift - gain * control.coefficient(isImage: false) + 0.03 * (Double(generator.uniform()) - 0.5)
      if step >= 1200 { sum += abs(entropy - 2) }
    }
    return sum / 300
  }

  @Test(arguments: [-0.008, -0.002, 0.002, 0.008], [0.24, 1, 4])
  func `feedback holds an entropy that collapses or explodes, however strongly it answers`(drift: Double, gain: Double)
  {
    let rule = EntropyControl.Rule.standard
    #expect(Self.distance(rule, bound: EntropyControl.Rule.standardBound, drift: drift, gain: gain) < 0.05)
  }

  @Test func `an integral alone swings for ever, and a bonus alone cannot stop an explosion`() {
    let integral = EntropyControl.Rule.feedback(proportional: 0, integral: 1e-3)
    #expect(Self.distance(integral, bound: 0.05, drift: 0.002, gain: 1) > 0.2)
    #expect(Self.distance(.raise(step: 0.005), bound: 1, drift: 0.002, gain: 1) > 2)
    #expect(Self.distance(.raise(step: 0.005), bound: 1, drift: -0.002, gain: 1) < 0.1)
    // The published bound is too small for a fast drift.
    let bound = EntropyControl.Rule.reasonGenBound
    #expect(Self.distance(.reasonGen, bound: bound, drift: 0.008, gain: 1) > 2)
    #expect(Self.distance(.reasonGen, bound: bound, drift: 0.002, gain: 1) < 0.3)
  }

  @Test func `a step without tokens of a kind moves nothing`() {
    var control = EntropyControl.adaptive()
    control.update(textEntropy: .nan, imageEntropy: .nan, largestText: 5, largestImage: 6)
    #expect(control == .adaptive())
  }

  @Test func `a controller survives being written and read`() throws {
    var control = EntropyControl(
      text: .init(target: .nats(1), rule: .reasonGen, bound: 1), image: .init(target: .share(0.5)),
      shaping: EntropyShaping())
    control.update(textEntropy: 0.123, imageEntropy: 4.56, largestText: 4.1, largestImage: 6.2)
    let read = try JSONDecoder().decode(EntropyControl.self, from: JSONEncoder().encode(control))
    #expect(read == control)
  }
}
