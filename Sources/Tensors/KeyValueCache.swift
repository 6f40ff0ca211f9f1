import CKernels

/// The keys and values of what has been read so far, for sampling rows of unequal length side by side.
///
/// Each row is its own sequence: a prefix that it may share with other rows (the prompt of its group, stored
/// once), then its own positions. Values lie as `[positions, heads · headWidth]`; keys lie in blocks of 16
/// positions, `[blocks, heads · headWidth, 16]`, so that one load reads the same coordinate of 16 keys.
///
/// A step of decoding appends one position to each live row of every layer, attends, and moves on with
/// ``advance(rows:)``.
public final class KeyValueCache {
  /// How many layers there are.
  public let layers: Int
  /// How many positions of its own a row can have.
  public let capacity: Int
  /// How many heads there are.
  public let heads: Int
  /// The width d of a head.
  public let headWidth: Int

  /// A row: whole blocks of a prefix, and what follows them in memory of its own. The end of a prefix that fills no
  /// block is copied, so that every row's own positions begin with a block.
  private struct Row {
    var prefix: KeyValuePrefix?
    var shared = 0
    var count = 0
    /// How many of the row's own positions are the copied end of a prefix.
    var copied = 0
    let own: KeyValueBlocks
  }

  private var slots: [Row]
  private let angles: Tensor?
  private var width: Int { heads * headWidth }

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - layers: how many layers the decoder has.
  ///   - rows: how many sequences are sampled at once.
  ///   - capacity: how many positions a row can have besides a shared prefix.
  ///   - heads: how many heads there are.
  ///   - headWidth: the width of one.
  ///   - turning: for queries and keys that come without their positions, the base of their rotary angles and the number
  ///     of positions, those of a prefix included; see ``rotary(_:positions:base:)``.
  public init(
    layers: Int, rows: Int, capacity: Int, heads: Int, headWidth: Int, turning: (base: Float, positions: Int)? = nil
  ) {
    (self.layers, self.capacity, self.heads, self.headWidth) = (layers, capacity, heads, headWidth)
    angles = turning.map { rotaryTable(count: $0.positions, headWidth: headWidth, base: $0.base) }
    let positions = capacity + ckernels_key_block - 1
    let size = KeyValueBlocks.size(layers: layers, positions: positions, width: heads * headWidth)
    // One piece of memory, which the system can map in large pages.
    let storage = Storage(count: rows * size)
    slots = (0..<rows).map {
      Row(
        own: KeyValueBlocks(
          layers: layers, positions: positions, width: heads * headWidth, in: storage, at: $0 * size))
    }
  }

  /// How many rows there are.
  public var rows: Int { slots.count }

  /// How many positions a row has, its prefix included; the position of its next token.
  public func length(of row: Int) -> Int { slots[row].shared + slots[row].count }

  /// The positions of the next tokens of some rows.
  public func positions(of rows: [Int]) -> [Int32] { rows.map { Int32(length(of: $0)) } }

  /// Makes a row begin anew.
  ///
  /// - Parameters:
  ///   - row: what it has read is forgotten.
  ///   - prefix: what it has read instead, or `nil` for nothing.
  public func begin(row: Int, after prefix: KeyValuePrefix?) {
    let length = prefix?.length ?? 0
    slots[row].prefix = prefix
    slots[row].copied = length % ckernels_key_block
    slots[row].shared = length - slots[row].copied
    slots[row].count = slots[row].copied
    guard let prefix, slots[row].copied > 0 else { return }
    invariant(
      prefix.blocks.layers == layers && prefix.blocks.width == width, "a prompt's keys do not fit the cache")
    for layer in 0..<layers {
      slots[row].own.keys(layer).update(
        from: prefix.blocks.keys(layer) + slots[row].shared * width, count: ckernels_key_block * width)
      slots[row].own.values(layer).update(
        from: prefix.blocks.values(layer) + slots[row].shared * width, count: slots[row].copied * width)
    }
  }

  /// Counts the position that has been appended to every layer.
  public func advance(rows: [Int]) {
    for row in rows { slots[row].count += 1 }
  }

