import CKernels

/// The keys and values of what has been read so far, for sampling rows of unequal length side by side.
///
/// Each row is its own sequence: a prefix that it may share with other rows (the prompt of its group, stored
/// once), then its own positions. Values lie as `[position, heads · headWidth]`; keys lie head by head in
/// blocks of 16 positions, `[heads, blocks, headWidth, 16]`, so that one load reads the same coordinate of 16
/// keys.
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

  private final class Prefix {
    let length: Int
    let keys: [Storage]
    let values: [Storage]
    init(length: Int, keys: [Storage], values: [Storage]) {
      (self.length, self.keys, self.values) = (length, keys, values)
    }
  }

  private struct Row {
    var prefix: Prefix?
    var count = 0
    /// For each layer keys and values of the row's own positions.
    var keys: [Storage]
    var values: [Storage]
  }

  private var slots: [Row]
  private var width: Int { heads * headWidth }

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - layers: how many layers the decoder has.
  ///   - rows: how many sequences are sampled at once.
  ///   - capacity: how many positions a row can have besides a shared prefix.
  ///   - heads: how many heads there are.
  ///   - headWidth: the width of one.
  public init(layers: Int, rows: Int, capacity: Int, heads: Int, headWidth: Int) {
    (self.layers, self.capacity, self.heads, self.headWidth) = (layers, capacity, heads, headWidth)
    slots = (0..<rows).map { _ in
      let make = { (0..<layers).map { _ in Storage(count: Self.blocked(capacity) * heads * headWidth) } }
      return Row(keys: make(), values: make())
    }
  }

  /// Positions rounded up to whole blocks.
  private static func blocked(_ positions: Int) -> Int {
    (positions + ckernels_key_block - 1) / ckernels_key_block * ckernels_key_block
  }

  /// Puts one position's key into keys that hold `capacity` positions.
  private func store(
    _ key: UnsafePointer<Float>, in keys: UnsafeMutablePointer<Float>, at position: Int, capacity: Int
  ) {
    for head in 0..<heads {
      ckernels_store_key(
        key + head * headWidth, keys + head * headWidth * Self.blocked(capacity), position, headWidth)
    }
  }

  /// How many rows there are.
  public var rows: Int { slots.count }

  /// How many positions a row has, its prefix included; the position of its next token.
  public func length(of row: Int) -> Int { (slots[row].prefix?.length ?? 0) + slots[row].count }

  /// The positions of the next tokens of some rows.
  public func positions(of rows: [Int]) -> [Int32] { rows.map { Int32(length(of: $0)) } }

  /// Puts a prompt that has been read once in front of rows, which must be empty; it is stored once and read
  /// only.
  ///
  /// - Parameters:
  ///   - keys: for each layer the prompt's keys `[T, H, d]`, already turned by their positions.
  ///   - values: for each layer the prompt's values `[T, H, d]`.
  ///   - rows: whose prefix it becomes.
  public func fill(keys: [Tensor], values: [Tensor], rows: [Int]) {
    invariant(keys.count == layers && values.count == layers, "a prompt needs keys and values of \(layers) layers")
    let length = keys[0].shape[0]
    invariant(
      (keys + values).allSatisfy { $0.shape == [length, heads, headWidth] }, "a prompt's keys do not fit the cache")
    let blocks = keys.map { layer in
      let blocks = Storage(count: Self.blocked(length) * width)
      for position in 0..<length {
        store(layer.pointer + position * width, in: blocks.pointer, at: position, capacity: length)
      }
      return blocks
    }
    let prefix = Prefix(length: length, keys: blocks, values: values.map(\.storage))
    for row in rows {
      invariant(slots[row].count == 0, "row \(row) has positions of its own and cannot take a prefix")
      slots[row].prefix = prefix
    }
  }

  /// Writes the next position of some rows in one layer; ``advance(rows:)`` makes it part of the row after
  /// the last layer.
  ///
  /// - Parameters:
  ///   - layer: which layer.
  ///   - keys: `[R, H, d]`, already turned by their positions.
  ///   - values: `[R, H, d]`.
  ///   - rows: the R rows.
  public func append(layer: Int, keys: Tensor, values: Tensor, rows: [Int]) {
    invariant(keys.count == rows.count * width && values.count == keys.count, "keys do not fit \(rows.count) rows")
    for (index, row) in rows.enumerated() {
      let at = slots[row].count
      invariant(at < capacity, "row \(row) is full: it has \(at) positions of \(capacity)")
      store(keys.pointer + index * width, in: slots[row].keys[layer].pointer, at: at, capacity: capacity)
      (slots[row].values[layer].pointer + at * width).update(from: values.pointer + index * width, count: width)
    }
  }

  /// Counts the position that has been appended to every layer.
  public func advance(rows: [Int]) {
    for row in rows { slots[row].count += 1 }
  }

  /// Forgets all rows but some, which are numbered anew in the order of the list; no row may be named twice.
  public func keep(rows: [Int]) {
    invariant(Set(rows).count == rows.count, "a row cannot be kept twice; copy it")
    slots = rows.map { slots[$0] }
  }

  /// Makes a row a copy of another.
  public func copyRow(_ source: Int, to target: Int) {
    slots[target].prefix = slots[source].prefix
    slots[target].count = slots[source].count
    for layer in 0..<layers {
      let count = slots[source].count * width
      slots[target].keys[layer].pointer
        .update(from: slots[source].keys[layer].pointer, count: Self.blocked(capacity) * width)
      slots[target].values[layer].pointer.update(from: slots[source].values[layer].pointer, count: count)
    }
  }

  /// Forgets everything, so that the rows can be used again.
  public func reset() {
    for row in slots.indices { (slots[row].prefix, slots[row].count) = (nil, 0) }
  }

  /// Where one row's keys and values of a layer are, the position that is being appended included.
  fileprivate func attend(
    layer: Int, row: Int, head: Int, query: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let slot = slots[row]
    let values = slot.values[layer].pointer + head * headWidth
    let keys = slot.keys[layer].pointer + head * headWidth * Self.blocked(capacity)
    let (length, prefix) = (slot.prefix?.length ?? 0, slot.prefix)
    let prefixKeys = prefix.map { $0.keys[layer].pointer + head * headWidth * Self.blocked(length) } ?? keys
    let prefixValues = prefix.map { $0.values[layer].pointer + head * headWidth } ?? values
    ckernels_cached_attention(
      query, prefixKeys, prefixValues, length, keys, values, slot.count + 1, headWidth, width, out,
      scratch)
  }
}

/// Attention of one new position of each of some rows over all that the rows have seen, itself included;
/// never recorded.
///
/// - Parameters:
///   - queries: `[R, H, d]`, already turned by their positions.
///   - cache: to which the new position of each row has been appended in this layer.
///   - layer: which layer.
///   - rows: the R rows.
/// - Returns: `[R, H, d]`.
public func cachedAttention(_ queries: Tensor, cache: KeyValueCache, layer: Int, rows: [Int]) -> Tensor {
  invariant(
    queries.shape == [rows.count, cache.heads, cache.headWidth], "queries \(queries.shape) do not fit the cache")
  let result = Tensor(unwritten: queries.shape)
  let (source, target, heads, headWidth) = (queries.pointer, result.target, cache.heads, cache.headWidth)
  concurrently(rows.count) { index in
    let scratch = Storage(count: cache.length(of: rows[index]) + 1 + ckernels_panel)
    for head in 0..<heads {
      let at = (index * heads + head) * headWidth
      cache.attend(
        layer: layer, row: rows[index], head: head, query: source + at, into: target + at, scratch: scratch.pointer)
    }
  }
  return result
}
