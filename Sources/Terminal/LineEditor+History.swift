import CEdit

/// A search through the history, typed letter by letter.
struct HistorySearch {
  /// What was on the line before.
  let original: Block
  /// What is looked for, letter by letter as it stands.
  var pattern = ""
  /// Found blocks, the latest first, and which of them is shown.
  var found: [String] = []
  var place = 0

  /// What was on the line before, as a text.
  var typed: String { original.string }

  /// The block that is shown: the one found, or what was there if nothing is looked for.
  var shown: Block {
    guard found.indices.contains(place) else { return original }
    let text = found[place].unicodeScalars.map(\.value)
    return Block(text: text, cursor: text.count)
  }

  /// Looks for other letters, from the latest entry on.
  mutating func look(for pattern: String, in history: History) {
    self.pattern = pattern
    (found, place) = (pattern.isEmpty ? [] : history.texts.reversed().filter { $0.contains(pattern) }, 0)
  }

  /// Goes to an older entry, or with a negative step to a newer one.
  mutating func step(by step: Int) {
    if found.indices.contains(place + step) { place += step }
  }

  /// What is shown below the block.
  var line: StyledText {
    var line = StyledText("search: ", .quiet)
    line.append(pattern, .strong)
    let count = pattern.isEmpty ? "" : found.isEmpty ? "  not found" : "  \(place + 1) of \(found.count)"
    line.append(count + "   Ctrl-R older, Ctrl-S newer, Escape back", .quiet)
    return line
  }
}

extension LineEditor {
  /// Replaces the block by what a step of a walk leads to.
  func recall(step: (inout HistoryWalk) -> Bool) -> Int32 {
    let shown = block.string
    var current =
      walk.flatMap { $0.text == shown ? $0 : nil } ?? HistoryWalk(texts: history.texts, typed: shown)
    guard step(&current) else { return Int32(CEDIT_BEEP) }
    walk = current
    let text = current.text.unicodeScalars.map(\.value)
    return replace(with: Block(text: text, cursor: text.count))
  }

  func beginSearch() -> Int32 {
    search = HistorySearch(original: block)
    return Int32(CEDIT_REFRESH)
  }

  /// Gives a key to the search or the list that is open, if there is one, and passes on what remains of it.
  func filtered(_ key: Key) -> Key {
    switch key {
    case .reply, .ignored, .nothing, .interrupted, .end: return key
    default: break
    }
    if search != nil { return searched(key) }
    guard let open = menu, key != .character(0x09), key != .named(.backTab) else { return key }
    menu = nil
    // Enter takes what was chosen; the next one runs the block.
    let isEnter = key == .character(0x0D) || key == .character(0x0A)
    return open.chosen != nil && isEnter ? .named(.escape) : key
  }

  private func searched(_ key: Key) -> Key {
    guard var open = search else { return key }
    switch key {
    case .character(0x12): open.step(by: 1)
    case .character(0x13): open.step(by: -1)
    case .character(0x07), .named(.escape):
      search = nil
      return show(open.original)
    case .character(0x08), .character(0x7F): open.look(for: String(open.pattern.dropLast()), in: history)
    case .character(let value) where value >= 0x20:
      open.look(for: open.pattern + String(scalars: [value]), in: history)
    case .paste(let text): open.look(for: open.pattern + text, in: history)
    default:
      search = nil
      return key
    }
    search = open
    return show(open.shown)
  }

  /// Puts a block in place of the one that is edited.
  private func show(_ wanted: Block) -> Key {
    action = { [self] in wanted == block ? Int32(CEDIT_REFRESH) : replace(with: wanted) }
    return .named(.action)
  }
}
