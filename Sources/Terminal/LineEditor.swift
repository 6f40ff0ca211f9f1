import CEdit
import Foundation

/// What was typed at the prompt.
public enum TypedBlock: Equatable, Sendable {
  /// A block to run.
  case text(String)
  /// A block that was given up by Ctrl-C.
  case cancelled(String)
  /// Ctrl-D on an empty line, or the terminal is gone.
  case end
}

/// What can stand at the cursor.
public struct Completions: Equatable, Sendable {
  /// How many characters before the cursor a candidate replaces.
  public var replaced: Int
  /// What can stand there, each with a note for the list.
  public var candidates: [(text: String, note: String)]

  /// What can stand at the cursor.
  ///
  /// - Parameters:
  ///   - replaced: how many characters (Unicode scalars) before the cursor a candidate replaces.
  ///   - candidates: what can stand there, each with a note for the list.
  public init(replaced: Int, candidates: [(text: String, note: String)]) {
    self.replaced = replaced
    self.candidates = candidates
  }

  /// Equal in all candidates and their notes.
  public static func == (left: Completions, right: Completions) -> Bool {
    left.replaced == right.replaced && left.candidates.elementsEqual(right.candidates) { $0 == $1 }
  }
}

/// Reads blocks of one or more lines from a terminal, with history and completion.
///
/// libedit draws and edits; keys, history and completion are ours, since its own garble unknown keys, cut long
/// lines and lose history. A block is one buffer with line ends in it. One editor a process, on the main thread.
public final class LineEditor {
  private let history: History
  private let interrupts: Interrupts
  private let isComplete: (String) -> Bool
  private let complete: (_ text: String, _ cursor: Int) -> Completions
  private var editor: OpaquePointer?
  private var promptWidth = 0
  private var walk: HistoryWalk?
  private var pasted = ""
  private var cancelled: String?

  /// An editor on the standard streams.
  ///
  /// - Parameters:
  ///   - history: where Up leads.
  ///   - interrupts: what wakes the editor at a signal.
  ///   - isComplete: whether Enter runs a block; otherwise it starts another line.
  ///   - complete: what can stand at a cursor, counted in Unicode scalars.
  public init(
    history: History, interrupts: Interrupts, isComplete: @escaping (String) -> Bool,
    complete: @escaping (_ text: String, _ cursor: Int) -> Completions
  ) {
    self.history = history
    self.interrupts = interrupts
    self.isComplete = isComplete
    self.complete = complete
    // Kept for ever, as libedit's state is.
    let context = Unmanaged.passRetained(self).toOpaque()
    editor = cedit_make(
      "easel", context,
      { context, character in
        guard let context, let character else { return -1 }
        return Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue().read(into: character)
      },
      { context, key in
        guard let context else { return Int32(CEDIT_BEEP) }
        return Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue().answer(UInt32(bitPattern: key))
      })
    bind()
  }

  /// Reads a block.
  ///
  /// - Parameters:
  ///   - prompt: what stands before its first line.
  ///   - isColoured: whether the prompt is drawn in colour.
  /// - Returns: what was typed; it is in the history by then.
  public func read(prompt: String, isColoured: Bool) -> TypedBlock {
    guard let editor else { return .end }
    promptWidth = prompt.count + 1
    // libedit loses an escape sequence that no visible character follows: the colour ends before the space.
    let mark = "\u{1}"
    cedit_prompt(
      editor, (isColoured ? "\(mark)\u{1B}[1;34m\(mark)\(prompt)\(mark)\u{1B}[0m\(mark) " : prompt + " ").wide)
    cancelled = nil
    walk = nil
    FileDescriptor.write("\u{1B}[?2004h", to: STDOUT_FILENO)
    defer { FileDescriptor.write("\u{1B}[?2004l", to: STDOUT_FILENO) }
    var count: Int32 = 0
    guard let wide = cedit_read(editor, &count) else {
      guard let cancelled else { return .end }
      history.append(cancelled, cancelled: true)
      return .cancelled(cancelled)
    }
    var text = String(wide: UnsafeBufferPointer(start: wide, count: Int(count)))
    if text.hasSuffix("\n") { text.removeLast() }
    history.append(text)
    return .text(text)
  }

  // MARK: Keys

  /// The commands of libedit that named keys call; all others are answered here.
  private static let builtIn: [(Key.Named, String)] = [
    (.left, "ed-prev-char"), (.right, "ed-next-char"), (.home, "ed-move-to-beg"), (.end, "ed-move-to-end"),
    (.delete, "ed-delete-next-char"), (.wordLeft, "ed-prev-word"), (.wordRight, "em-next-word"),
    (.deleteWordLeft, "ed-delete-prev-word"), (.deleteWordRight, "em-delete-next-word"), (.accept, "ed-newline"),
  ]

