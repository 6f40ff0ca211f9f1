import ArgumentParser
import Foundation
import Terminal
import Workbench

/// `easel runs`.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, compare them, keep them in order.",
    subcommands: [
      RunsListCommand.self, RunsShowCommand.self, RunsDifferenceCommand.self, RunsTagCommand.self,
      RunsNoteCommand.self, RunsExportCommand.self, RunsArchiveCommand.self, RunsDeleteCommand.self,
      RunsRebuildCommand.self,
    ], defaultSubcommand: RunsListCommand.self)
}

/// What the subcommands have in common.
struct RunsArguments: ParsableArguments {
  @Option(help: ArgumentHelp("The folder that holds all runs.", valueName: "folder"))
  var outputs = "outputs"

  /// Does something with the runs; what cannot be done is one message, and status 1.
  func attempt(_ body: (Runs) throws -> Void) throws {
    do {
      guard Runs.exist(in: outputs) else {
        return print("There are no runs in '\(outputs)'. If the store was lost, 'easel runs rebuild' makes it again.")
      }
      try body(Runs(in: outputs))
    } catch {
      TerminalOutput().note("\(error)")
      throw ExitCode(1)
    }
  }
}

/// `easel runs list`, or nothing after `runs`.
struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs, the last one first (the default).")

  @OptionGroup var arguments: RunsArguments
  @Flag(help: "Archived ones too.") var all = false
  @Option(help: "How many at most.") var limit = 1000

  func run() throws {
    try arguments.attempt { print(try $0.list(all: all, width: TerminalOutput().width, limit: max(limit, 0))) }
  }
}

/// `easel runs show ID`.
struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run: how it went, what it was given, what it wrote.")

  @Argument(help: "Its id, or the beginning of it.") var id: String
  @OptionGroup var arguments: RunsArguments

  func run() throws { try arguments.attempt { print(try $0.text(id)) } }
}

/// `easel runs diff ID ID`.
struct RunsDifferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what two runs differ in: settings, and what they ran on.")

  @Argument(help: "The id of one.") var first: String
  @Argument(help: "The id of the other.") var second: String
  @OptionGroup var arguments: RunsArguments

  func run() throws {
    try arguments.attempt { print(try $0.differenceText(first, second)) }
  }
}

/// `easel runs tag ID TAG…`.
struct RunsTagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "tag", abstract: "Give a run words to find it by.")

  @Argument(help: "Its id.") var id: String
  @Argument(help: "The words.") var tags: [String]
  @Flag(help: "Take the words away.") var remove = false
  @OptionGroup var arguments: RunsArguments

  func run() throws {
    try arguments.attempt { runs in for tag in tags { try runs.tag(id, tag, removed: remove) } }
  }
}

/// `easel runs note ID TEXT`.
struct RunsNoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Write a line on a run, in place of the one that is there.")

  @Argument(help: "Its id.") var id: String
  @Argument(help: "The line.") var text: String
  @OptionGroup var arguments: RunsArguments

  func run() throws { try arguments.attempt { try $0.note(id, text) } }
}

/// `easel runs export ID PATH`.
struct RunsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a run's numbers as CSV, JSON Lines, Markdown, LaTeX, or for TensorBoard.")

  @Argument(help: "Its id.") var id: String
  @Argument(help: "The file, by its ending .csv, .jsonl, .md or .tex; or TensorBoard's folder.") var path: String
  @OptionGroup var arguments: RunsArguments

  func run() throws { try arguments.attempt { try $0.export(id, to: path) } }
}

/// `easel runs archive ID…`.
struct RunsArchiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive", abstract: "Leave runs out of the list; they stay on the disk.")

  @Argument(help: "Their ids.") var ids: [String]
  @Flag(help: "Take them in again.") var undo = false
  @OptionGroup var arguments: RunsArguments

  func run() throws { try arguments.attempt { runs in for id in ids { try runs.archive(id, !undo) } } }
}

/// `easel runs delete ID…`.
struct RunsDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove runs that have ended, with all their files.")

  @Argument(help: "Their ids.") var ids: [String]
  @OptionGroup var arguments: RunsArguments

  func run() throws { try arguments.attempt { runs in for id in ids { try runs.delete(id) } } }
}

/// `easel runs rebuild`.
struct RunsRebuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild", abstract: "Make the store again from the runs' folders, if it was lost or damaged.")

  @OptionGroup var arguments: RunsArguments

  func run() throws {
    do {
      print(try Runs.rebuild(arguments.outputs))
    } catch {
      TerminalOutput().note("\(error)")
      throw ExitCode(1)
    }
  }
}
