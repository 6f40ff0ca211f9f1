import Tensors

/// The writing of some drafts, side by side on one thread.
///
/// Each draft has a row of its own, and with guidance a second one for its null branch once it paints. Rows are independent and
/// of unequal length: one that ends its rationale begins to paint while others still think, and a finished one gives its place
/// to the next draft.
struct Painting {
  private let model: Janus
  private let inputs: InputTable
  private let prompts: [TokenSequence: KeyValuePrefix]
  private let draws: Draws
  private let decoding: Decoding
  /// How many drafts are written side by side; the null branch of row r is row `places + r`.
  private let places: Int
  private(set) var drafts: [Draft]
  /// For each place the draft that it holds.
  private var holders: [Int]
  private var waiting: Range<Int>

  /// - Parameters:
  ///   - model: what writes.
  ///   - inputs: the decoder's inputs for all tokens of the model.
  ///   - prompts: the drafts' prompts and, with guidance, the null prompt.
  ///   - drafts: those to be written, which have prompts only.
  ///   - places: how many are written side by side.
  init(
    _ model: Janus, _ inputs: InputTable, prompts: [TokenSequence: KeyValuePrefix], drafts: [Draft], places: Int,
    _ draws: Draws
  ) {
    (self.model, self.inputs, self.prompts, self.draws, self.drafts) = (model, inputs, prompts, draws, drafts)
    self.places = min(places, drafts.count)
    let options = draws.options
    // The prompt's last token, the rationale, IMAGE_START, and all codes but the last.
    decoding = Decoding(
      model.decoder, rows: self.places * (options.guidance == 1 ? 1 : 2),
      room: (options.think ? options.maximumRationale : 0) + model.configuration.codesPerImage + 1,
      prompt: drafts.map(\.sequence.count).max() ?? 0)
    (holders, waiting) = ([], drafts.indices)
  }

  /// Writes all drafts.
  ///
  /// - Throws: ``ModelError/stopped`` or ``ModelError/notFinite(_:)``.
  mutating func run() throws {
    holders = Array(waiting.prefix(places))
    waiting = waiting.dropFirst(places)
    var live = Array(holders.indices)
    for place in live { begin(place) }
    while !live.isEmpty {
      try draws.check()
      let thinking = live.filter { !isPainting(drafts[holders[$0]]) }
      try step(thinking, live.filter { isPainting(drafts[holders[$0]]) })
      live = live.filter { place in
        guard drafts[holders[place]].codes.count == model.configuration.codesPerImage else { return true }
        drafts[holders[place]].force(model.tokenizer.special.imageEnd)
        drafts[holders[place]].force(model.tokenizer.special.end)
        guard let next = waiting.popFirst() else { return false }
        holders[place] = next
        begin(place)
        return true
      }
    }
  }

  private func isPainting(_ draft: Draft) -> Bool {
    draft.last.isImage || draft.last.id == model.tokenizer.special.imageStart
  }

  /// Lets the draft of a place begin after its prompt.
  private func begin(_ place: Int) {
    if let prompt = prompts[drafts[holders[place]].sequence] { decoding.begin(row: place, after: prompt) }
    guard draws.options.guidance != 1, let null = prompts[model.nullPrompt] else { return }
    decoding.begin(row: places + place, after: null)
  }

  /// Lets every live draft read its last token and write the next.
  private mutating func step(_ thinking: [Int], _ painting: [Int]) throws {
    let isGuided = draws.options.guidance != 1
    let live = thinking + painting
    let rows = isGuided ? live + painting.map { places + $0 } : live
    let read = (isGuided ? live + painting : live).map { drafts[holders[$0]].last }
    let hidden = decoding.step(inputs(read), rows: rows)
    try think(thinking, hidden)
    guard !painting.isEmpty else { return }
    var logits = model.imageHead(
      thinking.isEmpty ? hidden : slice(hidden, thinking.count..<rows.count), nil)
    if isGuided {
      logits = model.guided(
        slice(logits, 0..<painting.count), null: slice(logits, painting.count..<2 * painting.count),
        by: draws.options.guidance)
    }
    let distributions = TokenDistributions(logits, temperature: draws.options.temperature)
    for (row, place) in painting.enumerated() {
      let draft = holders[place]
      drafts[draft].append(
        try draws.token(distributions, row: row, of: drafts[draft], isImage: true), isImage: true)
    }
  }

  /// Lets drafts draw a word each. One that draws EOS instead, or has no room left, is given IMAGE_START.
  private mutating func think(_ thinking: [Int], _ hidden: Tensor) throws {
    guard !thinking.isEmpty else { return }
    let special = model.tokenizer.special
    let logits = model.textHead(slice(hidden, 0..<thinking.count), nil)
    let distributions = TokenDistributions(logits, temperature: draws.options.temperature)
    for (row, place) in thinking.enumerated() {
      let draft = holders[place]
      guard drafts[draft].sequence.responseCount < draws.options.maximumRationale else {
        drafts[draft].force(special.imageStart)
        continue
      }
      let token = try draws.token(distributions, row: row, of: drafts[draft], isImage: false)
      if token.id == special.end {
        drafts[draft].force(special.imageStart)
      } else {
        drafts[draft].append(token, isImage: false)
      }
    }
  }
}

/// What the decoder reads for each text token and each image code, made once since weights do not change while sampling.
struct InputTable {
  private let vectors: Tensor
  private let words: Int

  init(_ model: Janus) {
    words = model.tokenizer.count
    let codes = (0..<Int32(model.configuration.imageTokenizer.codes)).map { $0 }
    vectors = concatenate([model.textInputs((0..<Int32(words)).map { $0 }), model.imageInputs(codes, nil)])
  }

  /// The inputs `[N, D]` of tokens.
  func callAsFunction(_ tokens: [(id: Int32, isImage: Bool)]) -> Tensor {
    rows(vectors, tokens.map { $0.isImage ? $0.id + Int32(words) : $0.id })
  }
}

extension Janus {
  /// The prompt of the null branch of guidance.
  var nullPrompt: TokenSequence {
    TokenSequence(prompt: [tokenizer.special.beginning, tokenizer.special.imageStart])
  }
}
