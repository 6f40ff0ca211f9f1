import Foundation
import Primitives
import Script
import Testing
import fuzz

/// Programs of the suite, cut, doubled and mixed: whatever comes out, the session answers with an outcome.
struct FuzzTests {
  static let programs: [[UInt8]] = {
    guard let root = Bundle.module.resourceURL?.appendingPathComponent("Suite") else { return [] }
    return SuiteTests.programs.filter { !$0.hasPrefix("limits") && !$0.hasPrefix("imports") }
      .compactMap { try? Data(contentsOf: root.appendingPathComponent($0)) }.map(Array.init)
  }()

  private static let limits: Limits = {
    var limits = Limits()
    limits.steps = 300
    limits.items = 10_000
    return limits
  }()

  @Test(arguments: 0..<8)
  func `no mutation of a program ends the process`(_ batch: Int) {
    for index in 0..<250 {
      var generator = RandomStream(seed: batch, purpose: "script.fuzz").generator(step: index)
      let text = Mutation(Self.programs).input(&generator)
      let (session, _) = Workshop.session(limits: Self.limits)
      let outcome = session.evaluate(text)
      for diagnostic in outcome.diagnostics { #expect(diagnostic.description.hasPrefix("error E")) }
      _ = session.isComplete(text)
      _ = session.completions(of: text, at: generator.below(text.count + 1))
    }
  }

  @Test(arguments: [
    "(", "[", "{", "-", "not ", "1 + ", "f(", "a.", "\"\\(", "{ x in ", "if true { ", "[1].map { ", "x |> ",
  ])
  func `endless nesting is a diagnostic`(_ piece: String) {
    let (session, _) = Workshop.session()
    let text = String(repeating: piece, count: 20_000)
    #expect(!session.evaluate(text).succeeded)
    _ = session.completions(of: text, at: text.count)
  }

  @Test func `a chain of additions is as deep as it may be, and no deeper`() {
    let (session, _) = Workshop.session()
    #expect(session.evaluate("1" + String(repeating: " + 1", count: 90)).value == .int(91))
    #expect(session.evaluate("1" + String(repeating: " + 1", count: 200)).diagnostics.first?.code == .nesting)
  }

  @Test func `a source beyond the limit is one diagnostic`() {
    let (session, _) = Workshop.session()
    let outcome = session.evaluate(String(repeating: "x = 1\n", count: 800_000))
    #expect(outcome.diagnostics.map(\.code) == [.size])
  }

  @Test func `recursion through nested expressions stays inside the stack`() {
    let (session, _) = Workshop.session()
    let open = String(repeating: "(0 + ", count: 20)
    let close = String(repeating: ")", count: 20)
    let outcome = session.evaluate("func f(n) { \(open)[n].map { f(n + 1) }.first\(close) }\nf(0)")
    #expect(outcome.diagnostics.first?.code == .depth)
  }
}
