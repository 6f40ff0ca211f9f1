import ArgumentParser
import Workbench

/// `easel doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "What this machine has, and what is missing.")

  func run() throws {}
}

/// `easel reference`.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "The language reference, as Markdown.")

  func run() throws {}
}
