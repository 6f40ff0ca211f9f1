import ArgumentParser
import Foundation
import Terminal
import Workbench

/// What every subcommand works with: a session over the whole library, on this process's terminal.
struct Setup {
  let prompt: Prompt
  let runner: ScriptRunner

  /// - Parameters:
  ///   - name: what the run's folder is called.
  ///   - outputs: the folder under which runs lie.
  init(name: String = "session", outputs: String = "outputs") {
    let output = TerminalOutput()
    let interrupts = Interrupts()
    let process = Int(ProcessInfo.processInfo.processIdentifier)
    let run = Run(name: name, outputs: outputs, date: Date(), process: process)
    let session = Workbench.session(output: output, run: run, stop: interrupts.token)
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
