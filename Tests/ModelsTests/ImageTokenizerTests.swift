import Foundation
import Primitives
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct ImageTokenizerTests {
  /// The sizes of the fixture.
  private static let small = {
    var sizes = ImageTokenizer.Configuration()
    (sizes.imageSize, sizes.grid, sizes.codes, sizes.codeWidth, sizes.channels) = (16, 4, 16, 4, 6)
    return sizes
  }()

  /// A picture with one rectangle on the background.
  private static func picture(_ side: Int = 16, x: Int, y: Int, width: Int = 5, height: Int = 6) -> Bitmap {
    var picture = Bitmap(width: side, height: side, fill: Bitmap.Color(196, 200, 204))
    picture.draw(Bitmap(width: width, height: height, fill: Bitmap.Color(30, 90, 250)), x: x, y: y)
    return picture
  }

  @Test func `features, codes, pictures and gradients are those of PyTorch`() throws {
    let fixture = try ImageFixture("image_tokenizer")
    let tokenizer = ImageTokenizer(Self.small, .zeros)
    try fixture.assign(to: tokenizer.parameters)
    let pixels = tokenizer.pixels(of: try fixture.pictures())
    let tape = Tape()
    let result = tokenizer.reconstruct(pixels, tape: tape)
    // Sums of up to 54 products of numbers near 1 in single precision, in five layers.
    expectClose(result.features.array(), try fixture["features"].array(), absolute: 2e-6, "features")
    #expect(result.codes == (try fixture["codes"]).array().map { Int32($0) })
    expectClose(result.pixels.array(), try fixture["pixels"].array(), absolute: 1e-5, relative: 1e-5, "pixels")
    expectClose([result.commitment.scalar], try fixture["commitment"].array(), absolute: 1e-6, "commitment")
    tape.backward(mean(square(result.pixels - pixels)) + result.commitment * 0.25)
    #expect(tokenizer.codebook.vectors.gradient == nil)
    for parameter in tokenizer.trainedParameters {
      let expected = try fixture["gradient " + parameter.name].array()
      let gradient = try #require(parameter.gradient).array()
      expectClose(gradient, expected, absolute: 2e-5, relative: 1e-4, parameter.name)
    }
  }

  @Test func `a picture has the same codes alone and among others, and so has a painting`() {
    let tokenizer = ImageTokenizer(Self.small, seed: 3)
    let pictures = (0..<35).map { Self.picture(x: $0 % 11, y: $0 / 4) }
    let together = tokenizer.encode(pictures)
    #expect(together.count == 35 && together.allSatisfy { $0.count == 16 })
    #expect(together == pictures.map { tokenizer.encode([$0])[0] })
    #expect(Set(together).count > 5)
    #expect(tokenizer.decode(together) == together.map { tokenizer.decode([$0])[0] })
    #expect(tokenizer.decode([]).isEmpty && tokenizer.encode([]).isEmpty)
  }

  @Test(arguments: [(0, 0), (4, 0), (8, 8), (0, 8), (4, 4)])
  func `an object has the same codes wherever it stands, the edge included`(at corner: (x: Int, y: Int)) {
    let tokenizer = ImageTokenizer(Self.small, seed: 3)
    func block(_ x: Int, _ y: Int) -> [Int32] {
      let codes = tokenizer.encode([Self.picture(x: x, y: y)])[0]
      return (0..<2).flatMap { row in (0..<2).map { codes[4 * (y / 4 + row) + x / 4 + $0] } }
    }
    #expect(block(corner.x, corner.y) == block(4, 4))
    let empty = tokenizer.encode([Self.picture(x: 16, y: 16)])[0]
    #expect(Set(empty).count == 1)
    #expect(Set(block(4, 4)).union(empty).count > 1)
  }

  @Test func `pixels are distances from the background, and what is missing is background`() {
    var sizes = Self.small
    (sizes.imageSize, sizes.grid) = (2, 1)
    let tokenizer = ImageTokenizer(sizes, seed: 0)
    let one = Bitmap(width: 1, height: 2, fill: Bitmap.Color(4, 200, 255))
    let pixels = tokenizer.pixels(of: [one])
    #expect(pixels.shape == [1, 3, 2, 2])
    #expect(pixels.array() == [-1.5, 0, -1.5, 0, 0, 0, 0, 0, 0.3984375, 0, 0.3984375, 0])
  }

  @Test func `the tiny tokenizer has at most 0.6 million weights under Janus-Pro's names`() {
    let tokenizer = ImageTokenizer(ImageTokenizer.Configuration(), seed: 0)
    #expect(tokenizer.parameters.reduce(0) { $0 + $1.value.count } <= 600_000)
    #expect(tokenizer.codebook.vectors.name == "gen_vision_model.quantize.embedding.weight")
    #expect(tokenizer.codebook.vectors.value.shape == [512, 8])
    #expect(Set(tokenizer.parameters.map(\.name)).count == tokenizer.parameters.count)
    #expect(tokenizer.parameters.allSatisfy { $0.name.hasPrefix("gen_vision_model.") })
  }

  @Test func `sizes that do not fit are refused in words`() throws {
    var sizes = ImageTokenizer.Configuration()
    try sizes.check()
    sizes.grid = 12
    let odd = #expect(throws: ModelError.self) { try sizes.check() }
    #expect(odd?.description == "imageSize is 64, but must be an even multiple of the grid's side 12, at most 4096")
    sizes.grid = 0
    #expect(throws: ModelError.setting(name: "grid", value: "0", expected: "from 1 to 256")) { try sizes.check() }
    sizes = ImageTokenizer.Configuration()
    sizes.background = [1, 2, 300]
    #expect(throws: ModelError.self) { try sizes.check() }
  }
}

