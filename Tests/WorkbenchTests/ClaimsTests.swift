import Foundation
import Script
import Testing

@testable import Workbench

@Suite("The notebook of claims") struct ClaimsTests {
  private static let notebook = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../notebooks/claims.easel").standardized.path

  /// The built program, beside the test bundle.
  private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("easel").path

  @Test func `all twelve claims are run and judged in the quick profile, and identities hold in it`() throws {
    let experiment = Experiment(worker: [Self.program, "work"])
    let outcome = experiment.session.run(
      file: Self.notebook, settings: [("quick", "true"), ("painter", try experiment.smallModel())])
    #expect(outcome.diagnostics.map(\.description) == [])
    let lines = experiment.output.lines.filter { $0.first?.isNumber == true }
    let verdicts = lines.map { $0.split(separator: ": ").last.map(String.init) }
    #expect(lines.map { String($0.prefix { $0 != "." }) } == (1...12).map { "\($0)" })
    #expect(verdicts.allSatisfy { ["confirmed", "not confirmed", "inconclusive"].contains($0) }, "\(lines)")
    try #require(verdicts.count == 12)
    // One seed has no interval; what holds to the bit holds in any profile.
    #expect(verdicts[7] == "confirmed" && verdicts[11] == "confirmed")
    guard case .table(let table) = outcome.value else {
      Issue.record("no table")
      return
    }
    #expect(table.names == ["claim", "part", "value", "low", "high", "verdict", "claim_verdict"])
  }
}
