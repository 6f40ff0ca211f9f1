public import Script

/// Runs and checks script files for the command line.
public struct ScriptRunner {
  private let session: Session
  private let output: TerminalOutput
  private let interrupts: Interrupts

  /// A runner over a session.
  ///
  /// - Parameters:
  ///   - session: what runs scripts; its stop token is that of the interrupts.
  ///   - output: the session's output.
  ///   - interrupts: what Ctrl-C does; installed by the first run.
  public init(session: Session, output: TerminalOutput, interrupts: Interrupts) {
    self.session = session
    self.output = output
    self.interrupts = interrupts
  }

  /// Checks a script, then runs it, and tells what went wrong.
  ///
  /// - Parameters:
  ///   - file: its path.
  ///   - settings: names and values that replace its own.
  /// - Returns: the exit status: 0 done, 1 failed, 130 interrupted, even if the script came to its end in good order.
  public func run(file: String, settings: [(name: String, value: String)]) -> Int32 {
    run { session.run(file: file, settings: settings) }
  }

  /// Checks a script that is in no file, then runs it; see ``run(file:settings:)``.
  public func run(text: String, name: String, folder: String, settings: [(name: String, value: String)]) -> Int32 {
    run { session.run(text, name: name, folder: folder, settings: settings) }
  }

  private func run(_ body: () -> Outcome) -> Int32 {
    interrupts.install(atPrompt: false)
    let outcome = interrupts.whileRunning(body)
    output.progress(nil)
    output.report(outcome.diagnostics)
    if outcome.isStopped || interrupts.wasRaised { return Interrupts.status }
    return outcome.succeeded ? 0 : 1
  }

  /// Checks a script and tells what is wrong with it.
  ///
  /// - Parameters:
  ///   - file: its path.
  ///   - settings: names and values that would replace its own.
  /// - Returns: the exit status: 0 if nothing is wrong, else 1.
  public func check(file: String, settings: [(name: String, value: String)]) -> Int32 {
    let diagnostics = session.check(file: file, settings: settings)
    output.report(diagnostics)
    return diagnostics.isEmpty ? 0 : 1
  }
}
