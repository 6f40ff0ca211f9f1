import CEdit
import Foundation
public import Script

/// The prompt: reads blocks, evaluates them, shows values and errors, and goes on.
public final class Prompt {
  private let session: Session
  private let output: TerminalOutput
  private let interrupts: Interrupts

  /// A prompt over a session.
  ///
  /// - Parameters:
  ///   - session: what evaluates; its stop token is that of the interrupts.
  ///   - output: the session's output.
  ///   - interrupts: what Ctrl-C does; installed by the prompt.
  public init(session: Session, output: TerminalOutput, interrupts: Interrupts) {
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
    output.write(banner)
    let editor = LineEditor(
      history: History(path: History.path(in: environment)), interrupts: interrupts,
      language: EditedLanguage(session), isColoured: environment["NO_COLOR"]?.isEmpty ?? true)
    defer { cedit_restore() }
    while !isLeaving {
      switch editor.read(prompt: "easel \(session.nextCell)>") {
      case .cancelled: continue
      case .end:
        output.write("")
        return interrupts.isTerminating ? Interrupts.status : 0
      case .text(let text):
        if ["exit", "quit"].contains(text.trimmingCharacters(in: .whitespaces)) { return 0 }
        _ = evaluate(text)
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
    let outcome = interrupts.whileRunning { session.evaluate(text) }
    output.progress(nil)
    output.report(outcome.diagnostics)
    return outcome.succeeded
  }

  private var isLeaving: Bool { interrupts.isTerminating || interrupts.isLeaving }
}
