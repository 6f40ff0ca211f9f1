import ArgumentParser
import Foundation
import Terminal
import Workbench

/// `easel jobs`.
struct JobsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "List the jobs that prompts and scripts have started.")

  @Option(help: ArgumentHelp("The folder that holds all runs.", valueName: "folder"))
  var outputs = "outputs"

  func run() {
    print(Jobs.list(in: outputs, width: TerminalOutput().width))
  }
}

/// `easel work`: what a job's worker runs.
struct WorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Do the work of a job; started by 'start'.", shouldDisplay: false)

  @Argument var folder: String

  func run() throws {
    JobWorker.closeInherited()
    let output = TerminalOutput()
    let interrupts = Interrupts()
    interrupts.install(atPrompt: false)
    let problem = try interrupts.whileRunning {
      try JobWorker(folder, output: output, stop: interrupts.token, worker: Setup.worker).work()
    }
    guard let problem else { return }
    output.report([problem])
    throw ExitCode(interrupts.wasRaised ? Interrupts.status : 1)
  }
}
