import Foundation
import Tensors
import TestSupport
import Testing

struct OptimizerTests {
  @Test(arguments: [0.5, 1000])
  func `clipping within the step gives the bits of clipping before it`(bound: Float) {
    func trained(_ step: (AdamW, [Parameter]) -> Float) -> [[Float]] {
      let parameters = (0..<2).map { Parameter("\($0)", Tensor(repeating: Float($0) - 0.3, shape: [40, 1000])) }
      let optimizer = AdamW(parameters)
      for parameter in parameters { parameter.gradient = exp(parameter.value) * 0.37 }
      return [[step(optimizer, parameters)]] + parameters.map { $0.value.array() }
    }
    let apart = trained { optimizer, parameters in
      let norm = clipGradients(parameters, maximumNorm: bound)
      optimizer.step()
      return norm
    }
    #expect(trained { optimizer, _ in optimizer.step(maximumNorm: bound) } == apart)
  }

  @Test func `a gradient that is not finite changes nothing`() {
    let parameter = Parameter("weight", Tensor([1, 2], shape: [2]))
    parameter.gradient = Tensor([1, .nan], shape: [2])
    let optimizer = AdamW([parameter])
    #expect(optimizer.step(maximumNorm: 1).isNaN)
    #expect(parameter.value.array() == [1, 2])
    #expect(optimizer.stepCount == 0)
  }

  @Test func `AdamW with clipping and a changing rate follows PyTorch for ten steps`() throws {
    let fixture = try Fixtures.tensors("adamw.safetensors")
    let names = ["matrix", "vector"]
    let parameters = try names.map { Parameter($0, try #require(fixture["\($0)/start"])) }
    let optimizer = AdamW(
      parameters, learningRate: 1, betas: (0.9, 0.95), epsilon: 1e-8, weightDecay: 0.1)
    let norms = try #require(fixture["norms"]).array()
    for step in 0..<10 {
      for parameter in parameters { parameter.gradient = fixture["\(parameter.name)/gradient \(step)"] }
      let norm = clipGradients(parameters, maximumNorm: 3)
      expectClose([norm], [norms[step]], absolute: 0, relative: 1e-6, "norm \(step)")
      optimizer.step(learningRate: 1e-2 / Float(step + 1))
      zeroGradients(parameters)
      for parameter in parameters {
        let expected = try #require(fixture["\(parameter.name)/value \(step)"]).array()
        // One step moves a number by about 1e-2; a thousandth of a thousandth of it is rounding.
        expectClose(parameter.value.array(), expected, absolute: 5e-7, relative: 1e-6, "\(parameter.name) \(step)")
      }
    }
  }

  @Test func `an optimizer that takes over a state goes on with the same bits`() {
    let start = Tensor((0..<65).map { Float($0) / 65 }, shape: [5, 13])
    let (straight, resumed) = (Parameter("w", start), Parameter("w", start))
    let first = AdamW([straight])
    func move(_ parameter: Parameter, _ optimizer: AdamW, _ step: Int) {
      parameter.gradient = Tensor((0..<65).map { Float(($0 * 7 + step) % 5) - 2 }, shape: [5, 13])
      optimizer.step()
    }
    for step in 0..<3 { move(straight, first, step) }
    let saved = first.state
    resumed.value = straight.value
    for step in 3..<6 { move(straight, first, step) }
    let second = AdamW([resumed])
    second.state = saved
    for step in 3..<6 { move(resumed, second, step) }
    #expect(straight.value.array() == resumed.value.array())
    #expect(second.stepCount == 6)
    #expect(straight.value.array() != start.array())
  }

  @Test func `a step leaves tensors alone that shared the parameter's numbers`() {
    let start = Tensor([1, 2, 3], shape: [3])
    let parameter = Parameter("w", start)
    let before = parameter.value
    parameter.gradient = Tensor([1, 1, 1], shape: [3])
    AdamW([parameter]).step()
    #expect(before.array() == [1, 2, 3])
    #expect(start.array() == [1, 2, 3])
    #expect(parameter.value.array() != [1, 2, 3])
  }

  @Test func `gradients below the bound are left alone, and one that is not finite is reported`() {
    let parameter = Parameter("w", Tensor([0, 0], shape: [2]))
    parameter.gradient = Tensor([3, 4], shape: [2])
    #expect(clipGradients([parameter], maximumNorm: 6) == 5)
    #expect(parameter.gradient?.array() == [3, 4])
    parameter.gradient = Tensor([3, .infinity], shape: [2])
    #expect(clipGradients([parameter], maximumNorm: 6) == .infinity)
    #expect(parameter.gradient?.array() == [3, .infinity])
    zeroGradients([parameter])
    #expect(parameter.gradient == nil)
  }

  @Test func `one cycle is that of PyTorch`() throws {
    let file = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("onecycle.json")))
    let rates = try JSONDecoder().decode([Float].self, from: file)
    let schedule = LearningRateSchedule.oneCycle(total: 40)
    expectClose((0..<40).map(schedule.factor), rates, absolute: 1e-7, "factor")
  }

  @Test func `a cosine rises in equal steps, is halfway down in the middle and ends at zero`() {
    let schedule = LearningRateSchedule.cosine(warmup: 4, total: 24)
    expectClose(
      [0, 1, 3, 4, 14, 24, 99].map(schedule.factor), [0.25, 0.5, 1, 1, 0.5, 0, 0], absolute: 1e-7, "factor")
    #expect(LearningRateSchedule.constant.factor(at: 1000) == 1)
  }
}
