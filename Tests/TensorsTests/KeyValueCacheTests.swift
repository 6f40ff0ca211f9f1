import Primitives
import Tensors
import Testing

/// Decoding one position at a time against attention over whole sequences.
struct KeyValueCacheTests {
  private let heads = 2
  private let width = 20

  private func rows(_ count: Int, _ purpose: String, heads: Int = 2, width: Int = 20) -> Tensor {
    var generator = RandomStream(seed: 3, purpose: purpose).generator()
    return Tensor((0..<count * heads * width).map { _ in generator.normal() }, shape: [count, heads, width])
  }

  /// Attention over the whole sequence: what the cache has to reproduce.
  private func reference(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> [Float] {
    attention(q, k, v, lengths: [q.shape[0]], causal: true).array()
  }

  /// Heads that end inside of a vector, and heads of whole ones; as many as go into the kernel's loops, and more or fewer.
  @Test(arguments: [0, 1, 15, 16, 17, 40], [(2, 20), (1, 64), (5, 32), (8, 32), (3, 128)])
  func `decoding after a shared prefix gives the bits of attention over the whole sequence`(
    prefix: Int, shape: (heads: Int, width: Int)
  ) {
    let (heads, width) = shape
    let lengths = [prefix + 35, prefix + 18]
    let sequences = lengths.indices.map { row in
      ["q", "k", "v"].map { name in
        // Both rows begin with the same prefix.
        let shared = rows(prefix, "shared \(name)", heads: heads, width: width)
        let own = rows(lengths[row] - prefix, "\(name) \(row)", heads: heads, width: width)
        return prefix == 0 ? own : concatenate([shared, own])
      }
    }
    let cache = KeyValueCache(layers: 2, rows: 2, capacity: 35, heads: heads, headWidth: width)
    if prefix > 0 {
      let prompt = sequences[0].map { slice($0, 0..<prefix) }
      let read = KeyValuePrefix(keys: [prompt[1], prompt[1]], values: [prompt[2], prompt[2]], range: 0..<prefix)
      for row in lengths.indices { cache.begin(row: row, after: read) }
    }
    var results: [[Float]] = [[], []]
    for position in prefix..<prefix + 35 {
      let live = lengths.indices.filter { position < lengths[$0] }
      let now = (0..<3).map { part in
        concatenate(live.map { slice(sequences[$0][part], position..<position + 1) })
      }
      #expect(cache.positions(of: live) == live.map { _ in Int32(position) })
      for layer in 0..<2 {
        let out = cachedAttention(now[0], now[1], now[2], cache: cache, layer: layer, rows: live).array()
        if layer == 1 {
          for (index, row) in live.enumerated() {
            results[row] += out[index * heads * width..<(index + 1) * heads * width]
          }
        }
      }
      cache.advance(rows: live)
    }
    for row in lengths.indices {
      let whole = reference(sequences[row][0], sequences[row][1], sequences[row][2])
      #expect(results[row] == Array(whole.dropFirst(prefix * heads * width)))
    }
  }

  @Test func `a cache that turns queries and keys gives the bits of turning them first`() {
    let (count, prefix) = (40, 19)
    let (q, k, v) = (rows(count, "q"), rows(count, "k"), rows(count, "v"))
    let positions = (0..<Int32(count)).map { $0 }
    let turned = [q, k].map { rotary($0, positions: positions, base: 500) }
    let cache = KeyValueCache(
      layers: 1, rows: 1, capacity: count - prefix, heads: heads, headWidth: width, turning: (500, count))
    cache.begin(row: 0, after: KeyValuePrefix(keys: [turned[1]], values: [v], range: 0..<prefix))
    var result: [Float] = []
    for position in prefix..<count {
      let now = [q, k, v].map { slice($0, position..<position + 1) }
      result += cachedAttention(now[0], now[1], now[2], cache: cache, layer: 0, rows: [0]).array()
      cache.advance(rows: [0])
    }
    #expect(result == Array(reference(turned[0], turned[1], v).dropFirst(prefix * heads * width)))
  }

  @Test func `a row that begins anew has forgotten what it read`() {
    let cache = KeyValueCache(layers: 1, rows: 2, capacity: 4, heads: heads, headWidth: width)
    let (first, second) = (rows(2, "first"), rows(2, "second"))
    _ = cachedAttention(first, first, first, cache: cache, layer: 0, rows: [0, 1])
    cache.advance(rows: [0, 1])
    #expect(cache.positions(of: [0, 1]) == [1, 1])
    cache.begin(row: 0, after: nil)
    #expect(cache.positions(of: [0, 1]) == [0, 1])
    let out = cachedAttention(second, second, second, cache: cache, layer: 0, rows: [0, 1]).array()
    // A row that sees itself alone gives its own value back.
    #expect(Array(out.prefix(heads * width)) == Array(second.array().prefix(heads * width)))
    #expect(Array(out.suffix(heads * width)) != Array(second.array().suffix(heads * width)))
  }
}