@Suite struct CodebookTests {
  private static func codebook(_ rows: [[Float]]) -> ImageTokenizer.Codebook {
    var sizes = ImageTokenizer.Configuration()
    (sizes.codes, sizes.codeWidth) = (rows.count, rows[0].count)
    let codebook = ImageTokenizer.Codebook(sizes, .zeros)
    codebook.vectors.value = Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
    return codebook
  }

  @Test func `the nearest code is the one of the least distance, the first of equals`() {
    let codebook = Self.codebook([[1, 0], [0, 1], [0, 1], [-0.6, 0.8]])
    let features = Tensor([0.8, 0.6, 0.6, 0.8, -1, 0, 0, -1], shape: [4, 2])
    // Products with the codes: (0.8 …), (… 0.8 …), (… 0.6), (0 …).
    #expect(codebook.nearest(to: features) == [0, 1, 3, 0])
  }

  @Test func `a code moves towards the mean of its features and keeps its length`() {
    let codebook = Self.codebook([[1, 0], [0, 1]])
    let features = Tensor([0.6, 0.8, 0.8, 0.6], shape: [2, 2])
    codebook.follow(features, codes: [0, 0], decay: 0.5)
    // Two features keep 0.25 of (1, 0) and add 0.75 of (0.7, 0.7): (0.775, 0.525), of length 0.9360823.
    expectClose(
      codebook.vectors.value.array(), [0.8279185, 0.5608480, 0, 1], absolute: 1e-6, "vectors")
  }

  @Test func `unused codes go to the features that are served worst, each to another one`() {
    let codebook = Self.codebook([[1, 0], [0, 1], [0, 1]])
    let features = Tensor([1, 0, -1, 0, 0, -1, 1, 0], shape: [4, 2])
    var generator = RandomStream(seed: 5, purpose: "test").generator()
    codebook.reseed([1, 2], features: features, codes: [0, 0, 0, 0], with: &generator)
    let places = Set(codebook.nearest(to: features))
    #expect(places == [0, 1, 2])
    #expect(codebook.vectors.value.array().prefix(2) == [1, 0])
  }

  @Test func `nothing moves when every feature is on its code`() {
    let codebook = Self.codebook([[1, 0], [0, 1]])
    var generator = RandomStream(seed: 5, purpose: "test").generator()
    codebook.reseed([1], features: Tensor([1, 0], shape: [1, 2]), codes: [0], with: &generator)
    #expect(codebook.vectors.value.array() == [1, 0, 0, 1])
  }
}

/// A file written by `scripts/fixtures/vision.py`.
struct ImageFixture {
  private let content: Safetensors.Content

  init(_ name: String) throws {
    content = try Safetensors.read(Bundle.module.bundlePath + "/Fixtures/\(name).safetensors")
  }

  subscript(name: String) -> Tensor {
    get throws { try #require(content[name], "the fixture has no \(name)") }
  }

  func assign(to parameters: [Parameter]) throws {
    for parameter in parameters {
      let value = try self[parameter.name]
      try #require(parameter.value.shape == value.shape, "\(parameter.name)")
      parameter.value = value
    }
  }

  /// The pictures, which are stored as planes of bytes.
  func pictures() throws -> [Bitmap] {
    let planes = try self["pictures"]
    let (side, values) = (planes.shape[3], planes.array())
    return try (0..<planes.shape[0]).map { index in
      let bytes = (0..<(3 * side * side)).map { place in
        UInt8(values[(3 * index + place % 3) * side * side + place / 3])
      }
      return try #require(Bitmap(width: side, height: side, bytes: bytes))
    }
  }
}
