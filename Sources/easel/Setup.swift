import ArgumentParser
import Terminal
import Workbench

/// What every subcommand works with: a session over the whole library, on this process's terminal.
struct Setup {
  /// Easel's version.
  static let version = "0.1.0"

  let prompt: Prompt
  let runner: ScriptRunner

  init() {
    let output = TerminalOutput()
    let interrupts = Interrupts()
    let session = Prompt.bareSession(output: output, interrupts: interrupts)
    prompt = Prompt(session: session, output: output, interrupts: interrupts)
    runner = ScriptRunner(session: session, output: output, interrupts: interrupts)
  }
}

extension Int32 {
  /// Ends the command with this exit status.
  func leave() throws {
    if self != 0 { throw ExitCode(self) }
  }
}
