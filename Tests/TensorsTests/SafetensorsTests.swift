import Foundation
import Tensors
import Testing

struct SafetensorsTests {
  private func file(_ header: String, numbers: Int = 0) -> Data {
    var data = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    return data + Data(header.utf8) + Data(count: numbers)
  }

  @Test func `a file of the safetensors package is read in all kinds of numbers`() throws {
    let content = try Safetensors.read(Fixtures.path("kinds.safetensors"))
    #expect(content.metadata == ["note": "line\nbreak", "format": "pt"])
    let expected: [Float] = [0, -0.0, 1, -2.5, 65504, 1e-7, 3.14159274, .infinity, 1e-5, 0.1]
    #expect(content["single"]?.array().map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(content["single"]?.shape == [2, 5])
    // The nearest half-precision and bfloat16 numbers, worked out by hand from their spacing.
    let half: [Float] = [0, -0.0, 1, -2.5, 65504, 0x1p-23, 3.140625, .infinity, 0x1.5p-17, 0.0999755859375]
    #expect(content["half"]?.array() == half)
    #expect(content["brain"]?.array()[6] == 3.140625)
    #expect(content["empty"]?.shape == [0, 3])
    #expect(content["ü \"quoted\""]?.array() == [7])
  }

  @Test(arguments: Safetensors.Precision.allCases)
  func `what is written is read again`(precision: Safetensors.Precision) throws {
    // Numbers that every kind can hold.
    let tensors = [
      ("b/second", Tensor([1, -2, 0.5, 0.09375], shape: [2, 2])), ("a \"first\"\n", Tensor([3], shape: [])),
      ("none", Tensor([], shape: [0])),
    ]
    let bytes = try Safetensors.bytes(tensors, metadata: ["k": "v\t\\"], precision: precision)
    let content = try Safetensors.read(bytes)
    #expect(content.tensors.map(\.name).sorted() == tensors.map(\.0).sorted())
    for (name, tensor) in tensors {
      #expect(content[name]?.array() == tensor.array())
      #expect(content[name]?.shape == tensor.shape)
    }
    #expect(content.metadata == ["k": "v\t\\"])
    let header = bytes.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    #expect(header % 8 == 0, "numbers do not start at a multiple of 8")
  }

  @Test func `rounding to half precision and bfloat16 is to the nearest, the even one of two`() throws {
    let values: [Float] = [0x1.002p0, 0x1.006p0, 0x1.003p0, 65519, 65520, 0x1p-25, 0x1.8p-25, -1e30]
    let half: [Float] = [1, 0x1.008p0, 0x1.004p0, 65504, .infinity, 0, 0x1p-24, -.infinity]
    let read = try Safetensors.read(Safetensors.bytes([("x", Tensor(values, shape: [8]))], precision: .float16))
    #expect(read["x"]?.array() == half)
    let more: [Float] = [0x1.01p0, 0x1.03p0, .greatestFiniteMagnitude, 0x1p-149]
    let brain: [Float] = [1, 0x1.04p0, .infinity, 0]
    let again = try Safetensors.read(Safetensors.bytes([("x", Tensor(more, shape: [4]))], precision: .bfloat16))
    #expect(again["x"]?.array() == brain)
  }

  @Test func `a file that ends early is an error that says where, at whatever byte`() throws {
    let whole = try Safetensors.bytes([("w", Tensor([1, 2], shape: [2]))], metadata: [:])
    for length in 0..<whole.count {
      #expect(throws: TensorsError.self) { try Safetensors.read(whole.prefix(length)) }
    }
    let error = #expect(throws: TensorsError.self) { try Safetensors.read(whole.prefix(whole.count - 3)) }
    #expect(error == .truncated("the tensor 'w'", needed: whole.count, found: whole.count - 3))
    #expect(throws: TensorsError.malformedHeader("1 bytes at the end belong to no tensor")) {
      try Safetensors.read(whole + Data([0]))
    }
  }

  static let defects: [(String, Int, String)] = [
    ("nonsense", 0, "the safetensors header cannot be read: it is not a JSON object; is it a safetensors file?"),
    (
      #"{"w":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#, 8,
      "the tensor 'w' holds numbers of kind I64; F32, F16 and BF16 can be read"
    ),
    (
      #"{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8,
      "the safetensors file contradicts itself about 'w': the shape [3] needs 12 bytes and it has 8; "
        + "write or download the file again"
    ),
    (
      #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8,
      "the safetensors file contradicts itself about 'w': its numbers start at byte 4, not at 0; "
        + "write or download the file again"
    ),
    (
      #"{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, 8,
      "the safetensors file contradicts itself about 'w': its shape is [4611686018427387904, 4]; "
        + "write or download the file again"
    ),
    (
      #"{"w":{"shape":[1],"data_offsets":[0,4]}}"#, 4,
      "the safetensors header cannot be read: the entry 'w' lacks dtype, shape or data_offsets; "
        + "is it a safetensors file?"
    ),
    (
      #"{"__metadata__":{"a":1}}"#, 0,
      "the safetensors header cannot be read: its metadata are not texts; is it a safetensors file?"
    ),
  ]

  @Test(arguments: defects)
  func `a defect is an error in the user's words`(header: String, numbers: Int, message: String) {
    let error = #expect(throws: TensorsError.self) { try Safetensors.read(file(header, numbers: numbers)) }
    #expect(error?.description == message)
  }

  @Test func `a header that claims to be huge is not believed`() {
    let data = Data([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7B])
    #expect(throws: TensorsError.malformedHeader("it claims to be 18446744073709551615 bytes long")) {
      try Safetensors.read(data)
    }
  }

  @Test func `two tensors of one name are not written`() {
    let one = Tensor(1)
    #expect(throws: TensorsError.duplicateName("w")) { try Safetensors.bytes([("w", one), ("w", one)]) }
  }
}
