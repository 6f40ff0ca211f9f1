public import Foundation
import Primitives

/// Files of named tensors in the format of the safetensors library: the header's length (8 bytes,
/// little-endian), the header in JSON, then the numbers.
///
/// Source: <https://github.com/huggingface/safetensors>, section "Format".
public enum Safetensors {
  /// How numbers are stored.
  public enum Precision: String, Sendable, CaseIterable {
    /// All 32 bits.
    case float32 = "F32"
    /// IEEE half precision: 11 bits of a number between 6e-8 and 65 504.
    case float16 = "F16"
    /// The upper 16 bits of a 32-bit float: 8 bits of a number.
    case bfloat16 = "BF16"

    /// Bytes of one number.
    var size: Int { self == .float32 ? 4 : 2 }
  }

  /// What a file holds.
  public struct Content {
    /// Names and tensors in the order of their numbers in the file.
    public let tensors: [(name: String, tensor: Tensor)]
    /// Texts that were stored along.
    public let metadata: [String: String]

    /// The tensor of a name, if there is one.
    public subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }
  }

  /// The longest header that is read; the reference implementation has the same bound.
  private static let longestHeader = 100_000_000

  /// Writes a file, whole or not at all.
  ///
  /// - Parameters:
  ///   - tensors: names and tensors, in order.
  ///   - metadata: texts to store along.
  ///   - precision: how numbers are stored.
  ///   - path: the file.
  /// - Throws: ``TensorsError/duplicateName(_:)``, or `AtomicFile.Failure` if the file cannot be written.
  public static func write(
    _ tensors: [(String, Tensor)], metadata: [String: String] = [:], precision: Precision = .float32,
    to path: String
  ) throws {
    let start = try start(tensors, metadata: metadata, precision: precision)
    // One tensor after the other, so that writing takes no memory of the file's size.
    let pieces = (0...tensors.count).lazy.map { $0 == 0 ? start : numbers(of: tensors[$0 - 1].1, precision) }
    try AtomicFile.write(pieces: pieces, to: path)
  }

  /// The bytes of a file.
  ///
  /// - Parameters:
  ///   - tensors: names and tensors, in order.
  ///   - metadata: texts to store along.
  ///   - precision: how numbers are stored.
  /// - Throws: ``TensorsError/duplicateName(_:)``.
  public static func bytes(
    _ tensors: [(String, Tensor)], metadata: [String: String] = [:], precision: Precision = .float32
  ) throws -> Data {
    var file = try start(tensors, metadata: metadata, precision: precision)
    for (_, tensor) in tensors { file.append(numbers(of: tensor, precision)) }
    return file
  }

  /// What stands before the numbers: the header and its length.
  private static func start(
    _ tensors: [(String, Tensor)], metadata: [String: String], precision: Precision
  ) throws(TensorsError) -> Data {
    var fields: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map { "\($0.key.inJSON):\($0.value.inJSON)" }
      fields.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var (names, start) = (Set<String>(), 0)
    for (name, tensor) in tensors {
      guard name != "__metadata__", names.insert(name).inserted else { throw .duplicateName(name) }
      let end = start + precision.size * tensor.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(name.inJSON):{\"dtype\":\"\(precision.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(start),\(end)]}")
      start = end
    }
    var header = Data("{\(fields.joined(separator: ","))}".utf8)
    // Numbers start at a multiple of a cache line, so that a reader may map them and use them in place.
    while (header.count + 8) % 64 != 0 { header.append(UInt8(ascii: " ")) }
    var file = Data()
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
    return file + header
  }

  /// Reads a file.
  ///
  /// Numbers of 32 bits are used where they lie in the file: they take memory only once they are looked at, memory that the
  /// system may take back, and become the program's own where they are changed. All others are converted.
  ///
  /// - Parameter path: the file; it may be replaced meanwhile, but not rewritten in place.
  /// - Returns: tensors in the order of their numbers, and the metadata.
  /// - Throws: ``TensorsError`` for every defect of the content, `AtomicFile.Failure` if there is no such file.
  public static func read(_ path: String) throws -> Content {
    guard let file = try MappedFile(path), let start = file.bytes.baseAddress else {
      return try read(AtomicFile.read(path))
    }
    // The bytes outlive what looks at them here: the tensors that keep them keep the file.
    return try read(Data(bytesNoCopy: start, count: file.bytes.count, deallocator: .none), mapped: file)
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameter bytes: the whole file.
  /// - Returns: tensors in the order of their numbers, and the metadata.
  /// - Throws: ``TensorsError`` for every defect.
  public static func read(_ bytes: Data) throws(TensorsError) -> Content {
    try read(bytes.startIndex == 0 ? bytes : Data(bytes), mapped: nil)
  }

  private static func read(_ bytes: Data, mapped file: MappedFile?) throws(TensorsError) -> Content {
    guard bytes.count >= 8 else { throw .truncated("the length of the header", needed: 8, found: bytes.count) }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
    guard length <= UInt64(longestHeader) else { throw .malformedHeader("it claims to be \(length) bytes long") }
    let start = 8 + Int(length)
    guard bytes.count >= start else { throw .truncated("the header", needed: start, found: bytes.count) }
    let entries = try header(bytes[8..<start])
    var (next, tensors) = (0, [(name: String, tensor: Tensor)]())
    for entry in entries.tensors.sorted(by: { ($0.range.lowerBound, $0.name) < ($1.range.lowerBound, $1.name) }) {
      guard entry.range.lowerBound == next else {
        throw .inconsistentTensor(entry.name, "its numbers start at byte \(entry.range.lowerBound), not at \(next)")
      }
      next = entry.range.upperBound
      guard start + next <= bytes.count else {
        throw .truncated("the tensor '\(entry.name)'", needed: start + next, found: bytes.count)
      }
      let place = start + entry.range.lowerBound
      tensors.append((entry.name, tensor(entry, of: file, at: place) ?? tensor(entry, bytes, from: place)))
    }
    guard start + next == bytes.count else {
      throw .malformedHeader("\(bytes.count - start - next) bytes at the end belong to no tensor")
    }
    return Content(tensors: tensors, metadata: entries.metadata)
  }

  private struct Entry {
    let name: String
    let precision: Precision
    let shape: [Int]
    let range: Range<Int>
  }

  private static func header(
    _ json: Data
  ) throws(TensorsError) -> (tensors: [Entry], metadata: [String: String]) {
    guard let object = (try? JSONSerialization.jsonObject(with: json)) as? [String: Any] else {
      throw .malformedHeader("it is not a JSON object")
    }
    var (entries, metadata) = ([Entry](), [String: String]())
    for (name, value) in object.sorted(by: { $0.key < $1.key }) {
      if name == "__metadata__" {
        guard let texts = value as? [String: String] else { throw .malformedHeader("its metadata are not texts") }
        metadata = texts
        continue
      }
      guard let fields = value as? [String: Any], let kind = fields["dtype"] as? String,
        let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int], offsets.count == 2
      else { throw .malformedHeader("the entry '\(name)' lacks dtype, shape or data_offsets") }
      guard let precision = Precision(rawValue: kind) else { throw .unknownNumberKind(name, kind) }
      guard offsets[0] >= 0, offsets[1] >= offsets[0] else {
        throw .inconsistentTensor(name, "its bytes run from \(offsets[0]) to \(offsets[1])")
      }
      var size = precision.size
      for axis in shape {
        let (product, overflow) = size.multipliedReportingOverflow(by: axis)
        guard axis >= 0, !overflow else { throw .inconsistentTensor(name, "its shape is \(shape)") }
        size = product
      }
      guard offsets[1] - offsets[0] == size else {
        throw .inconsistentTensor(name, "the shape \(shape) needs \(size) bytes and it has \(offsets[1] - offsets[0])")
      }
      entries.append(Entry(name: name, precision: precision, shape: shape, range: offsets[0]..<offsets[1]))
    }
    return (entries, metadata)
  }

  /// A tensor whose numbers stay in the file, if they can be used as they are.
  private static func tensor(_ entry: Entry, of file: MappedFile?, at place: Int) -> Tensor? {
    guard let file, entry.precision == .float32, place % MemoryLayout<Float>.alignment == 0, !entry.range.isEmpty,
      1.littleEndian == 1, let start = file.bytes.baseAddress
    else { return nil }
    let numbers = (start + place).assumingMemoryBound(to: Float.self)
    return Tensor(storage: Storage(numbers, count: entry.range.count / 4, of: file), shape: entry.shape)
  }

  private static func tensor(_ entry: Entry, _ bytes: Data, from start: Int) -> Tensor {
    let result = Tensor(unwritten: entry.shape)
    let target = result.target
    bytes.withUnsafeBytes { raw in
      for index in 0..<result.count {
        switch entry.precision {
        case .float32:
          let bits = raw.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
          target[index] = Float(bitPattern: UInt32(littleEndian: bits))
        case .float16:
          target[index] = half(raw.loadUnaligned(fromByteOffset: start + 2 * index, as: UInt16.self).littleEndian)
        case .bfloat16:
          let bits = raw.loadUnaligned(fromByteOffset: start + 2 * index, as: UInt16.self).littleEndian
          target[index] = Float(bitPattern: UInt32(bits) << 16)
        }
      }
    }
    return result
  }

  /// A tensor's numbers as they are stored.
  private static func numbers(of tensor: Tensor, _ precision: Precision) -> Data {
    tensor.withUnsafeBufferPointer { source in
      switch precision {
      // A closure: a key path is looked up anew for every number.
      case .float32: source.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
      case .float16: source.map { half($0).littleEndian }.withUnsafeBytes { Data($0) }
      case .bfloat16: source.map { upperHalf($0).littleEndian }.withUnsafeBytes { Data($0) }
      }
    }
  }

  /// The value of a half-precision number.
  private static func half(_ bits: UInt16) -> Float {
    let (exponent, fraction) = (UInt32(bits >> 10 & 0x1F), UInt32(bits & 0x3FF))
    let sign = UInt32(bits & 0x8000) << 16
    switch exponent {
    case 0: return (sign == 0 ? 1 : -1) * Float(fraction) * 0x1p-24
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The nearest half-precision number, the even one of two; beyond the range infinity.
  private static func half(_ value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16 & 0x8000)
    let size = value.magnitude
    if size.isNaN { return sign | 0x7E00 }
    if size >= 65520 { return sign | 0x7C00 }
    if size < 0x1p-14 { return sign | UInt16((size * 0x1p24).rounded(.toNearestOrEven)) }
    let bits = size.bitPattern
    let rounded = bits + 0xFFF + (bits >> 13 & 1)
    return sign | UInt16((rounded >> 13) - (112 << 10))
  }

  /// The nearest bfloat16, the even one of two.
  private static func upperHalf(_ value: Float) -> UInt16 {
    if value.isNaN { return UInt16(value.bitPattern >> 16) | 0x40 }
    let bits = value.bitPattern
    return UInt16((bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
