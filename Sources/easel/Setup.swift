import ArgumentParser
import Foundation
import Terminal
import Workbench

/// What every subcommand works with: a session over the whole library, on this process's terminal.
struct Setup {
  let prompt: Prompt
  let runner: ScriptRunner
  private let output: TerminalOutput
  private let run: Run

  /// - Parameters:
  ///   - name: what the run's folder is called.
  ///   - kind: what makes it run.
  ///   - parent: the run that this one varies.
  ///   - outputs: the folder under which runs lie.
  ///   - settings: what replaces the script's own values.
  init(
    name: String = "session", kind: Run.Kind = .session, parent: String? = nil, outputs: String = "outputs",
    settings: [(name: String, value: String)] = []
  ) {
    output = TerminalOutput()
    let interrupts = Interrupts()
    run = Self.run(name: name, kind: kind, parent: parent, outputs: outputs, settings: settings, output: output)
    let session = Workbench.session(output: output, run: run, stop: interrupts.token)
    prompt = Prompt(session: session, output: output, interrupts: interrupts, doctor: DoctorCommand.lines)
    runner = ScriptRunner(session: session, output: output, interrupts: interrupts)
  }

  /// A run of this process.
  static func run(
    name: String, kind: Run.Kind, parent: String?, outputs: String, settings: [(name: String, value: String)],
    output: TerminalOutput
  ) -> Run {
    let process = Int(ProcessInfo.processInfo.processIdentifier)
    let run = Run(
      name: name, kind: kind, parent: parent, outputs: outputs, date: Date(), process: process, settings: settings,
      worker: worker)
    run.warn = { [output] in output.note("warning: " + $0) }
    return run
  }

  /// What starts a worker: this program.
  static var worker: [String] {
    [
      URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path,
      WorkCommand.configuration.commandName ?? "",
    ]
  }

  /// Runs a script's sweeps and prints their tables.
  ///
  /// - Returns: the exit status.
  func sweep(
    file: String, settings: [(name: String, value: String)], workers: Int?, retry: Bool, force: Bool
  ) -> Int32 {
    (run.sweeps.workers, run.sweeps.retriesFailed, run.sweeps.isForced) = (workers, retry, force)
    let status = runner.run(file: file, settings: settings)
    for text in run.sweeps.texts(width: output.width) { output.write(text) }
    if status == 0, run.sweeps.isEmpty {
      output.note("There is no sweep in '\(file)': write sweep(lr: [1e-5, 1e-4]) { p in … }")
      return 1
    }
    return status == 0 && run.sweeps.hasFailures ? 1 : status
  }

  /// Says where the run's files are, if it has written any, and ends the command with an exit status.
  func leave(_ status: Int32) throws {
    for job in run.running { output.note(job) }
    if !run.running.isEmpty { output.note("'easel jobs' lists them; attach(\"…\") at the prompt gives their results") }
    run.end(status: status)
    if run.hasFiles, let path = run.path { output.note("The files of this run are in \(path)") }
    if status != 0 { throw ExitCode(status) }
  }
}
