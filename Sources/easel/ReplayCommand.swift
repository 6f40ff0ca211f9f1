import ArgumentParser
import Foundation
import Terminal
import Workbench

/// `easel replay RUN`.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Run again what a run did, and compare it number by number.",
    discussion: """
      What came from outside comes from the run's journal: answers of programs, interrupts at the same step. It ends at \
      the first difference. With --set it is a variation: a run of its own that nothing is compared with, unless a \
      level is given.

      Exit status: 0 the same, 1 it cannot be replayed, 2 usage, 3 it differs, 130 interrupted.
      """)

  @Argument(help: "A run's id, its folder, its journal, or a script, which stands for its latest run.")
  var name: String

  @Option(
    help: """
      What must agree: bits (everything, the default), decisions (tokens and texts, numbers within the tolerance), or statistics \
      (the means of metrics within their intervals).
      """)
  var level: Level?

  @Option(help: ArgumentHelp("By how much of itself a number may differ below the level of bits.", valueName: "share"))
  var tolerance = 1e-3

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Replaces the value of a top-level assignment.", valueName: "name=value"))
  var settings: [Setting] = []

  @Option(help: ArgumentHelp("The folder that holds all runs.", valueName: "folder"))
  var outputs = "outputs"

  enum Level: String, ExpressibleByArgument, CaseIterable {
    case bits, decisions, statistics
  }

  /// What a replay that differs ends with.
  private static let different: Int32 = 3

  func validate() throws {
    guard tolerance >= 0, tolerance < 1 else { throw ValidationError("The tolerance must be at least 0 and below 1.") }
  }

  func run() throws {
    let source: ReplaySource
    let output = TerminalOutput()
    do {
      source = try ReplaySource(name, in: outputs)
    } catch let failure as ReplaySource.Failure {
      output.note("\(failure)")
      if case .damaged = failure { throw ExitCode(Self.different) }
      throw ExitCode(1)
    }
    if settings.isEmpty || level != nil { try replay(source, output) } else { try vary(source, output) }
  }

  private var pairs: [(name: String, value: String)] { settings.map { ($0.name, $0.value) } }

  private func replay(_ source: ReplaySource, _ output: TerminalOutput) throws {
    let interrupts = Interrupts()
    interrupts.install(atPrompt: false)
    let run = Setup.run(
      name: source.name, kind: .replay, parent: source.id, outputs: outputs, settings: pairs, output: output)
    let replay = Replay(
      source, run: run, output: output, stop: interrupts.token,
      level: level.flatMap { .init(rawValue: $0.rawValue) } ?? .bits, tolerance: tolerance, settings: pairs)
    for warning in replay.warnings { output.note("Note: " + warning) }
    let verdict = try interrupts.whileRunning { try replay.execute() }
    output.progress(nil)
    var status: Int32 = 0
    switch verdict {
    case .interrupted:
      output.note("Interrupted; the same until then: \(replay.counts)")
      status = Interrupts.status
    case .differs(let difference):
      output.write("\(source.id) differs. In \(difference)")
      output.write("The same until then: \(replay.counts)")
      status = Self.different
    case .same(let level): output.write("\(source.id) is the same at level \(level): \(replay.counts)")
    }
    run.end(status: status)
    if status != 0 { throw ExitCode(status) }
  }

  private func vary(_ source: ReplaySource, _ output: TerminalOutput) throws {
    let script = try source.variation(pairs)
    let setup = Setup(name: source.name, kind: .script, parent: source.id, outputs: outputs, settings: pairs)
    try setup.leave(
      setup.runner.run(text: script.text, name: script.name, folder: script.folder, settings: script.settings))
  }
}
