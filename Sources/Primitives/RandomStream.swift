/// A source of random numbers in which every number has an address and can be recomputed alone.
///
/// A stream is named by a seed and a purpose; a number in it by (step, sample, position, draw). Nothing is stateful, so
/// results do not depend on batch packing, on a resume point or on the order in which numbers are asked for.
///
/// Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011 (Philox4x32-10).
public struct RandomStream: Sendable, Hashable {
  /// One output of the generator: four independent 32-bit words.
  public typealias Block = SIMD4<UInt32>

  private let key: SIMD2<UInt32>

  /// Names a stream.
  ///
  /// - Parameters:
  ///   - seed: the experiment's seed.
  ///   - purpose: what the numbers are for, such as `"sample.text"`; streams with other purposes are independent.
  public init(seed: Int, purpose: String) {
    var mixed = Fingerprint()
    mixed.combine("easel-random-1")
    mixed.combine(UInt64(bitPattern: Int64(seed)))
    mixed.combine(purpose)
    key = SIMD2(UInt32(truncatingIfNeeded: mixed.value), UInt32(truncatingIfNeeded: mixed.value >> 32))
  }

  /// The four words at an address. Coordinates are taken modulo 2³².
  public func block(step: Int = 0, sample: Int = 0, position: Int = 0, draw: Int = 0) -> Block {
    let counter = Block(
      UInt32(truncatingIfNeeded: draw), UInt32(truncatingIfNeeded: position),
      UInt32(truncatingIfNeeded: sample), UInt32(truncatingIfNeeded: step))
    return Self.philox(counter: counter, key: key)
  }

  /// A number in the open interval (0, 1), a multiple of 2⁻²⁴.
  public func uniform(step: Int = 0, sample: Int = 0, position: Int = 0, draw: Int = 0) -> Float {
    Self.unit(block(step: step, sample: sample, position: position, draw: draw).x)
  }

  /// A generator that walks through the draws of one address, for algorithms that need an unknown number of them.
  public func generator(step: Int = 0, sample: Int = 0, position: Int = 0) -> RandomGenerator {
    RandomGenerator(stream: self, step: step, sample: sample, position: position)
  }

  /// Ten rounds of Philox4x32.
  public static func philox(counter: Block, key: SIMD2<UInt32>) -> Block {
    var (c, k) = (counter, key)
    for _ in 0..<10 {
      let a = UInt64(0xD251_1F53) * UInt64(c.x)
      let b = UInt64(0xCD9E_8D57) * UInt64(c.z)
      c = Block(
        UInt32(truncatingIfNeeded: b >> 32) ^ c.y ^ k.x, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ c.w ^ k.y, UInt32(truncatingIfNeeded: a))
      k = SIMD2(k.x &+ 0x9E37_79B9, k.y &+ 0xBB67_AE85)
    }
    return c
  }

  /// Maps a word to (0, 1): its 23 high bits, centred in their cell. One bit more would round up to 1.
  public static func unit(_ word: UInt32) -> Float {
    Float(word >> 9) * 0x1p-23 + 0x1p-24
  }
}

/// The draws of one address of a ``RandomStream``, in order.
public struct RandomGenerator: RandomNumberGenerator, Sendable {
  private let stream: RandomStream
  private let step: Int, sample: Int, position: Int
  private var draw = 0
  private var block = RandomStream.Block()
  private var used = 4

  init(stream: RandomStream, step: Int, sample: Int, position: Int) {
    (self.stream, self.step, self.sample, self.position) = (stream, step, sample, position)
  }

  /// The next 32-bit word.
  public mutating func word() -> UInt32 {
    if used == 4 {
      block = stream.block(step: step, sample: sample, position: position, draw: draw)
      draw += 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  /// The next 64-bit word.
  public mutating func next() -> UInt64 {
    let low = UInt64(word())
    return UInt64(word()) << 32 | low
  }

  /// The next number in (0, 1).
  public mutating func uniform() -> Float { RandomStream.unit(word()) }

  /// The next whole number in `0..<bound`, without bias to within 2⁻³².
  public mutating func below(_ bound: Int) -> Int {
    bound <= 1 ? 0 : Int((UInt64(word()) * UInt64(bound)) >> 32)
  }

  /// A normal number with mean 0 and deviation 1: the sum of twelve uniforms less six (Irwin–Hall), which needs only
  /// additions and therefore has the same bits on every machine.
  public mutating func normal() -> Float {
    var sum: Float = -6
    for _ in 0..<12 { sum += uniform() }
    return sum
  }

  /// One element of a list, or `nil` of an empty one.
  public mutating func pick<Element>(_ list: [Element]) -> Element? {
    list.isEmpty ? nil : list[below(list.count)]
  }

  /// The list in random order (Fisher–Yates).
  public mutating func shuffled<Element>(_ list: [Element]) -> [Element] {
    var list = list
    var index = list.count - 1
    while index > 0 {
      list.swapAt(index, below(index + 1))
      index -= 1
    }
    return list
  }
}