  private func bind() {
    guard let editor else { return }
    for (key, command) in Self.builtIn { _ = cedit_bind(editor, [wchar_t(key.rawValue), 0], command.wide) }
    for key in [Key.Named.up, .down, .newline, .paste] { _ = cedit_bind(editor, [wchar_t(key.rawValue), 0], nil) }
    for key in ["}", "]", ")", "^I", "^J", "^M", "^D", "^P", "^N", "^R"] { _ = cedit_bind(editor, key.wide, nil) }
  }

  /// Waits for a key, for libedit: 1 with a character, 0 at the end, -1 when a signal ends the block.
  private func read(into character: UnsafeMutablePointer<wchar_t>) -> Int32 {
    let keys = KeyReader(next: nextByte)
    while true {
      switch keys.key() {
      case .character(let value):
        character.pointee = wchar_t(bitPattern: value)
        return 1
      case .named(let key):
        character.pointee = wchar_t(key.rawValue)
        return 1
      case .paste(let text):
        pasted = text
        character.pointee = wchar_t(Key.Named.paste.rawValue)
        return 1
      case .ignored: continue
      case .end: return 0
      case .interrupted: if let result = attend() { return result }
      }
    }
  }

  /// A byte from the terminal, unless a signal comes first.
  private func nextByte(_ milliseconds: Int32) -> TerminalByte {
    var waits = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: interrupts.wakeDescriptor, events: Int16(POLLIN), revents: 0),
    ]
    let ready = poll(&waits, 2, milliseconds)
    if ready == 0 { return .nothing }
    // The pipe also tells of signals that came before the wait, which EINTR does not.
    if ready < 0 || waits[1].revents != 0 { return .interrupted }
    var byte: UInt8 = 0
    return Foundation.read(STDIN_FILENO, &byte, 1) == 1 ? .byte(byte) : .end
  }

  /// Does what the signals that came ask for. A result for libedit if one of them ends the block.
  private func attend() -> Int32? {
    while let wake = interrupts.nextWake() {
      switch wake {
      case .resize:
        cedit_resize(editor)
        redrawBlock()
      case .resume: cedit_resume(editor)
      case .terminate: return 0
      case .interrupt:
        let (text, cursor) = buffer
        cancelled = String(scalars: text)
        // What was typed stays readable; the next prompt starts below it.
        let below = rows(text) - rows(text.prefix(cursor))
        FileDescriptor.write(String(repeating: "\n", count: below) + "^C\n", to: STDOUT_FILENO)
        return -1
      }
    }
    return nil
  }

  /// Answers a key that is bound to us, with what libedit is to do next.
  private func answer(_ key: UInt32) -> Int32 {
    let (text, cursor) = buffer
    switch key {
    case 0x0D, 0x0A: return enter(text)
    case 0x04: return text.isEmpty ? Int32(CEDIT_END) : deleteForward(text, cursor)
    case 0x09: return tab(text, cursor)
    case 0x29, 0x5D, 0x7D: return close(String(scalars: [key]), text, cursor)
    case 0x12: return recall(.anywhere) { $0.older() }
    case 0x10, Key.Named.up.rawValue: return moveLine(text, cursor, by: -1) ?? recall(.prefix) { $0.older() }
    case 0x0E, Key.Named.down.rawValue: return moveLine(text, cursor, by: 1) ?? recall(.prefix) { $0.newer() }
    case Key.Named.newline.rawValue: return insert("\n")
    case Key.Named.paste.rawValue: return insert(pasted)
    default: return Int32(CEDIT_BEEP)
    }
  }

  private func enter(_ text: [UInt32]) -> Int32 {
    let block = String(scalars: text)
    guard isComplete(block) else { return insert("\n" + Self.indentation(after: block)) }
    // libedit's own newline prints at the cursor, over the rows below: go to the end first, then press it.
    cedit_move(editor, Int32(text.count))
    cedit_push(editor, [wchar_t(Key.Named.accept.rawValue), 0])
    return Int32(CEDIT_MOVED)
  }

  /// Two blanks for each bracket that is open at the end.
  static func indentation(after block: String) -> String {
    let depth = block.reduce(0) { depth, character in
      "([{".contains(character) ? depth + 1 : ")]}".contains(character) ? max(depth - 1, 0) : depth
    }
    return String(repeating: "  ", count: depth)
  }

  /// A closing bracket at the start of a line stands below the line that opened it.
  private func close(_ bracket: String, _ text: [UInt32], _ cursor: Int) -> Int32 {
    let line = text.prefix(cursor).suffix(while: { $0 != 0x0A })
    if line.count >= 2, line.count < cursor, line.allSatisfy({ $0 == 0x20 }) { cedit_delete(editor, 2) }
    return insert(bracket)
  }

  private func deleteForward(_ text: [UInt32], _ cursor: Int) -> Int32 {
    guard cursor < text.count else { return Int32(CEDIT_BEEP) }
    cedit_move(editor, 1)
    cedit_delete(editor, 1)
    return Int32(CEDIT_REFRESH)
  }

  // MARK: History

  /// Replaces the block by what a step of a walk leads to.
  private func recall(_ match: HistoryWalk.Match, step: (inout HistoryWalk) -> Bool) -> Int32 {
    let shown = String(scalars: buffer.text)
    var current =
      walk.flatMap { $0.text == shown && $0.match == match ? $0 : nil }
      ?? HistoryWalk(texts: history.texts, typed: shown, match: match)
    guard step(&current) else { return Int32(CEDIT_BEEP) }
    walk = current
    let (text, cursor) = buffer
    cedit_move(editor, Int32(text.count - cursor))
    cedit_delete(editor, Int32(text.count))
    return insert(current.text)
  }

  /// Moves a line up or down inside the block; nil if there is none.
  private func moveLine(_ text: [UInt32], _ cursor: Int, by step: Int) -> Int32? {
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    let line = text.prefix(cursor).count { $0 == 0x0A }
    guard lines.indices.contains(line + step) else { return nil }
    let target = lines[line + step]
    let column = cursor - lines[line].startIndex
    cedit_move(editor, Int32(target.startIndex + min(column, target.count) - cursor))
    return Int32(CEDIT_MOVED)
  }

  // MARK: Completion

  private func tab(_ text: [UInt32], _ cursor: Int) -> Int32 {
    let line = text.prefix(cursor).suffix(while: { $0 != 0x0A })
    if line.allSatisfy({ $0 == 0x20 }) { return insert("  ") }
    let found = complete(String(scalars: text), cursor)
    guard let first = found.candidates.first else { return Int32(CEDIT_BEEP) }
    let shared = found.candidates.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1.text) }
    let present = String(scalars: text.prefix(cursor).suffix(found.replaced))
    if found.candidates.count == 1 || (shared != present && shared.unicodeScalars.count >= found.replaced) {
      cedit_delete(editor, Int32(found.replaced))
      return insert(shared)
    }
    list(found.candidates, below: rows(text) - rows(text.prefix(cursor)))
    return Int32(CEDIT_REFRESH)
  }

  /// Prints the candidates below the block, and the block anew below them.
  private func list(_ candidates: [(text: String, note: String)], below: Int) {
    let width = TerminalSize.columns(of: STDOUT_FILENO)
    let lines = CandidateList.lines(candidates, width: width)
    FileDescriptor.write(
      String(repeating: "\n", count: below + 1) + lines.joined(separator: "\n") + "\n", to: STDOUT_FILENO)
    cedit_redraw(editor)
  }

  // MARK: The buffer

  private var buffer: (text: [UInt32], cursor: Int) {
    guard let editor else { return ([], 0) }
    var (count, cursor): (Int32, Int32) = (0, 0)
    guard let start = cedit_text(editor, &count, &cursor) else { return ([], 0) }
    return (UnsafeBufferPointer(start: start, count: Int(count)).map { UInt32(bitPattern: $0) }, Int(cursor))
  }

  private func insert(_ text: String) -> Int32 {
    if !text.isEmpty { _ = cedit_insert(editor, text.wide) }
    return Int32(CEDIT_REFRESH)
  }

  /// Draws the block anew after its rows broke differently.
  private func redrawBlock() {
    let (text, cursor) = buffer
    let above = rows(text.prefix(cursor)) - 1
    FileDescriptor.write("\r" + (above > 0 ? "\u{1B}[\(above)A" : "") + "\u{1B}[J", to: STDOUT_FILENO)
    cedit_redraw(editor)
  }

  /// The rows on the screen that a part of the block takes, from the prompt.
  private func rows(_ text: some Collection<UInt32>) -> Int {
    let width = TerminalSize.columns(of: STDOUT_FILENO)
    var (row, column) = (1, promptWidth)
    for value in text {
      let room = value == 0x0A ? 0 : max(Int(cedit_width(wchar_t(bitPattern: value))), 0)
      if value == 0x0A || column + room > width { (row, column) = (row + 1, 0) }
      column += room
    }
    return row
  }
}

extension String {
  /// UTF-32, ended by 0, as libedit takes it.
  var wide: [wchar_t] { unicodeScalars.map { wchar_t(bitPattern: $0.value) } + [0] }

  /// A text from UTF-32; what is no scalar becomes U+FFFD.
  init(scalars: some Sequence<UInt32>) {
    var view = UnicodeScalarView()
    view.append(contentsOf: scalars.map { Unicode.Scalar($0) ?? "\u{FFFD}" })
    self.init(view)
  }

  init(wide: UnsafeBufferPointer<wchar_t>) { self.init(scalars: wide.map { UInt32(bitPattern: $0) }) }
}

extension Collection {
  /// The elements after the last one that does not hold.
  fileprivate func suffix(while holds: (Element) -> Bool) -> [Element] where Self: BidirectionalCollection {
    var kept: [Element] = []
    for element in reversed() {
      guard holds(element) else { break }
      kept.append(element)
    }
    return kept.reversed()
  }
}
