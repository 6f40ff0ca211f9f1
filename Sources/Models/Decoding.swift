import Tensors

/// The state of rows that are being continued token by token.
///
/// A prompt's last token is not read with the others: it is the first input of a row's own, so that every phase begins with one
/// input a row, whatever came before.
final class Decoding {
  private let decoder: Transformer
  private let cache: KeyValueCache

  /// Reads prompts, each distinct one once.
  ///
  /// - Parameters:
  ///   - model: whose decoder reads.
  ///   - prompts: one for each row.
  ///   - isGuided: whether each row gets a second one for its null branch; that of row r is row `prompts.count + r`.
  ///   - room: how many text tokens a row may add before IMAGE_START.
  init(_ model: Janus, prompts: [TokenSequence], isGuided: Bool, room: Int) {
    decoder = model.decoder
    let special = model.tokenizer.special
    var sequences = prompts.map { $0.prefix($0.count - 1) }
    if isGuided {
      let null = TokenSequence(prompt: [special.beginning])
      sequences += prompts.map { _ in null }
    }
    let sizes = decoder.configuration
    // The prompt's last token, the rationale, IMAGE_START, and all codes but the last.
    cache = KeyValueCache(
      layers: sizes.layers, rows: sequences.count, capacity: room + model.configuration.codesPerImage + 1,
      heads: sizes.heads, headWidth: sizes.headWidth)
    var (distinct, owners, places) = ([TokenSequence](), [[Int]](), [TokenSequence: Int]())
    for (row, sequence) in sequences.enumerated() {
      if let place = places[sequence] {
        owners[place].append(row)
      } else {
        places[sequence] = distinct.count
        distinct.append(sequence)
        owners.append([row])
      }
    }
    guard !distinct.isEmpty else { return }
    var (keys, values) = ([Tensor](), [Tensor]())
    _ = model.hiddenStates(distinct, tape: nil) { _, layerKeys, layerValues in
      keys.append(layerKeys)
      values.append(layerValues)
    }
    var start = 0
    for (sequence, rows) in zip(distinct, owners) {
      let range = start..<(start + sequence.count)
      cache.fill(keys: keys.map { slice($0, range) }, values: values.map { slice($0, range) }, rows: rows)
      start = range.upperBound
    }
  }

  /// Appends one input to some rows.
  ///
  /// - Parameters:
  ///   - inputs: `[R, D]`.
  ///   - live: the R rows.
  /// - Returns: the hidden states `[R, D]` after the new inputs.
  func step(_ inputs: Tensor, rows live: [Int]) -> Tensor {
    let positions = cache.positions(of: live)
    var x = inputs
    for (index, layer) in decoder.layers.enumerated() {
      x = layer(x, positions: positions, nil) { queries, keys, values in
        cache.append(layer: index, keys: keys, values: values, rows: live)
        return cachedAttention(queries, cache: cache, layer: index, rows: live)
      }
    }
    cache.advance(rows: live)
    return decoder.norm(x, nil)
  }
}
