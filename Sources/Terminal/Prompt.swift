import CEdit
import Foundation
public import Script

/// The prompt: reads blocks, evaluates them, shows values and errors, and goes on.
public final class Prompt {
  private let session: Session
  private let output: TerminalOutput
  private let interrupts: Interrupts
  private let doctor: () -> [String]
  /// The cells that ran to their end.
  private var cells: [(number: Int, text: String)] = []
  private var support: GraphicsSupport?

  /// A cell that took longer than this says so, in seconds.
  private static let notable = 1.0

  /// A prompt over a session.
  ///
  /// - Parameters:
  ///   - session: what evaluates; its stop token is that of the interrupts.
  ///   - output: the session's output.
  ///   - interrupts: what Ctrl-C does; installed by the prompt.
  ///   - doctor: what the machine has, for `:doctor`, one line each.
  public init(
    session: Session, output: TerminalOutput, interrupts: Interrupts, doctor: @escaping () -> [String] = { [] }
  ) {
    self.doctor = doctor
    self.session = session
    self.output = output
    self.interrupts = interrupts
  }

  /// Reads from standard input until it ends: with an editor on a terminal, plainly elsewhere.
  ///
  /// - Parameters:
  ///   - banner: what greets the user of a terminal.
  ///   - environment: names the history file, and whether colour is wanted.
  /// - Returns: the exit status: 130 after a signal that ends the process, 1 if input that did not come from a
  ///   terminal failed somewhere, else 0.
  public func run(banner: String, environment: [String: String]) -> Int32 {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, environment["TERM"] != "dumb" else {
      return runPlain()
    }
    interrupts.install(atPrompt: true)
    output.write(Self.wrapped(banner, to: TerminalSize.columns(of: STDOUT_FILENO)))
    let editor = LineEditor(
      history: History(path: History.path(in: environment)), interrupts: interrupts,
      language: EditedLanguage(session), isColoured: environment["NO_COLOR"]?.isEmpty ?? true)
    let term = environment["TERM"] ?? ""
    let isTrueColour = ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
    output.isColoured = editor.isColoured && (isTrueColour || term.contains("256color"))
    let support = GraphicsSupport(hasColour: output.isColoured)
    editor.onReply = support.take
    // The console of Linux prints such questions instead of answering them.
    if term != "linux" { editor.question = GraphicsSupport.question }
    self.support = support
    output.pictures = InlinePicture(support: support, isTrueColour: isTrueColour)
    defer { cedit_restore() }
    while !isLeaving {
      switch editor.read(prompt: "easel \(session.nextCell)>") {
      case .cancelled: continue
      case .end:
        output.write("")
        return interrupts.isTerminating ? Interrupts.status : 0
      case .text(let text):
        if ["exit", "quit"].contains(text.trimmingCharacters(in: .whitespaces)) { return 0 }
        if PromptCommands.isCommand(text) {
          commands.run(text)
        } else {
          timed(text)
        }
      }
    }
    return Interrupts.status
  }

  /// Reads blocks without an editor, as from a file or a pipe.
  private func runPlain() -> Int32 {
    interrupts.install(atPrompt: false)
    var status: Int32 = 0
    var block = ""
    while !isLeaving, let line = readLine(strippingNewline: true) {
      block += block.isEmpty ? line : "\n" + line
      guard session.isComplete(block) else { continue }
      if !evaluate(block) { status = 1 }
      block = ""
    }
    if !isLeaving, !block.isEmpty, !evaluate(block) { status = 1 }
    return isLeaving ? Interrupts.status : status
  }

  /// Runs a block and tells what went wrong; false if something did.
  private func evaluate(_ text: String) -> Bool {
    guard text.contains(where: { !$0.isWhitespace }) else { return true }
    let number = session.nextCell
    let outcome = interrupts.whileRunning { session.evaluate(text) }
    output.progress(nil)
    output.report(outcome.diagnostics)
    if outcome.succeeded, session.nextCell > number { cells.append((number, text)) }
    return outcome.succeeded
  }

  /// Runs a block, and tells how long it took if that was long.
  private func timed(_ text: String) {
    let start = ContinuousClock.now
    _ = evaluate(text)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if seconds >= Self.notable { output.note("(\(PromptCommands.text(seconds)))") }
  }

  private var commands: PromptCommands {
    PromptCommands(
      session: session, output: output,
      doctor: { [doctor, support] in
        let pictures: String =
          switch support?.way {
          case .kitty: "kitty's protocol"
          case .iterm: "iTerm2's protocol"
          case .sixel: "sixel"
          case .blocks: "half blocks in colour; kitty, iTerm2 or sixel would be finer"
          case nil: "none"
          }
        let size = TerminalSize.of(STDOUT_FILENO)
        return doctor() + ["terminal   \(size.columns)×\(size.rows), pictures by \(pictures)"]
      },
      evaluate: evaluate, cells: { [self] in cells },
      forget: { [self] number in cells.removeAll { $0.number == number } })
  }

  /// A text broken between words where a line would be too long.
  static func wrapped(_ text: String, to width: Int) -> String {
    var lines = [""]
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count < width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n")
  }

  private var isLeaving: Bool { interrupts.isTerminating || interrupts.isLeaving }
}
