import Script
import Testing

@testable import Terminal

private func layout(_ block: String, cursor: Int, below: [String] = [], width: Int = 10) -> Layout {
  Layout(
    prompt: StyledText("> "), block: StyledText(block), cursor: cursor, below: below.map { StyledText($0) },
    width: width, isColoured: false)
}

struct LayoutTests {
  @Test func `lines stand below the end of the prompt`() {
    let two = layout("ab\nc", cursor: 4)
    #expect(two.rows.map(\.drawn) == ["> ab", "  c"])
    #expect(two.cursor == (1, 3))
  }

  @Test(arguments: [(7, 0, 9), (8, 1, 0), (9, 1, 1)])
  func `a long line is broken at the edge, and the cursor never stands beyond it`(place: Int, row: Int, column: Int) {
    #expect(layout("abcdefghi", cursor: place).cursor == (row, column))
  }

  @Test func `a full row with the cursor at its end has a row below`() {
    let full = layout("abcdefgh", cursor: 8)
    #expect(full.rows.map(\.drawn) == ["> abcdefgh", ""])
    #expect(full.cursor == (1, 0))
  }

  @Test func `a wide character does not hang over the edge`() {
    let wide = layout("abcdefg字", cursor: 8)
    #expect(wide.rows.map(\.drawn) == ["> abcdefg", "字"])
    #expect(wide.rows.map(\.width) == [9, 2])
  }

  @Test func `lines below are cut at the edge`() {
    #expect(layout("a", cursor: 1, below: ["0123456789ab"]).rows.map(\.drawn) == ["> a", "01234567…"])
  }

  @Test func `control characters are shown, never sent`() {
    #expect(layout("a\u{1B}b", cursor: 0).rows.map(\.drawn) == ["> a\u{FFFD}b"])
  }

  @Test func `a style ends with its row`() {
    var text = StyledText("ab")
    text.append("cdef", .number)
    let drawn = Layout(prompt: StyledText(""), block: text, cursor: 0, width: 4, isColoured: true).rows.map(\.drawn)
    #expect(drawn == ["ab\u{1B}[36mcd\u{1B}[0m", "\u{1B}[36mef\u{1B}[0m"])
    let plain = Layout(prompt: StyledText(""), block: text, cursor: 0, width: 4, isColoured: false).rows.map(\.drawn)
    #expect(plain == ["abcd", "ef"])
  }

  @Test func `of a layout taller than the screen the rows around the cursor are shown`() {
    let tall = layout((0..<20).map { "\($0)" }.joined(separator: "\n"), cursor: 21)
    let window = tall.window(height: 5)
    #expect(window.rows.count == 5)
    #expect(window.rows[window.cursorRow] == tall.rows[tall.cursor.row])
  }
}

struct CanvasTests {
  private func drawn(_ steps: (inout Canvas) -> Void) -> String {
    var text = ""
    var canvas = Canvas { text += $0 }
    steps(&canvas)
    return text.replacing("\u{1B}[?2026h\u{1B}[?25l", with: "<").replacing("\u{1B}[?25h\u{1B}[?2026l", with: ">")
      .replacing("\u{1B}", with: "^").replacing("\r\n", with: "$").replacing("\r", with: "!")
  }

  @Test func `only rows that differ are sent`() {
    #expect(
      drawn {
        $0.draw(layout("ab\nc", cursor: 4), height: 24)
        $0.draw(layout("ab\ncd", cursor: 5), height: 24)
        $0.draw(layout("ab\ncd", cursor: 5), height: 24)
        $0.draw(layout("ab\ncd", cursor: 0), height: 24)
      } == "<!^[K> ab$^[K  c!^[3C><^[1A!$^[K  cd!^[4C><!^[1A^[2C>")
  }

  @Test func `rows that are gone are erased`() {
    #expect(
      drawn {
        $0.draw(layout("ab\nc", cursor: 4), height: 24)
        $0.draw(layout("ab", cursor: 2), height: 24)
        $0.end()
      }.hasSuffix("<^[1A!$^[J^[A!^[4C>$"))
  }

  @Test(arguments: [
    (14, "^[2A!^[J"),  // The row of 20 was broken into two, and the cursor's column too.
    (9, "^[1A!^[J"),  // Where rows are cut, the cursor stays at the edge.
  ])
  func `after a change of width the prompt is found again`(column: Int, sent: String) {
    let wide = layout(String(repeating: "a", count: 18) + String(repeating: "b", count: 14), cursor: 32, width: 20)
    let text = drawn {
      $0.draw(wide, height: 24)
      $0.resize(to: column == 9 ? 10 : 15, column: column)
    }
    #expect(text.hasSuffix(sent))
  }
}

