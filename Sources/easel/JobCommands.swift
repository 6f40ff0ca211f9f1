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

/// `easel work`: what the worker of a job or of a sweep's trial runs.
struct WorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Do the work of a job or a trial; started by 'start' and 'sweep'.",
    shouldDisplay: false)

  @Argument var folder: String

  @Option(help: "How many threads share the work.")
  var threads: Int?

  @Option(help: "The steps after which a trial pauses.")
  var until: Int?

  @Flag(help: "Take the trial's lock, which nobody has taken for this process.")
  var alone = false

  func run() throws {
    JobWorker.closeInherited()
    let output = TerminalOutput()
    let interrupts = Interrupts()
    interrupts.install(atPrompt: false)
    let problem = try interrupts.whileRunning {
      let (stop, worker) = (interrupts.token, Setup.worker)
      if let trial = try TrialWorker(
        folder, output: output, stop: stop, worker: worker, threads: threads, until: until, takesLock: alone)
      {
        return trial.work()
      }
      return try JobWorker(folder, output: output, stop: stop, worker: worker).work()
    }
    guard let problem else { return }
    output.report([problem])
    throw ExitCode(interrupts.wasRaised ? Interrupts.status : 1)
  }
}
