import ArgumentParser
import Foundation
import Workbench

/// `easel doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "What this machine has, and what is missing.")

  func run() {
    let findings = Machine.findings()
    let width = findings.map(\.what.count).max() ?? 0
    for finding in findings {
      print(finding.what.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + finding.found)
      if let advice = finding.advice { print(String(repeating: " ", count: width) + "  → " + advice) }
    }
  }
}

/// `easel reference`.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "The language reference, as Markdown.")

  func run() { print(Workbench.reference) }
}
