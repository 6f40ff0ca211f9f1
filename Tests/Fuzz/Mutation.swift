public import Primitives

/// Makes inputs that are almost programs out of programs: cut, doubled, mixed and sprinkled with signs.
public struct Mutation {
  private let programs: [[UInt8]]
  private static let signs = Array("(){}[]\"\\:.,$#|>%=-+ \n0e".utf8) + [0, 0x80, 0xFF, 0xE2]

  /// - Parameter programs: what is mutated.
  public init(_ programs: [[UInt8]]) { self.programs = programs }

  /// An input; the same for the same generator.
  ///
  /// Short, since long programs mostly fail in their first line.
  public func input(_ generator: inout RandomGenerator) -> String {
    guard var bytes = generator.pick(programs), let other = generator.pick(programs), !other.isEmpty else { return "" }
    for _ in 0...generator.below(4) where !bytes.isEmpty {
      let at = generator.below(bytes.count)
      let length = min(generator.below(30), bytes.count - at)
      switch generator.below(6) {
      case 0: bytes[at] = generator.pick(Self.signs) ?? 0
      case 1: bytes.removeSubrange(at..<(at + length))
      case 2: bytes.insert(generator.pick(Self.signs) ?? 0, at: at)
      case 3: bytes.insert(contentsOf: bytes[at..<(at + length)], at: generator.below(bytes.count))
      case 4: bytes.replaceSubrange(at..<(at + length), with: word(of: other, &generator))
      default:
        let from = generator.below(other.count)
        bytes.insert(contentsOf: other[from..<min(from + 40, other.count)], at: at)
      }
    }
    // From the start of a line, since the middle of one is seldom read.
    let start = min(generator.below(max(bytes.count - 300, 1)), bytes.count)
    let line = bytes[..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return String(decoding: bytes[line..<min(line + 300, bytes.count)], as: UTF8.self)
  }

  /// A word or number of another program: what is read well runs further than what is not.
  private func word(of bytes: [UInt8], _ generator: inout RandomGenerator) -> [UInt8] {
    func isLetter(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    let from = generator.below(bytes.count)
    return Array(bytes[from...].drop { !isLetter($0) }.prefix(while: isLetter))
  }
}
