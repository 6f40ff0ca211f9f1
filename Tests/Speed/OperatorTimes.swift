import Models
import Tensors

/// What operators take and what they need: for each its `seconds`, in training also those of its gradient (`backward`), its
/// `calls`, and for all calls the floating-point operations of its products (`arithmetic`) and the bytes that it reads and
/// writes (`bytes`), in training also those of its gradient (`backwardBytes`).
extension Bench {
  /// The operators of a step of training, from a tape that measures them.
  func trainingOperators() -> Result {
    let tape = Tape(isTiming: true)
    train(on: tape)
    var values: [String: Double] = [:]
    for timing in tape.timings {
      let name =
        "\(timing.operation) \(timing.shape.map(String.init).joined(separator: "×")) "
        + "(\(timing.inputs.map { $0.map(String.init).joined(separator: "×") }.joined(separator: ", ")))"
      let read = timing.inputs.reduce(0) { $0 + $1.reduce(1, *) }
      let written = timing.shape.reduce(1, *)
      var arithmetic = 0
      if timing.operation == "linear" { arithmetic = 2 * written * (timing.inputs[1].last ?? 0) }
      if timing.operation == "attention" {
        // The last token is read by nobody; scores and mixed values over all positions up to each row's.
        arithmetic = sequences.reduce(0) { $0 + 2 * ($1.count - 1) * $1.count * sizes.width }
      }
      values[name + "|seconds"] = timing.forward
      values[name + "|backward"] = timing.backward
      values[name + "|calls"] = Double(timing.calls)
      values[name + "|arithmetic"] = Double(timing.calls * arithmetic)
      values[name + "|bytes"] = Double(timing.calls * 4 * (read + written))
      values[name + "|backwardBytes"] = Double(timing.calls * 4 * (2 * read + written))
    }
    return Result(values: values)
  }

  /// The operators of sampling, each alone but with the weights of all layers in turn and as many rows on each thread as the
  /// sampler has there.
  func samplingOperators() throws -> Result {
    let (width, inner, layers, head) = (sizes.width, sizes.feedForward, sizes.layers, sizes.imageHead)
    let all = sizes.rows * (sizes.guidance == 1 ? 1 : 2)
    let rows = min(all, 32)
    let steps = sizes.grid * sizes.grid
    let (pieces, size) = (all / rows, Double(model.precision == .fp32 ? 4 : model.precision == .bf16 ? 2 : 1))
    var values: [String: Double] = [:]
    func measure(_ name: String, arithmetic: Int, bytes: Double, _ work: () -> Void) throws {
      let taken = try (0..<3).map { _ in
        let start = ContinuousClock.now
        _ = try inPieces(pieces) { _ in work() }
        return (ContinuousClock.now - start) / .seconds(1)
      }
      values[name + "|seconds"] = taken.min()
      values[name + "|arithmetic"] = Double(pieces * arithmetic)
      values[name + "|bytes"] = Double(pieces) * bytes
    }
    func maps(_ name: String, _ outputs: [Int], from inputs: Int, times: Int) throws {
      let x = Tensor(repeating: 0.5, shape: [rows, inputs])
      let weights = (0..<times).map { _ in
        outputs.map { count in
          let weight = Parameter("w", Tensor(repeating: 0.25, shape: [count, inputs]))
          weight.precision = model.precision
          return weight
        }
      }
      let total = outputs.reduce(0, +)
      let bytes = Double(inputs * total) * size + Double(4 * rows * (inputs + total))
      try measure(
        name, arithmetic: 2 * steps * times * rows * inputs * total, bytes: Double(steps * times) * bytes
      ) {
        for _ in 0..<steps { for layer in weights { _ = linear(x, layer, on: nil) } }
      }
    }
    try maps("queries, keys, values", [width, width, width], from: width, times: layers)
    try measureAttention(rows: rows, steps: steps, measure)
    try maps("output", [width], from: width, times: layers)
    let (x, wide) = (Tensor(repeating: 0.5, shape: [rows, width]), Tensor(repeating: 0.5, shape: [rows, inner]))
    let scale = Tensor(repeating: 1, shape: [width])
    try measure("norms", arithmetic: 0, bytes: Double(32 * steps * layers * rows * width)) {
      for _ in 0..<2 * steps * layers { _ = addedRMSNorm(x, x, weight: scale) }
    }
    try maps("gate, up", [inner, inner], from: width, times: layers)
    try measure("swiGLU", arithmetic: 0, bytes: Double(12 * steps * layers * rows * inner)) {
      for _ in 0..<steps * layers { _ = swiGLU(wide, wide) }
    }
    try maps("down", [width], from: inner, times: layers)
    try maps("image head, first", [head], from: width, times: 1)
    try maps("image head, second", [sizes.codes], from: head, times: 1)
    return Result(values: values)
  }

  /// Attention over a cache that grows from the prompt to the last code.
  private func measureAttention(
    rows: Int, steps: Int,
    _ measure: (_ name: String, _ arithmetic: Int, _ bytes: Double, _ work: () -> Void) throws -> Void
  ) throws {
    let (layers, width, prompt) = (sizes.layers, sizes.width, sizes.prompt + 1)
    let x = Tensor(repeating: 0.5, shape: [rows, sizes.heads, width / sizes.heads])
    let read = (0..<layers).map { _ in Tensor(repeating: 0.5, shape: [prompt, sizes.heads, width / sizes.heads]) }
    let prefix = KeyValuePrefix(keys: read, values: read, range: 0..<prompt)
    let positions = (0..<steps).reduce(0) { $0 + prompt + $1 + 1 }
    // Keys and values of all positions so far, for every row.
    let numbers = 2 * layers * rows * positions * width
    try measure("attention", 2 * numbers, Double(4 * numbers)) {
      let cache = KeyValueCache(
        layers: layers, rows: rows, capacity: steps, heads: sizes.heads, headWidth: width / sizes.heads,
        turning: (10_000, prompt + steps))
      for row in 0..<rows { cache.begin(row: row, after: prefix) }
      for _ in 0..<steps {
        for layer in 0..<layers {
          _ = cachedAttention(x, x, x, cache: cache, layer: layer, rows: Array(0..<rows))
        }
        cache.advance(rows: Array(0..<rows))
      }
    }
  }
}
