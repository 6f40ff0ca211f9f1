import ArgumentParser
import Foundation

/// `easel sweep FILE`.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Run a script whose sweeps go on from where they were, and print their tables.",
    discussion: """
      Trials that are done are not done again, and those that were interrupted go on from their checkpoints.
      Exit status: 0 done, 1 the script or a trial failed, 2 usage, 130 interrupted.
      """)

  @OptionGroup var arguments: ScriptArguments

  @Option(help: ArgumentHelp("How many trials run at a time, whatever the script says.", valueName: "n"))
  var workers: Int?

  @Flag(help: "Do trials again that failed.")
  var retry = false

  @Flag(help: "Do trials again that are done.")
  var force = false

  @Option(help: ArgumentHelp("The folder under which the run's own is made.", valueName: "folder"))
  var outputs = "outputs"

  func validate() throws {
    if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers is a number from 1 to 1024.") }
  }

  func run() throws {
    let name = URL(fileURLWithPath: arguments.file).deletingPathExtension().lastPathComponent
    let setup = Setup(name: name, outputs: outputs)
    try setup.leave(
      setup.sweep(file: arguments.file, settings: arguments.pairs, workers: workers, retry: retry, force: force))
  }
}
