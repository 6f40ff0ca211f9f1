import Tensors

/// The state of rows that are being continued token by token.
///
/// A prompt's last token is not read with the others: it is the first input of a row's own, so that every phase begins with one
/// input a row, whatever came before.
final class Decoding {
  private let decoder: Transformer
  private let cache: KeyValueCache

  /// Rows without content.
  ///
  /// - Parameters:
  ///   - decoder: what reads them.
  ///   - rows: how many there are.
  ///   - room: how many tokens a row may read besides its prompt.
  ///   - prompt: how many tokens of prompts are read at most.
  init(_ decoder: Transformer, rows: Int, room: Int, prompt: Int) {
    self.decoder = decoder
    let sizes = decoder.configuration
    cache = KeyValueCache(
      layers: sizes.layers, rows: rows, capacity: room, heads: sizes.heads, headWidth: sizes.headWidth,
      turning: (sizes.rotaryBase, prompt + room))
  }

  /// Makes a row begin anew after a prompt.
  func begin(row: Int, after prompt: KeyValuePrefix) { cache.begin(row: row, after: prompt) }

  /// Appends one input to some rows.
  ///
  /// - Parameters:
  ///   - inputs: `[R, D]`.
  ///   - live: the R rows.
  /// - Returns: the hidden states `[R, D]` after the new inputs.
  func step(_ inputs: Tensor, rows live: [Int]) -> Tensor {
    var stream = ResidualStream(base: inputs)
    for (index, layer) in decoder.layers.enumerated() {
      stream = layer(stream, nil) { queries, keys, values in
        cachedAttention(
          queries, layer.shared(keys), layer.shared(values), cache: cache, layer: index, rows: live)
      }
    }
    cache.advance(rows: live)
    return decoder.norm(stream, nil).normal
  }
}

extension Janus {
  /// Reads prompts, each distinct one once.
  ///
  /// - Parameter prompts: all tokens of each but the last are read.
  /// - Returns: what rows that continue them begin with, by prompt.
  func read(_ prompts: [TokenSequence]) -> [TokenSequence: KeyValuePrefix] {
    var (distinct, seen) = ([TokenSequence](), Set<TokenSequence>())
    for prompt in prompts where seen.insert(prompt).inserted { distinct.append(prompt) }
    guard !distinct.isEmpty else { return [:] }
    var (keys, values) = ([Tensor](), [Tensor]())
    _ = hiddenStates(distinct.map { $0.prefix($0.count - 1) }, tape: nil) { _, layerKeys, layerValues in
      keys.append(layerKeys)
      values.append(layerValues)
    }
    var (result, start) = ([TokenSequence: KeyValuePrefix](), 0)
    for prompt in distinct {
      let range = start..<(start + prompt.count - 1)
      result[prompt] = KeyValuePrefix(keys: keys, values: values, range: range)
      start = range.upperBound
    }
    return result
  }
}