  /// Appends one position to some rows of a layer and attends to all that they have read, itself included.
  fileprivate func attend(
    _ queries: UnsafePointer<Float>, _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, layer: Int,
    row: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let (own, shared, count) = (slots[row].own, slots[row].shared, slots[row].count)
    invariant(count - slots[row].copied < capacity, "row \(row) is full: it has \(capacity) positions of its own")
    let (ownKeys, ownValues) = (own.keys(layer), own.values(layer))
    // As much for every position, so that the memory pool is not asked for sizes that it has not seen.
    let scores = ckernels_cached_attention_scratch(shared + ckernels_key_block + capacity, heads)
    let scratch = Storage(count: scores + 2 * width)
    var (turnedQueries, turnedKeys) = (queries, keys)
    if let angles {
      let turned = scratch.pointer + scores
      var position = Int32(shared + count)
      ckernels_rotary(queries, &position, angles.pointer, 1, turned, 1, heads, headWidth)
      ckernels_rotary(keys, &position, angles.pointer, 1, turned + width, 1, heads, headWidth)
      (turnedQueries, turnedKeys) = (UnsafePointer(turned), UnsafePointer(turned + width))
    }
    ckernels_store_key(turnedKeys, ownKeys, count, width)
    (ownValues + count * width).update(from: values, count: width)
    let prefix = slots[row].prefix?.blocks
    ckernels_cached_attention(
      turnedQueries, prefix?.keys(layer) ?? ownKeys, prefix?.values(layer) ?? ownValues, shared, ownKeys, ownValues,
      count + 1, heads, headWidth, out, scratch.pointer)
  }

  fileprivate func checkFit(_ x: Tensor, rows: Int) {
    invariant(x.shape == [rows, heads, headWidth], "\(x.shape) does not fit \(rows) rows of the cache")
  }
}

/// Keys and values of a sequence that has been read as a whole, for the rows of any number of caches to begin with.
public final class KeyValuePrefix {
  /// How many positions it has.
  public let length: Int
  fileprivate let blocks: KeyValueBlocks

  /// A prefix from what a decoder's layers made of it.
  ///
  /// - Parameters:
  ///   - keys: for each layer the keys `[N, H, d]` of packed sequences, already turned by their positions.
  ///   - values: for each layer the values `[N, H, d]`.
  ///   - range: which of the N positions.
  public init(keys: [Tensor], values: [Tensor], range: Range<Int>) {
    invariant(keys.map(\.shape) == values.map(\.shape), "keys and values do not agree")
    length = range.count
    let width = keys.first.map { $0.shape.dropFirst().reduce(1, *) } ?? 0
    blocks = KeyValueBlocks(layers: keys.count, positions: range.count, width: width)
    for layer in keys.indices {
      for (place, position) in range.enumerated() {
        ckernels_store_key(keys[layer].pointer + position * width, blocks.keys(layer), place, width)
      }
      blocks.values(layer).update(
        from: values[layer].pointer + range.lowerBound * width, count: range.count * width)
    }
  }
}

/// Memory for the keys and values of some positions of all layers: for each layer keys in blocks, then values.
private struct KeyValueBlocks {
  let layers: Int
  let width: Int
  private let size: Int
  private let storage: Storage
  private let start: UnsafeMutablePointer<Float>

  init(layers: Int, positions: Int, width: Int, in storage: Storage? = nil, at offset: Int = 0) {
    (self.layers, self.width) = (layers, width)
    size = Self.size(layers: 1, positions: positions, width: width) / 2
    self.storage = storage ?? Storage(count: 2 * layers * size)
    start = self.storage.pointer + offset
  }

  /// How many numbers there are.
  static func size(layers: Int, positions: Int, width: Int) -> Int {
    2 * layers * width * ((positions + ckernels_key_block - 1) / ckernels_key_block * ckernels_key_block)
  }

  func keys(_ layer: Int) -> UnsafeMutablePointer<Float> { start + 2 * layer * size }
  func values(_ layer: Int) -> UnsafeMutablePointer<Float> { start + (2 * layer + 1) * size }
}

/// Appends one position to each of some rows of a layer, and attends to all that each row has read, the new
/// position included; never recorded.
///
/// - Parameters:
///   - queries: `[R, H, d]`.
///   - keys: `[R, H, d]`.
///   - values: `[R, H, d]`.
///   - cache: turns queries and keys by their positions if it was made so; else they come turned.
///   - layer: which layer.
///   - rows: the R rows, each once.
/// - Returns: `[R, H, d]`.
public func cachedAttention(
  _ queries: Tensor, _ keys: Tensor, _ values: Tensor, cache: KeyValueCache, layer: Int, rows: [Int]
) -> Tensor {
  for x in [queries, keys, values] { cache.checkFit(x, rows: rows.count) }
  let result = Tensor(unwritten: queries.shape)
  let (q, k, v, out) = (queries.pointer, keys.pointer, values.pointer, result.target)
  let width = cache.heads * cache.headWidth
  concurrently(rows.count) { index in
    let at = index * width
    cache.attend(q + at, k + at, v + at, layer: layer, row: rows[index], into: out + at)
  }
  return result
}