struct BlockTests {
  private func block(_ text: String, at cursor: Int) -> Block {
    Block(text: text.unicodeScalars.map(\.value), cursor: cursor)
  }

  @Test func `a word is a name`() {
    #expect(block("world.dataset(20)", at: 13).wordLeft == 6)
    #expect(block("world.dataset(20)", at: 0).wordRight == 5)
    #expect(block("a  ", at: 3).wordLeft == 0)
    #expect(block("", at: 0).wordRight == 0)
  }

  @Test func `a step is one character as people count them`() {
    #expect(block("e\u{301}x", at: 2).left == 0)
    #expect(block("👩‍👧x", at: 0).right == 3)
    #expect(block("a\nb", at: 2).left == 1)
    #expect(block("", at: 0).left == 0 && block("", at: 0).right == 0)
  }

  @Test func `lines are gone through at one column`() {
    let text = block("abc\nd\nefg", at: 3)
    #expect(text.lineAway(by: 1) == 5)
    #expect(text.lineAway(by: 2) == 9)
    #expect(text.lineAway(by: -1) == nil)
  }

  @Test func `undo goes back word by word, and over a paste at once`() {
    var history = UndoHistory()
    var texts = ["a", "ab", "ab ", "ab c", "ab cpasted"].map { block($0, at: $0.count) }
    for text in texts { history.note(text) }
    #expect(history.undo() == texts[3])
    texts = []
    while let text = history.undo() { texts.append(text) }
    #expect(texts.map(\.string) == ["ab ", ""])
  }
}

struct MenuTests {
  private func menu(_ texts: [String], notes: [String] = []) -> CompletionMenu {
    CompletionMenu(
      Completions(
        replaced: 1,
        candidates: texts.enumerated().map { .init(text: $1, note: $0 < notes.count ? notes[$0] : "") }))
  }

  @Test func `names alone stand in columns, read downwards`() {
    let lines = menu(["a", "bb", "ccc", "d", "e"]).lines(width: 12, rows: 9)
    #expect(lines.map { String(scalars: $0.scalars) } == ["a    d", "bb   e", "ccc"])
  }

  @Test func `notes stand beside their names`() {
    let lines = menu(["lr:", "steps:"], notes: ["learning rate"]).lines(width: 80, rows: 9)
    #expect(lines.map { String(scalars: $0.scalars) } == ["lr:     learning rate", "steps:"])
  }

  @Test func `Tab replaces what is written by one candidate after the other, round and round`() {
    var list = menu(["alpha", "bo"])
    #expect(list.step(backwards: false) == (1, "alpha"))
    #expect(list.step(backwards: false) == (5, "bo"))
    #expect(list.step(backwards: false) == (2, "alpha"))
    #expect(list.step(backwards: true) == (5, "bo"))
  }

  @Test func `a long list shows the rows around the choice and says how many there are`() {
    var list = menu((0..<45).map { "n\($0)" })
    for _ in 0..<30 { _ = list.step(backwards: false) }
    let lines = list.lines(width: 4, rows: 6).map { String(scalars: $0.scalars) }
    #expect(lines == ["n27", "n28", "n29", "n30", "n31", "45 in all, Tab goes through them"])
  }

  @Test func `a new line is indented by the brackets that are open`() {
    #expect(LineEditor.indentation(after: "f({ a in") == "    ")
    #expect(LineEditor.indentation(after: "f(1)") == "")
  }
}

struct StyledLanguageTests {
  /// One letter a character: the first of its style's name.
  private func styles(_ text: String) -> String {
    let letters: [Style: Character] = [
      .plain: ".", .keyword: "k", .number: "n", .text: "t", .interpolation: "i", .comment: "#", .call: "c",
      .label: "l", .error: "e",
    ]
    return String(EditedLanguage.styled(text).styles.map { letters[$0] ?? "?" })
  }

  @Test(arguments: [
    ("if f(lr: 2.5s) { \"é\" } # why", "kk.c.ll..nnnn....ttt...#####"),
    ("\"a \\(b + 1) c\"", "tttii....nittt"),
    ("x = \"open", "....ttttt"), ("# a\nb # \"c\"", "###...#####"), ("a = )\nb = 1", "....e.....n"), ("", ""),
  ])
  func `every part has the style of its kind`(text: String, expected: String) {
    #expect(styles(text) == expected)
  }
}
