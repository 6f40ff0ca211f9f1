import Primitives
import Tensors
import Testing

/// Decoding one position at a time against attention over whole sequences.
struct KeyValueCacheTests {
  private let heads = 2
  private let width = 20

  private func rows(_ count: Int, _ purpose: String) -> Tensor {
    var generator = RandomStream(seed: 3, purpose: purpose).generator()
    return Tensor((0..<count * heads * width).map { _ in generator.normal() }, shape: [count, heads, width])
  }

  /// Attention over the whole sequence: what the cache has to reproduce.
  private func reference(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> [Float] {
    attention(q, k, v, lengths: [q.shape[0]], causal: true).array()
  }

  @Test(arguments: [0, 1, 15, 16, 17, 40])
  func `decoding after a shared prefix gives the bits of attention over the whole sequence`(prefix: Int) {
    let lengths = [prefix + 35, prefix + 18]
    let sequences = lengths.indices.map { row in
      ["q", "k", "v"].map { name in
        // Both rows begin with the same prefix.
        let shared = rows(prefix, "shared \(name)")
        let own = rows(lengths[row] - prefix, "\(name) \(row)")
        return prefix == 0 ? own : concatenate([shared, own])
      }
    }
    let cache = KeyValueCache(layers: 2, rows: 2, capacity: 40, heads: heads, headWidth: width)
    if prefix > 0 {
      let prompt = sequences[0].map { slice($0, 0..<prefix) }
      cache.fill(keys: [prompt[1], prompt[1]], values: [prompt[2], prompt[2]], rows: [0, 1])
    }
    var results: [[Float]] = [[], []]
    for position in prefix..<prefix + 35 {
      let live = lengths.indices.filter { position < lengths[$0] }
      let now = (0..<3).map { part in
        concatenate(live.map { slice(sequences[$0][part], position..<position + 1) })
      }
      #expect(cache.positions(of: live) == live.map { _ in Int32(position) })
      for layer in 0..<2 {
        cache.append(layer: layer, keys: now[1], values: now[2], rows: live)
        let out = cachedAttention(now[0], cache: cache, layer: layer, rows: live).array()
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

  @Test func `a copied row goes on like its source and a kept row keeps its content`() {
    let cache = KeyValueCache(layers: 1, rows: 3, capacity: 4, heads: heads, headWidth: width)
    let (first, second) = (rows(3, "first"), rows(2, "second"))
    cache.append(layer: 0, keys: first, values: first, rows: [0, 1, 2])
    cache.advance(rows: [0, 1, 2])
    cache.copyRow(2, to: 0)
    cache.keep(rows: [0, 2])
    #expect(cache.rows == 2)
    let same = concatenate([slice(second, 0..<1), slice(second, 0..<1)])
    cache.append(layer: 0, keys: same, values: same, rows: [0, 1])
    let out = cachedAttention(same, cache: cache, layer: 0, rows: [0, 1]).array()
    #expect(Array(out.prefix(heads * width)) == Array(out.suffix(heads * width)))
    #expect(out[0] != second.array()[0])
    cache.reset()
    #expect(cache.positions(of: [0, 1]) == [0, 0])
  }
}
