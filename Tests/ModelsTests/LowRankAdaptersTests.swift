import Tensors
import TestSupport
import Testing

@testable import Models

struct LowRankAdaptersTests {
  private typealias Fixture = AdapterFixture

  @Test func `gradients of adapters are those of automatic differentiation`() {
    let (inner, outer, rank) = (Fixture.inner, Fixture.outer, Fixture.rank)
    let (down, up) = (
      Tensor(Fixture.down, shape: [rank, inner]), Tensor(Fixture.up, shape: [outer, rank])
    )
    let gradients = LowRankAdapters.gradients(
      of: Tensor(Fixture.gradient, shape: [outer, inner]), down: down, up: up, scale: Fixture.scale)
    #expect(gradients.down.shape == [rank, inner])
    #expect(gradients.up.shape == [outer, rank])
    // Sums of six products of numbers near 1.
    expectClose(gradients.down.array(), Fixture.downGradient, absolute: 2e-6)
    expectClose(gradients.up.array(), Fixture.upGradient, absolute: 2e-6)
  }

  @Test func `the gradient of a whole model's loss by an adapter is its difference quotient`() throws {
    let model = try TinyModels.sharp()
    let adapters = LowRankAdapters(model, .init(rank: 2, alpha: 3), seed: 5)
    let sequence = try model.sequence(prompt: "a red circle", rationale: "red circle .", codes: [0, 11, 3, 3])
    let parameters = adapters.parameters
    // Away from zero, where A has no gradient.
    for (index, parameter) in parameters.enumerated() where parameter.name.hasSuffix("lora_B") {
      parameter.value = parameters[index - 1].value.resized(to: parameter.value.shape)
    }
    adapters.merge()
    let tape = Tape()
    tape.backward(sum(model.score([sequence], tape: tape).logProbability))
    adapters.takeGradients()
    #expect(model.parameters.allSatisfy { $0.gradient == nil })
    for parameter in [parameters[0], parameters[1], parameters[parameters.count - 2]] {
      let point = Array(parameter.value.array().prefix(3))
      let rest = Array(parameter.value.array().dropFirst(3))
      let gradient = try #require(parameter.gradient).array().prefix(3)
      checkGradient(Array(gradient), at: point, step: 1e-2, absolute: 1e-2, relative: 1e-2, parameter.name) { values in
        parameter.value = Tensor(values + rest, shape: parameter.value.shape)
        adapters.merge()
        return Double(sum(model.score([sequence], tape: nil).logProbability).scalar)
      }
    }
  }

  @Test func `new adapters leave every bit, and merged ones are the sum`() throws {
    let model = try TinyModels.sharp()
    let before = model.parameters.map { $0.value.array() }
    let adapters = LowRankAdapters(model, .init(rank: 3), seed: 5)
    #expect(adapters.parameters.count == 2 * 7 * 2)
    #expect(adapters.parameters.map(\.value.shape).prefix(2) == [[3, 16], [16, 3]])
    #expect(adapters.settings.scale == 2)
    adapters.merge()
    #expect(model.parameters.map { $0.value.array() } == before)

    let (query, up) = (model.decoder.layers[0].linears[0].weight, adapters.parameters[1])
    let base = query.value.array()
    up.value = Tensor((0..<48).map { Float($0 % 5) - 2 }, shape: [16, 3])
    adapters.merge()
    #expect(adapters.isCurrent)
    let (a, b) = (adapters.parameters[0].value.array(), up.value.array())
    let expected = (0..<256).map { place -> Float in
      let (row, column) = (place / 16, place % 16)
      let products: [Float] = (0..<3).map { b[row * 3 + $0] * a[$0 * 16 + column] }
      return base[place] + 2 * (products[0] + products[1] + products[2])
    }
    expectClose(query.value.array(), expected, absolute: 1e-6)
    #expect(adapters.base.first { $0.name == query.name }?.tensor.array() == base)

    query.value = query.value * 2
    #expect(!adapters.isCurrent)
  }
}

extension Tensor {
  /// The numbers in order, repeated or cut off.
  fileprivate func resized(to shape: [Int]) -> Tensor {
    let (numbers, count) = (array(), shape.reduce(1, *))
    return Tensor((0..<count).map { numbers[$0 % numbers.count] }, shape: shape)
  }
}
