import Testing

@testable import Models

struct TokenDrawTests {
  private let probabilities: [Float] = [0.1, 0.4, 0.2, 0.05, 0.25]

  private func draw(_ uniform: Float, topK: Int? = nil, topP: Float = 1, from values: [Float]? = nil) -> Int32? {
    (values ?? probabilities).withUnsafeBufferPointer {
      TokenDraw.token($0, uniform: uniform, options: SamplingOptions(topK: topK, topP: topP))
    }
  }

  @Test func `a draw inverts the cumulative distribution`() {
    let uniforms: [Float] = [0.001, 0.0999, 0.101, 0.499, 0.501, 0.699, 0.701, 0.749, 0.751, 0.999]
    #expect(uniforms.map { draw($0) } == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
  }

  @Test func `the likeliest token alone is drawn with topK 1 or a tiny topP`() {
    for uniform: Float in [1e-6, 0.3, 0.6, 0.999_999] {
      #expect(draw(uniform, topK: 1) == 1)
      #expect(draw(uniform, topP: 1e-9) == 1)
    }
  }

  @Test func `what is kept is drawn in the order of the numbers, in proportion`() {
    // topK 2 keeps tokens 1 and 4 with 0.4 and 0.25: the border lies at 0.4 / 0.65 = 0.615.
    #expect([0.01, 0.61, 0.62, 0.99].map { draw($0, topK: 2) } == [1, 1, 4, 4])
    // topP 0.7 needs 0.4 + 0.25 + 0.2: tokens 1, 2, 4, with borders at 0.471 and 0.706.
    #expect([0.01, 0.46, 0.48, 0.70, 0.71, 0.99].map { draw($0, topP: 0.7) } == [1, 1, 2, 2, 4, 4])
    // topP is a share of what topK left: 0.6 · 0.65 = 0.39 is reached by token 1 alone.
    #expect(draw(0.99, topK: 2, topP: 0.6) == 1)
  }

  @Test func `filters that keep everything change nothing`() {
    for uniform: Float in [0.05, 0.3, 0.55, 0.72, 0.9] {
      #expect(draw(uniform, topK: 5) == draw(uniform))
      #expect(draw(uniform, topK: 500) == draw(uniform))
    }
  }

  @Test func `of equally likely tokens the lower number is kept`() {
    #expect(draw(0.9, topK: 1, from: [0.25, 0.25, 0.25, 0.25]) == 0)
    #expect(draw(0.9, topK: 2, from: [0.25, 0.25, 0.25, 0.25]) == 1)
  }

  @Test func `a token of probability 0 is never drawn`() {
    for uniform: Float in [0x1p-24, 0.5, 1 - 0x1p-24] {
      #expect(draw(uniform, from: [0, 1, 0]) == 1)
    }
  }

  @Test func `nothing is drawn from numbers that are no distribution`() {
    #expect(draw(0.5, from: [0.5, .nan, 0.5]) == nil)
    #expect(draw(0.5, from: [0, 0]) == nil)
    #expect(draw(0.5, topK: 1, from: [.nan, .nan]) == nil)
  }

  @Test(arguments: [
    (SamplingOptions(temperature: 0), "temperature is 0.0, but must be above 0 (topK 1 always takes the likeliest)"),
    (SamplingOptions(temperature: .nan), "temperature is nan, but must be above 0 (topK 1 always takes the likeliest)"),
    (SamplingOptions(guidance: .infinity), "guidance is inf, but must be a finite number"),
    (SamplingOptions(topK: 0), "topK is 0, but must be at least 1"),
    (SamplingOptions(topP: 0), "topP is 0.0, but must be above 0 and at most 1"),
    (SamplingOptions(topP: 1.5), "topP is 1.5, but must be above 0 and at most 1"),
    (SamplingOptions(maximumRationale: -1), "maximumRationale is -1, but must be at least 0"),
  ])
  func `an option out of its range is refused`(options: SamplingOptions, message: String) {
    let error = #expect(throws: ModelError.self) { try options.check() }
    #expect(error?.description == message)
  }
}
