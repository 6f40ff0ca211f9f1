import CEdit
import Foundation

/// What was typed at the prompt.
enum TypedBlock: Equatable {
  /// A block to run.
  case text(String)
  /// A block that was given up by Ctrl-C.
  case cancelled(String)
  /// Ctrl-D on an empty line, or the terminal is gone.
  case end
}

/// What the editor asks about the text.
struct EditedLanguage {
  /// Whether Enter runs a block; otherwise it starts another line.
  var isComplete: (String) -> Bool
  /// What can stand at a cursor, counted in Unicode scalars.
  var complete: (_ text: String, _ cursor: Int) -> Completions
  /// The text in colour.
  var styled: (_ text: String) -> StyledText
  /// Lines below the text while a call is typed.
  var hint: (_ text: String, _ cursor: Int) -> [StyledText]
}

/// Reads blocks of one or more lines from a terminal, with history, completion, colour and hints.
///
/// libedit keeps the text, dispatches keys and has its usual small commands (transpose, change of case, quoted insert,
/// counts). Keys are read by ``KeyReader`` and the block is drawn by ``Canvas``: libedit's own display knows neither
/// colour nor lines below the text and garbles long blocks. A block is one buffer with line ends in it. One editor a
/// process, on the main thread.
final class LineEditor {
  let history: History
  let interrupts: Interrupts
  let language: EditedLanguage
  let isColoured: Bool
  /// Told what the terminal says on its own account.
  var onReply: (String) -> Void = { _ in }
  /// What the terminal is asked, once, when the first prompt is drawn.
  var question: String?
  var editor: OpaquePointer?
  var walk: HistoryWalk?
  var search: HistorySearch?
  var menu: CompletionMenu?
  private var prompt = StyledText()
  private var canvas = Canvas { FileDescriptor.write($0, to: STDOUT_FILENO) }
  private var undo = UndoHistory()
  private var killed = ""
  private var cancelled: String?
  /// What the editor is to do as soon as libedit is out of the reader.
  var action: (() -> Int32)?
  private var hint: (block: Block, lines: [StyledText])?

  /// An editor on the standard streams.
  ///
  /// - Parameters:
  ///   - history: where Up leads.
  ///   - interrupts: what wakes the editor at a signal.
  ///   - language: what is known about the text.
  ///   - isColoured: whether colour is wanted.
  init(history: History, interrupts: Interrupts, language: EditedLanguage, isColoured: Bool) {
    (self.history, self.interrupts, self.language, self.isColoured) = (history, interrupts, language, isColoured)
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
    for key in Key.Named.allCases where key != .accept { _ = cedit_bind(editor, [wchar_t(key.rawValue), 0], nil) }
    _ = cedit_bind(editor, [wchar_t(Key.Named.accept.rawValue), 0], "ed-newline".wide)
    for key in ["}", "]", ")"] + "ABDEFHIJKLMNPRUWY_".map({ "^\($0)" }) + ["^?"] {
      _ = cedit_bind(editor, key.wide, nil)
    }
  }

  /// Reads a block.
  ///
  /// - Parameters:
  ///   - prompt: what stands before its first line.
  /// - Returns: what was typed; it is in the history by then.
  func read(prompt: String) -> TypedBlock {
    guard let editor else { return .end }
    self.prompt = StyledText(prompt, .prompt)
    self.prompt.append(" ")
    (cancelled, walk, search, menu, hint) = (nil, nil, nil, nil, nil)
    undo.begin()
    canvas.begin()
    FileDescriptor.write("\u{1B}[?2004h", to: STDOUT_FILENO)
    defer {
      FileDescriptor.write("\u{1B}[?2004l", to: STDOUT_FILENO)
      cedit_quiet()
    }
    var count: Int32 = 0
    guard let wide = cedit_read(editor, &count) else {
      guard let cancelled else { return .end }
      history.append(cancelled, cancelled: true)
      return .cancelled(cancelled)
    }
    var text = String(scalars: UnsafeBufferPointer(start: wide, count: Int(count)).map { UInt32(bitPattern: $0) })
    if text.hasSuffix("\n") { text.removeLast() }
    history.append(text)
    return .text(text)
  }

  // MARK: Reading

