import ArgumentParser
import Foundation
import Workbench

/// `easel doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "What this machine has, and what is missing.")

  func run() { print(Self.lines().joined(separator: "\n")) }

  /// What was found, and below it what to do about it.
  static func lines() -> [String] {
    let findings = Machine.findings()
    let width = findings.map(\.what.count).max() ?? 0
    var lines: [String] = []
    for finding in findings {
      lines.append(finding.what.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + finding.found)
      if let advice = finding.advice { lines.append(String(repeating: " ", count: width) + "  → " + advice) }
    }
    return lines
  }
}

/// `easel reference`.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "The language reference, as Markdown.")

  func run() { print(Workbench.reference) }
}
