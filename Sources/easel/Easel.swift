import ArgumentParser
import Foundation
import Terminal
import Workbench

/// The command line: `easel` is the prompt, its subcommands do the rest.
@main struct Easel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "easel",
    abstract: "Reinforcement learning on image generators that think before they paint.",
    discussion: "Without a subcommand: the prompt, or, when standard input is no terminal, what comes from it.",
    version: Machine.version,
    subcommands: [
      PromptCommand.self, RunCommand.self, CheckCommand.self, ReplayCommand.self, SweepCommand.self, RunsCommand.self,
      JobsCommand.self, DoctorCommand.self, ReferenceCommand.self,
      WorkCommand.self,
    ],
    defaultSubcommand: PromptCommand.self)

  /// 2 for a usage error, as shells have it, where the parser would say 64.
  private static let usage: Int32 = 2

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error where exitCode(for: error) == .validationFailure {
      FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
      Foundation.exit(usage)
    } catch {
      exit(withError: error)
    }
  }
}

/// `easel`: the prompt.
struct PromptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompt", abstract: "Type and see (the default).", shouldDisplay: false)

  @Argument(help: .hidden) var stray: [String] = []

  func validate() throws {
    guard let first = stray.first else { return }
    let isFile = FileManager.default.fileExists(atPath: first)
    throw ValidationError(
      isFile ? "To run a script, write: easel run \(first)" : "There is no subcommand '\(first)'; see 'easel --help'.")
  }

  func run() throws {
    let banner = "Easel \(Machine.version)  ?name explains, :help lists commands, Tab completes, Ctrl-D leaves"
    let setup = Setup()
    try setup.leave(setup.prompt.run(banner: banner, environment: ProcessInfo.processInfo.environment))
  }
}
