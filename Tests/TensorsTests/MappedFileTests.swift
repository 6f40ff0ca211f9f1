import Foundation
import Primitives
import Testing

@testable import Tensors

struct MappedFileTests {
  private func withFile(_ data: Data, _ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "easel-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try AtomicFile.write(data, to: path)
    try body(path)
  }

  private let values = (0..<5000).map { Float($0) * 0.5 }

  @Test func `numbers of 32 bits stay in the file, others are converted`() throws {
    let tensor = Tensor(values, shape: [50, 100])
    for precision in Safetensors.Precision.allCases {
      try withFile(Safetensors.bytes([("w", tensor), ("none", Tensor(zeros: [0]))], precision: precision)) { path in
        let read = try Safetensors.read(path)
        #expect(read["w"]?.storage.isLent == (precision == .float32))
        #expect(read["w"]?.shape == [50, 100])
        #expect(read["none"]?.shape == [0])
        guard precision == .float32 else { return }
        #expect(read["w"]?.array() == values)
      }
    }
  }

  @Test func `numbers that do not lie at a multiple of 4 are converted`() throws {
    let header = #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    for padding in 0..<4 {
      let text = header + String(repeating: " ", count: padding)
      var data = Data()
      withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { data.append(contentsOf: $0) }
      data += Data(text.utf8)
      for value: Float in [1.5, -2] {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      }
      try withFile(data) { path in
        let read = try Safetensors.read(path)
        #expect(read["w"]?.array() == [1.5, -2])
        #expect(read["w"]?.storage.isLent == (text.utf8.count % 4 == 0))
      }
    }
  }

  @Test func `training on what was read changes neither the file nor what others have read`() throws {
    try withFile(Safetensors.bytes([("w", Tensor(values, shape: [5000]))])) { path in
      let before = try AtomicFile.read(path)
      let parameter = Parameter("w", try #require(try Safetensors.read(path)["w"]))
      let other = try #require(try Safetensors.read(path)["w"])
      parameter.gradient = Tensor(repeating: 1, shape: [5000])
      AdamW([parameter], learningRate: 0.25, weightDecay: 0).step()
      // The first step of AdamW is the learning rate against the gradient's sign.
      #expect(abs((parameter.value.array().last ?? 0) - (2499.5 - 0.25)) < 1e-3)
      #expect(other.array() == values)
      #expect(try AtomicFile.read(path) == before)
    }
  }

  @Test func `a file that is replaced while it is in use keeps what was read`() throws {
    try withFile(Safetensors.bytes([("w", Tensor(values, shape: [5000]))])) { path in
      let read = try #require(try Safetensors.read(path)["w"])
      try Safetensors.write([("w", read * 2)], to: path)
      #expect(read.array() == values)
      #expect(try Safetensors.read(path)["w"]?.array() == values.map { $0 * 2 })
    }
  }

  @Test func `a file cut short is an error that says where, at whatever byte`() throws {
    let whole = try Safetensors.bytes([("w", Tensor([1, 2], shape: [2]))])
    for length in 0..<whole.count {
      try withFile(whole.prefix(length)) { path in
        #expect(throws: TensorsError.self) { try Safetensors.read(path) }
      }
    }
    try withFile(whole.prefix(whole.count - 3)) { path in
      let error = #expect(throws: TensorsError.self) { try Safetensors.read(path) }
      #expect(error == .truncated("the tensor 'w'", needed: whole.count, found: whole.count - 3))
    }
  }

  @Test func `no file, and a folder in its place, are errors of reading`() {
    #expect(throws: AtomicFile.Failure.unreadable("/nowhere", reason: "there is no such file")) {
      try Safetensors.read("/nowhere")
    }
    #expect(throws: AtomicFile.Failure.self) { try Safetensors.read("/tmp") }
  }

  @Test(arguments: [0, 1, 1023, 1024, 5000])
  func `blank tensors are zeros that can be written`(count: Int) {
    var tensor = Tensor(blank: [count])
    #expect(tensor.array() == Array(repeating: 0, count: count))
    #expect(tensor.storage.isLent == (count >= 1024))
    let copy = tensor
    tensor.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] = 3 } }
    #expect(tensor.array() == Array(repeating: 3, count: count))
    #expect(copy.array() == Array(repeating: 0, count: count))
  }
}
