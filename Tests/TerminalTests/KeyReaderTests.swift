import Testing

@testable import Terminal

/// All keys in a sequence of bytes; silence follows each part.
private func keys(_ parts: [String]) -> [Key] {
  let bytes = parts.map { Array($0.utf8) }
  return keys(bytes: bytes)
}

private func keys(bytes: [[UInt8]]) -> [Key] {
  var waiting = bytes.map { $0.map(TerminalByte.byte) + [.nothing] }.joined().map { $0 }
  let reader = KeyReader { milliseconds in
    // A wait without end never sees the silence.
    while milliseconds < 0, waiting.first == .nothing { waiting.removeFirst() }
    return waiting.isEmpty ? .end : waiting.removeFirst()
  }
  var found: [Key] = []
  while let key = Optional(reader.key()), key != .end { found.append(key) }
  return found
}

struct KeyReaderTests {
  @Test func `characters of one to four bytes come whole`() {
    #expect(keys(["aλ€🎨"]) == [0x61, 0x3BB, 0x20AC, 0x1F3A8].map { .character($0) })
  }

  @Test func `bytes that are not UTF-8 become one replacement character`() {
    #expect(keys(bytes: [[0xFF, 0x61, 0x61, 0x61], [0x62]]) == [.character(0xFFFD), .character(0x62)])
  }

  @Test(arguments: [
    ("\u{1B}[A", Key.Named.up), ("\u{1B}OB", .down), ("\u{1B}[C", .right), ("\u{1B}[D", .left),
    ("\u{1B}[1;5C", .wordRight), ("\u{1B}[1;3D", .wordLeft), ("\u{1B}b", .wordLeft), ("\u{1B}[H", .home),
    ("\u{1B}[1~", .home), ("\u{1B}[4~", .end), ("\u{1B}[3~", .delete), ("\u{1B}\r", .newline),
    ("\u{1B}\u{7F}", .deleteWordLeft),
  ])
  func `a known sequence is one named key`(bytes: String, key: Key.Named) {
    #expect(keys([bytes]) == [.named(key)])
  }

  @Test(arguments: [
    "\u{1B}[5~", "\u{1B}[15~", "\u{1B}[3;2u", "\u{1B}[200;3~", "\u{1B}[1;2P",
  ])
  func `an unknown sequence leaves nothing in the text`(bytes: String) {
    #expect(keys([bytes + "x"]) == [.ignored, .character(0x78)])
  }

  @Test(arguments: [
    ("\u{1B}[?62;4c", "[?62;4c"), ("\u{1B}P1$r0m\u{1B}\\", "P1$r0m"), ("\u{1B}]11;x\u{7}", "]11;x"),
    ("\u{1B}_Gi=31;OK\u{1B}\\", "_Gi=31;OK"), ("\u{1B}[24;80R", "[24;80R"),
  ])
  func `what the terminal says is told apart from what is typed`(bytes: String, reply: String) {
    #expect(keys([bytes + "x"]) == [.reply(reply), .character(0x78)])
  }

  @Test func `Escape alone is not the start of what is typed later`() {
    #expect(keys(["\u{1B}", "[A"]) == [.named(.escape), .character(0x5B), .character(0x41)])
  }

  @Test func `a pasted block keeps its lines and loses control characters`() {
    #expect(keys(["\u{1B}[200~a = 1\r\n\tb\u{3}\rc\u{1B}[201~!"]) == [.paste("a = 1\n  b\nc"), .character(0x21)])
  }

  @Test func `a paste that lost its end is what came`() {
    #expect(keys(["\u{1B}[200~half"]) == [.paste("half")])
  }
}
