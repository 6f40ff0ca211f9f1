/// What came from a terminal, one key at a time.
enum Key: Equatable {
  /// A character to insert or a control character.
  case character(UInt32)
  /// A key that has a name.
  case named(Named)
  /// A block that was pasted: its line ends are `\n`.
  case paste(String)
  /// What the terminal says on its own account, without its Escape and terminator: `[?62;4c`, `_Gi=31;OK`.
  case reply(String)
  /// Something that is not a key of ours: an unknown function key.
  case ignored
  /// Nothing more will come.
  case end
  /// A signal asks for attention.
  case interrupted
  /// Nothing came in the time given.
  case nothing

  /// Named keys, by the private character under which the line editor binds them.
  ///
  /// U+0080 to U+009F cannot be typed, and libedit's key map reaches up to U+00FF.
  enum Named: UInt32, CaseIterable {
    case up = 0x80
    case down, left, right, home, end, delete, wordLeft, wordRight, newline
    case deleteWordLeft, deleteWordRight, backTab, escape
    /// Not keys: what the editor sends itself, to act outside of the reader or to end the line.
    case action, accept
  }
}

/// One byte from a terminal, or why there is none.
enum TerminalByte: Equatable {
  case byte(UInt8)
  case end
  case interrupted
  case nothing
}

/// Turns a terminal's bytes into keys.
///
/// libedit types the tail of every escape sequence that it does not know into the text (`;5C` for Ctrl-Right) and
/// knows no pasted blocks, so sequences are read here, whole, and libedit sees only characters that are bound.
struct KeyReader {
  /// The next byte; waits for that many milliseconds, or for ever if negative.
  let next: (_ milliseconds: Int32) -> TerminalByte

  /// A lone Escape is told from the start of a sequence by the silence after it.
  private static let escapeSilence: Int32 = 50
  /// A string that has lost its end must not swallow what is typed.
  private static let longestReply = 4096

  /// Waits for a key.
  ///
  /// - Parameter milliseconds: how long; for ever if negative.
  func key(within milliseconds: Int32 = -1) -> Key {
    switch next(milliseconds) {
    case .end: .end
    case .interrupted: .interrupted
    case .nothing: milliseconds < 0 ? .interrupted : .nothing
    case .byte(0x1B): afterEscape()
    case .byte(let first): first < 0x80 ? .character(UInt32(first)) : character(from: first)
    }
  }

  /// The rest of a character in UTF-8. What does not decode becomes U+FFFD.
  private func character(from first: UInt8) -> Key {
    var bytes = [first]
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    while bytes.count < length, case .byte(let byte) = next(Self.escapeSilence) { bytes.append(byte) }
    let scalar = String(decoding: bytes, as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}"
    return .character((0x80...0x9F).contains(scalar.value) ? 0xFFFD : scalar.value)
  }

  private func afterEscape() -> Key {
    guard case .byte(let byte) = next(Self.escapeSilence) else { return .named(.escape) }
    return switch byte {
    case UInt8(ascii: "["): controlSequence()
    case UInt8(ascii: "O"): functionKey()
    case UInt8(ascii: "\r"), UInt8(ascii: "\n"): .named(.newline)
    case UInt8(ascii: "b"): .named(.wordLeft)
    case UInt8(ascii: "f"): .named(.wordRight)
    case UInt8(ascii: "d"): .named(.deleteWordRight)
    case 0x08, 0x7F: .named(.deleteWordLeft)
    case UInt8(ascii: "P"), UInt8(ascii: "]"), UInt8(ascii: "_"), UInt8(ascii: "^"): deviceString(byte)
    default: .ignored
    }
  }

  /// Application mode: `ESC O A`.
  private func functionKey() -> Key {
    guard case .byte(let byte) = next(Self.escapeSilence) else { return .ignored }
    return Self.arrow(byte, modified: false)
  }

  /// `ESC [ parameters intermediates final`, as ECMA-48 has it.
  private func controlSequence() -> Key {
    var parameters = ""
    while case .byte(let byte) = next(Self.escapeSilence) {
      guard (0x40...0x7E).contains(byte) else {
        parameters.unicodeScalars.append(Unicode.Scalar(byte))
        continue
      }
      let final = Unicode.Scalar(byte)
      if parameters.hasPrefix("?") || ["R", "c", "t"].contains(final) { return .reply("[\(parameters)\(final)") }
      guard final == "~" else { return Self.arrow(byte, modified: parameters.contains(";")) }
      let numbers = parameters.split(separator: ";")
      return switch numbers.first {
      case "1", "7": .named(.home)
      case "4", "8": .named(.end)
      case "3": .named(.delete)
      case "200" where numbers.count == 1: pastedBlock()
      default: .ignored
      }
    }
    return .ignored
  }

  private static func arrow(_ final: UInt8, modified: Bool) -> Key {
    switch final {
    case UInt8(ascii: "A"): .named(.up)
    case UInt8(ascii: "B"): .named(.down)
    case UInt8(ascii: "C"): .named(modified ? .wordRight : .right)
    case UInt8(ascii: "D"): .named(modified ? .wordLeft : .left)
    case UInt8(ascii: "H"): .named(.home)
    case UInt8(ascii: "F"): .named(.end)
    case UInt8(ascii: "Z"): .named(.backTab)
    case UInt8(ascii: "M"): .character(0x0D)
    default: .ignored
    }
  }

  /// A string that the terminal sent on its own account, up to its terminator.
  private func deviceString(_ introducer: UInt8) -> Key {
    var bytes = [introducer]
    while bytes.count < Self.longestReply, case .byte(let byte) = next(Self.escapeSilence) {
      if byte == 0x07 { break }
      if bytes.last == 0x1B, byte == UInt8(ascii: "\\") {
        bytes.removeLast()
        break
      }
      bytes.append(byte)
    }
    return .reply(String(decoding: bytes, as: UTF8.self))
  }

  /// What stands up to `ESC [ 201 ~`.
  private func pastedBlock() -> Key {
    let closing = Array("\u{1B}[201~".utf8)
    var bytes: [UInt8] = []
    while !bytes.suffix(closing.count).elementsEqual(closing) {
      // A paste over a slow line pauses; one that lost its end must not hold the prompt for ever.
      guard case .byte(let byte) = next(2_000) else { return Self.paste(bytes) }
      bytes.append(byte)
    }
    return Self.paste(bytes.dropLast(closing.count))
  }

  private static func paste(_ bytes: some Sequence<UInt8>) -> Key {
    let text = String(decoding: Array(bytes), as: UTF8.self)
      .replacing("\r\n", with: "\n").replacing("\r", with: "\n").replacing("\t", with: "  ")
    let kept = text.unicodeScalars.filter { $0 == "\n" || !(($0.value < 0x20) || (0x7F...0x9F).contains($0.value)) }
    return .paste(String(String.UnicodeScalarView(kept)))
  }
}
