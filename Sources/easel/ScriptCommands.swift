import ArgumentParser
import Foundation
import Terminal
import Workbench

/// What `run` and `check` have in common: a script and the settings that replace its own.
struct ScriptArguments: ParsableArguments {
  @Argument(help: "The script.", completion: .file(extensions: ["easel"]))
  var file: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Replaces the value of a top-level assignment of the script.", valueName: "name=value"))
  var settings: [Setting] = []

  /// In the session's terms.
  var pairs: [(name: String, value: String)] { settings.map { ($0.name, $0.value) } }
}

/// One `--set name=value`.
struct Setting: ExpressibleByArgument {
  let name: String
  let value: String

  init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
    name = String(argument[..<sign])
    value = String(argument[argument.index(after: sign)...])
  }
}

/// `easel run FILE`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Check a script, then run it.",
    discussion: "Exit status: 0 done, 1 the script failed, 2 usage, 130 interrupted.")

  @OptionGroup var arguments: ScriptArguments

  @Option(help: ArgumentHelp("The folder under which the run's own is made.", valueName: "folder"))
  var outputs = "outputs"

  func run() throws {
    let name = URL(fileURLWithPath: arguments.file).deletingPathExtension().lastPathComponent
    let setup = Setup(name: name, kind: .script, outputs: outputs, settings: arguments.pairs)
    try setup.leave(setup.runner.run(file: arguments.file, settings: arguments.pairs))
  }
}

/// `easel check FILE`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a script without running any of it.",
    discussion: "Exit status: 0 nothing wrong, 1 something is, 2 usage.")

  @OptionGroup var arguments: ScriptArguments

  func run() throws {
    let setup = Setup()
    try setup.leave(setup.runner.check(file: arguments.file, settings: arguments.pairs))
  }
}
