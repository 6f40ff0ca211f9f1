import Foundation
import Tensors
import Testing

/// One operator as every test of operators sees it.
struct OperatorCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// Whether the function has no kinks, so that central differences mean something everywhere.
  var isSmooth = true
  let apply: @Sendable ([Tensor]) -> Tensor

  var testDescription: String { name }

  private static let tokens: [Int32] = [0, 36, 5, 17, 20]

  static let all: [OperatorCase] = [
    OperatorCase(name: "add") { $0[0] + $0[1] },
    OperatorCase(name: "add vector") { $0[0] + $0[1] },
    OperatorCase(name: "subtract scalar tensor") { $0[0] - $0[1] },
    OperatorCase(name: "multiply") { $0[0] * $0[1] },
    OperatorCase(name: "divide") { $0[0] / $0[1] },
    OperatorCase(name: "scalar minus") { 1.5 - $0[0] },
    OperatorCase(name: "scalar over") { 1.5 / $0[0] },
    OperatorCase(name: "minimum", isSmooth: false) { minimum($0[0], $0[1]) },
    OperatorCase(name: "maximum", isSmooth: false) { maximum($0[0], $0[1]) },
    OperatorCase(name: "clamp", isSmooth: false) { clamp($0[0], -0.5, 0.75) },
    OperatorCase(name: "exp", isSmooth: false) { exp($0[0]) },
    OperatorCase(name: "log") { log($0[0]) },
    OperatorCase(name: "squareRoot") { squareRoot($0[0]) },
    OperatorCase(name: "square") { square($0[0]) },
    OperatorCase(name: "absolute", isSmooth: false) { absolute($0[0]) },
    OperatorCase(name: "relu", isSmooth: false) { relu($0[0]) },
    OperatorCase(name: "sigmoid") { sigmoid($0[0]) },
    OperatorCase(name: "silu") { silu($0[0]) },
    OperatorCase(name: "gelu") { gelu($0[0]) },
    OperatorCase(name: "swiGLU") { swiGLU($0[0], $0[1]) },
    OperatorCase(name: "sum") { sum($0[0]) },
    OperatorCase(name: "mean") { mean($0[0]) },
    OperatorCase(name: "rowSum") { rowSum($0[0]) },
    OperatorCase(name: "linear") { linear($0[0], $0[1]) },
    OperatorCase(name: "linear with bias") { linear($0[0], $0[1], bias: $0[2]) },
    OperatorCase(name: "matmul") { matmul($0[0], $0[1]) },
    OperatorCase(name: "embedding") { embedding($0[0], [5, 0, 5, 2]) },
    OperatorCase(name: "concatenate") { concatenate($0) },
    OperatorCase(name: "slice") { slice($0[0], 1..<3) },
    OperatorCase(name: "permuted") { permuted($0[0], [0, 2, 3, 1]) },
    OperatorCase(name: "rmsNorm") { rmsNorm($0[0], weight: $0[1], epsilon: 1e-6) },
    OperatorCase(name: "added rmsNorm") {
      let (sum, normal) = addedRMSNorm($0[0], $0[1], weight: $0[2], epsilon: 1e-6)
      return normal + sum * 0.5
    },
    OperatorCase(name: "layerNorm") { layerNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 1e-5) },
    OperatorCase(name: "groupNorm") { groupNorm($0[0], groups: 3, weight: $0[1], bias: $0[2], epsilon: 1e-5) },
    OperatorCase(name: "l2Normalized") { l2Normalized($0[0]) },
    OperatorCase(name: "rotary") { rotary($0[0], positions: [0, 3, 1, 77], base: 10_000) },
    OperatorCase(name: "causal attention") { attention($0[0], $0[1], $0[2], lengths: [5, 1, 3], causal: true) },
    OperatorCase(name: "full attention") { attention($0[0], $0[1], $0[2], lengths: [5, 4], causal: false) },
    OperatorCase(name: "long causal attention") {
      attention($0[0], $0[1], $0[2], lengths: [50, 33], causal: true)
    },
    OperatorCase(name: "softmax") { softmax($0[0]) },
    OperatorCase(name: "logSoftmax") { logSoftmax($0[0]) },
    OperatorCase(name: "log-probability") {
      tokenScores($0[0], targets: tokens, temperature: 0.7).logProbability
    },
    OperatorCase(name: "entropy") { tokenScores($0[0], targets: tokens, temperature: 0.7).entropy },
    OperatorCase(name: "extrapolatedPairs") { extrapolatedPairs($0[0], by: 5) },
    OperatorCase(name: "conv2d") { conv2d($0[0], $0[1], bias: $0[2], padding: 1) },
    OperatorCase(name: "conv2d with stride") { conv2d($0[0], $0[1], stride: 2, padding: 1) },
    OperatorCase(name: "conv2d of points") { conv2d($0[0], $0[1]) },
    OperatorCase(name: "convTranspose2d") { convTranspose2d($0[0], $0[1], bias: $0[2], stride: 2, padding: 1) },
    OperatorCase(name: "upsampleNearest") { upsampleNearest($0[0], factor: 2) },
    OperatorCase(name: "averagePool") { averagePool($0[0], size: 2) },
    OperatorCase(name: "maxPool", isSmooth: false) { maxPool($0[0], size: 2) },
  ]
}

/// The files written by `scripts/fixtures/tensors.py`.
enum Fixtures {
  static func path(_ name: String) -> String {
    Bundle.module.bundlePath + "/Fixtures/" + name
  }

  static func tensors(_ names: String...) throws -> [String: Tensor] {
    let all = try names.flatMap { try Safetensors.read(path($0)).tensors }
    return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.tensor) })
  }

  /// Inputs, outputs and gradients of every operator of the table.
  static func operators() throws -> [String: Tensor] {
    try tensors("operators.safetensors", "windows.safetensors", "fused.safetensors")
  }
}

/// What an operator gives for inputs and an upstream gradient.
struct Outcome: Equatable {
  let output: [Float]
  let shape: [Int]
  let gradients: [[Float]]

  init(_ operatorCase: OperatorCase, _ inputs: [Tensor], upstream: Tensor) {
    let tape = Tape()
    let parameters = inputs.enumerated().map { Parameter("input \($0.offset)", $0.element) }
    let result = operatorCase.apply(parameters.map { $0.tensor(on: tape) })
    (output, shape) = (result.array(), result.shape)
    tape.backward(sum(result * upstream))
    gradients = parameters.map { $0.gradient?.array() ?? [] }
  }
}
