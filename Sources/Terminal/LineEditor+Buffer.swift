import CEdit

/// libedit's buffer: the text, and changes to it. Only outside of the reader may it be changed.
extension LineEditor {
  /// The text as it is now.
  var block: Block {
    guard let editor else { return Block() }
    var (count, cursor): (Int32, Int32) = (0, 0)
    guard let start = cedit_text(editor, &count, &cursor) else { return Block() }
    let text = UnsafeBufferPointer(start: start, count: Int(count)).map { UInt32(bitPattern: $0) }
    return Block(text: text, cursor: Int(cursor))
  }

  func insert(_ text: String) -> Int32 {
    if !text.isEmpty { _ = cedit_insert(editor, text.wide) }
    return Int32(CEDIT_REFRESH)
  }

  func go(to place: Int) -> Int32 {
    cedit_move(editor, Int32(place - block.cursor))
    return Int32(CEDIT_MOVED)
  }

  func delete(_ range: Range<Int>) -> Int32 {
    guard !range.isEmpty else { return Int32(CEDIT_BEEP) }
    cedit_move(editor, Int32(range.upperBound - block.cursor))
    cedit_delete(editor, Int32(range.count))
    return Int32(CEDIT_REFRESH)
  }

  func replace(with other: Block) -> Int32 {
    _ = delete(0..<block.text.count)
    _ = insert(String(scalars: other.text))
    _ = go(to: other.cursor)
    return Int32(CEDIT_REFRESH)
  }
}