  /// Waits for a key, for libedit: 1 with a character, 0 at the end, -1 when a signal ends the block.
  private func read(into character: UnsafeMutablePointer<wchar_t>) -> Int32 {
    let keys = KeyReader(next: nextByte)
    undo.note(block)
    if let question {
      // What a terminal prints instead of answering is erased.
      FileDescriptor.write(question + "\r\u{1B}[K", to: STDOUT_FILENO)
      self.question = nil
    }
    while true {
      if !hasInput { draw() }
      switch filtered(keys.key()) {
      case .character(0x18): control(after: keys.key(within: 1_000), into: character)
      case .character(let value): character.pointee = wchar_t(bitPattern: value)
      case .named(let key): character.pointee = wchar_t(key.rawValue)
      case .paste(let text): perform(into: character) { self.insert(text) }
      case .reply(let text):
        onReply(text)
        continue
      case .ignored, .nothing: continue
      case .end:
        finish(with: "")
        return 0
      case .interrupted:
        if let result = attend(keys) { return result }
        continue
      }
      return 1
    }
  }

  /// Has libedit call back at once, outside of the reader: only there may the text be changed.
  func perform(into character: UnsafeMutablePointer<wchar_t>, _ body: @escaping () -> Int32) {
    action = body
    character.pointee = wchar_t(Key.Named.action.rawValue)
  }

  /// What follows Ctrl-X.
  private func control(after key: Key, into character: UnsafeMutablePointer<wchar_t>) {
    perform(into: character) {
      switch key {
      case .character(0x05): self.editOutside()
      case .character(0x15): self.goBack()
      default: Int32(CEDIT_BEEP)
      }
    }
  }

