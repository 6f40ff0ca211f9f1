import Primitives
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct VisionEncoderTests {
  /// The sizes of the fixture.
  private static let small = {
    var sizes = VisionEncoder.Configuration()
    (sizes.imageSize, sizes.patchSize, sizes.width, sizes.layers) = (16, 4, 12, 2)
    (sizes.heads, sizes.feedForward, sizes.outputWidth) = (3, 20, 10)
    return sizes
  }()

  @Test func `states, embeddings and gradients are those of transformers`() throws {
    let fixture = try ImageFixture("vision")
    let encoder = VisionEncoder(Self.small, .zeros)
    try fixture.assign(to: encoder.parameters)
    let pictures = try fixture.pictures()
    let planes = try fixture["pictures"]
    let states = encoder.features(planes / 127.5 - 1, tape: nil)
    #expect(states.shape == [32, 12])
    // Two layers and three norms in single precision against double.
    expectClose(states.array(), try fixture["states"].array(), absolute: 2e-5, relative: 2e-5, "states")
    let tape = Tape()
    let output = encoder(pictures, tape: tape)
    #expect(output.shape == [32, 10])
    expectClose(output.array(), try fixture["output"].array(), absolute: 2e-5, relative: 2e-5, "output")
    tape.backward(sum(output * (try fixture["upstream"]).reshaped([32, 10])))
    for parameter in encoder.parameters {
      let expected = try fixture["gradient " + parameter.name].array()
      let gradient = try #require(parameter.gradient, "\(parameter.name)").array()
      expectClose(gradient, expected, absolute: 1e-3, relative: 1e-3, parameter.name)
    }
  }

  @Test func `the tiny encoder gives 64 embeddings of the decoder's width, alone as among others`() {
    let encoder = VisionEncoder(VisionEncoder.Configuration(), seed: 4)
    let pictures = [Bitmap.Color(255, 0, 0), Bitmap.Color(0, 0, 255)].map {
      Bitmap(width: 64, height: 64, fill: $0)
    }
    let both = encoder(pictures)
    #expect(both.shape == [128, 128])
    #expect(both.isFinite)
    #expect(encoder([pictures[1]]).array() == Array(both.array().suffix(64 * 128)))
    #expect(Array(both.array().prefix(64 * 128)) != Array(both.array().suffix(64 * 128)))
  }

  @Test func `sizes that do not fit are refused in words`() throws {
    var sizes = VisionEncoder.Configuration()
    try sizes.check()
    sizes.patchSize = 7
    let error = #expect(throws: ModelError.self) { try sizes.check() }
    #expect(error?.description == "imageSize is 64, but must be a multiple of the patch's side 7, at most 4096")
    sizes = VisionEncoder.Configuration()
    sizes.heads = 5
    #expect(throws: ModelError.self) { try sizes.check() }
  }
}
