/// The text that is edited, in Unicode scalars with the cursor between two of them, and the places in it to go to.
struct Block: Equatable {
  var text: [UInt32] = []
  var cursor = 0

  /// The text as such.
  var string: String { String(scalars: text) }

  /// Where the cursor's line begins.
  var lineStart: Int { text[..<cursor].lastIndex(of: Self.lineEnd).map { $0 + 1 } ?? 0 }

  /// Where the text of the cursor's line begins, after its indentation.
  var textStart: Int { text[lineStart..<lineStop].firstIndex { $0 != 0x20 } ?? lineStart }

  /// Where the cursor's line ends.
  var lineStop: Int { text[cursor...].firstIndex(of: Self.lineEnd) ?? text.count }

  /// What stands before the cursor on its line.
  var lineBefore: ArraySlice<UInt32> { text[lineStart..<cursor] }

  /// One character as people count them to the left, accents and joined emoji with it.
  var left: Int {
    let before = String(scalars: text[lineStart..<cursor])
    return cursor - (before.last?.unicodeScalars.count ?? min(cursor, 1))
  }

  /// One character as people count them to the right.
  var right: Int {
    let after = String(scalars: text[cursor..<lineStop])
    return cursor + (after.first?.unicodeScalars.count ?? (cursor < text.count ? 1 : 0))
  }

  /// The start of the word before the cursor. A word is a name: a dot ends it.
  var wordLeft: Int {
    var place = cursor
    while place > 0, !Self.isName(text[place - 1]) { place -= 1 }
    while place > 0, Self.isName(text[place - 1]) { place -= 1 }
    return place
  }

  /// The end of the word after the cursor.
  var wordRight: Int {
    var place = cursor
    while place < text.count, !Self.isName(text[place]) { place += 1 }
    while place < text.count, Self.isName(text[place]) { place += 1 }
    return place
  }

  /// The same column some lines up or down; `nil` if there is no such line.
  func lineAway(by step: Int) -> Int? {
    let lines = text.split(separator: Self.lineEnd, omittingEmptySubsequences: false)
    let line = text[..<cursor].count { $0 == Self.lineEnd }
    guard lines.indices.contains(line + step) else { return nil }
    let target = lines[line + step]
    return target.startIndex + min(cursor - lines[line].startIndex, target.count)
  }

  private static let lineEnd: UInt32 = 0x0A

  private static func isName(_ scalar: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(scalar) else { return false }
    return scalar == "_" || ("0"..."9").contains(scalar) || scalar.properties.isAlphabetic
  }
}

/// What a block was before its latest changes, to go back to.
struct UndoHistory {
  private var earlier: [Block] = []
  private var latest = Block()
  private var isTyping = false

  /// Forgets all, for a new block.
  mutating func begin() { self = UndoHistory() }

  /// Notes the block as it is now. Characters typed one after the other count as one change.
  mutating func note(_ block: Block) {
    defer { latest = block }
    guard block.text != latest.text else { return }
    let isOne = block.text.count == latest.text.count + 1 && block.cursor == latest.cursor + 1
    if !(isOne && isTyping) { earlier.append(latest) }
    // A blank ends a stretch, so that words come back one by one.
    isTyping = isOne && block.text[latest.cursor] != 0x20
  }

  /// What the block was before the latest change; `nil` if it has not changed.
  mutating func undo() -> Block? {
    guard let block = earlier.popLast() else { return nil }
    (latest, isTyping) = (block, false)
    return block
  }
}

extension String {
  /// UTF-32, ended by 0, as libedit takes it.
  var wide: [Int32] { unicodeScalars.map { Int32(bitPattern: $0.value) } + [0] }

  /// A text from UTF-32; what is no scalar becomes U+FFFD.
  init(scalars: some Sequence<UInt32>) {
    var view = UnicodeScalarView()
    view.append(contentsOf: scalars.map { Unicode.Scalar($0) ?? "\u{FFFD}" })
    self.init(view)
  }
}