  /// Whether a byte is waiting: then drawing can wait too.
  private var hasInput: Bool {
    var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return poll(&wait, 1, 0) > 0 && wait.revents & Int16(POLLIN) != 0
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
  private func attend(_ keys: KeyReader) -> Int32? {
    while let wake = interrupts.nextWake() {
      switch wake {
      case .resize: canvas.resize(to: TerminalSize.columns(of: STDOUT_FILENO), column: cursorColumn(keys))
      case .resume:
        cedit_raw(editor, 0)
        cedit_raw(editor, 1)
        FileDescriptor.write("\u{1B}[?2004h", to: STDOUT_FILENO)
        canvas.begin()
      case .terminate:
        finish(with: "")
        return 0
      case .interrupt:
        let written = search?.typed ?? block.string
        search = nil
        cancelled = written
        // What was typed stays readable; the next prompt starts below it.
        finish(with: "^C", text: written)
        return -1
      }
    }
    return nil
  }

  /// Asks the terminal in which column the cursor stands, from 0; `nil` if it does not say so soon.
  private func cursorColumn(_ keys: KeyReader) -> Int? {
    FileDescriptor.write("\u{1B}[6n", to: STDOUT_FILENO)
    let deadline = ContinuousClock.now + .milliseconds(100)
    while ContinuousClock.now < deadline {
      switch keys.key(within: 100) {
      case .reply(let text) where text.hasSuffix("R"):
        return text.dropFirst().dropLast().split(separator: ";").last.flatMap { Int($0) }.map { $0 - 1 }
      case .nothing, .end, .interrupted: return nil
      default: continue  // Keys pressed while a window is dragged are not worth a queue.
      }
    }
    return nil
  }

  // MARK: Drawing

  private func draw() {
    let (block, size) = (self.block, TerminalSize.of(STDOUT_FILENO))
    var styled = language.styled(block.string)
    Brackets.mark(around: block.cursor, in: &styled)
    var layout = Layout(
      prompt: prompt, block: styled, cursor: block.cursor, width: size.columns, isColoured: isColoured)
    let room = size.rows - layout.rows.count
    let below = linesBelow(block, room: room, width: size.columns)
    if !below.isEmpty, room > 0 {
      layout = Layout(
        prompt: prompt, block: styled, cursor: block.cursor, below: Array(below.prefix(room)), width: size.columns,
        isColoured: isColoured)
    }
    canvas.draw(layout, height: size.rows)
  }

  private func linesBelow(_ block: Block, room: Int, width: Int) -> [StyledText] {
    if let search { return [search.line] }
    if let menu { return menu.lines(width: width, rows: min(room, CompletionMenu.height)) }
    if hint?.block != block { hint = (block, language.hint(block.string, block.cursor)) }
    return hint?.lines ?? []
  }

  /// Draws the block as it stays on the screen and goes below it.
  private func finish(with mark: String, text: String? = nil) {
    let text = text ?? block.string
    var styled = language.styled(text)
    styled.append(mark)
    let size = TerminalSize.of(STDOUT_FILENO)
    let layout = Layout(
      prompt: prompt, block: styled, cursor: styled.scalars.count, width: size.columns, isColoured: isColoured)
    canvas.draw(layout, height: size.rows)
    canvas.end()
  }

  // MARK: Commands

  /// Answers a key that is bound to us, with what libedit is to do next.
  private func answer(_ key: UInt32) -> Int32 {
    let block = self.block
    if let named = Key.Named(rawValue: key) { return answer(named, block) }
    switch key {
    case 0x01: return answer(.home, block)
    case 0x02: return go(to: block.left)
    case 0x04: return block.text.isEmpty ? end() : delete(block.cursor..<block.right)
    case 0x05: return go(to: block.lineStop)
    case 0x06: return go(to: block.right)
    case 0x08, 0x7F: return delete(block.left..<block.cursor)
    case 0x09: return tab(block, backwards: false)
    case 0x0A, 0x0D: return enter(block)
    case 0x0B: return kill(block.cursor..<(block.cursor == block.lineStop ? block.right : block.lineStop))
    case 0x0C: return clearScreen()
    case 0x0E: return block.lineAway(by: 1).map(go) ?? recall { $0.newer() }
    case 0x10: return block.lineAway(by: -1).map(go) ?? recall { $0.older() }
    case 0x12: return beginSearch()
    case 0x15: return kill(block.lineStart..<block.cursor)
    case 0x17: return kill(block.wordLeft..<block.cursor)
    case 0x19: return insert(killed)
    case 0x1F: return goBack()
    case 0x29, 0x5D, 0x7D: return close(String(scalars: [key]), block)
    default: return Int32(CEDIT_BEEP)
    }
  }

  private func answer(_ key: Key.Named, _ block: Block) -> Int32 {
    switch key {
    case .up: return block.lineAway(by: -1).map(go) ?? recall { $0.older() }
    case .down: return block.lineAway(by: 1).map(go) ?? recall { $0.newer() }
    case .left: return go(to: block.left)
    case .right: return go(to: block.right)
    case .home: return go(to: block.cursor == block.textStart ? block.lineStart : block.textStart)
    case .end: return go(to: block.lineStop)
    case .wordLeft: return go(to: block.wordLeft)
    case .wordRight: return go(to: block.wordRight)
    case .delete: return delete(block.cursor..<block.right)
    case .deleteWordLeft: return kill(block.wordLeft..<block.cursor)
    case .deleteWordRight: return kill(block.cursor..<block.wordRight)
    case .newline: return insert("\n" + Self.indentation(after: String(scalars: block.text[..<block.cursor])))
    case .backTab: return tab(block, backwards: true)
    case .escape, .accept: return Int32(CEDIT_REFRESH)
    case .action:
      defer { action = nil }
      return action?() ?? Int32(CEDIT_BEEP)
    }
  }

  private func end() -> Int32 {
    finish(with: "")
    return Int32(CEDIT_END)
  }

  private func enter(_ block: Block) -> Int32 {
    let text = block.string
    guard language.isComplete(text) else {
      return insert("\n" + Self.indentation(after: String(scalars: block.text[..<block.cursor])))
    }
    menu = nil
    finish(with: "")
    cedit_move(editor, Int32(block.text.count - block.cursor))
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
  private func close(_ bracket: String, _ block: Block) -> Int32 {
    let line = block.lineBefore
    if line.count >= 2, line.count < block.cursor, line.allSatisfy({ $0 == 0x20 }) { cedit_delete(editor, 2) }
    return insert(bracket)
  }

  private func kill(_ range: Range<Int>) -> Int32 {
    if !range.isEmpty { killed = String(scalars: block.text[range]) }
    return delete(range)
  }

  private func goBack() -> Int32 {
    guard let earlier = undo.undo() else { return Int32(CEDIT_BEEP) }
    return replace(with: earlier)
  }

  private func clearScreen() -> Int32 {
    FileDescriptor.write("\u{1B}[H\u{1B}[2J", to: STDOUT_FILENO)
    canvas.begin()
    return Int32(CEDIT_REFRESH)
  }

  private func editOutside() -> Int32 {
    canvas.clear()
    cedit_raw(editor, 0)
    cedit_restore()
    let edited = ExternalEditor.edit(block.string, environment: ProcessInfo.processInfo.environment)
    cedit_raw(editor, 1)
    // What Ctrl-C meant inside the editor does not concern the block.
    while interrupts.nextWake() != nil {}
    FileDescriptor.write("\u{1B}[?2004h", to: STDOUT_FILENO)
    guard let edited else { return Int32(CEDIT_BEEP) }
    let text = edited.unicodeScalars.map(\.value)
    return replace(with: Block(text: text, cursor: text.count))
  }
}
