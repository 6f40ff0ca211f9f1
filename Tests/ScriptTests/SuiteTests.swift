import Foundation
import Script
import Testing

/// Runs every program under `Suite/` and compares what it writes with its comments.
///
/// - `# expect: text` is the next line that the program writes.
/// - `# expect error E201: message` is the error, on the line of the comment; the program ends there, or does not
///   start at all.
/// - `# set: name=value` is a setting.
struct SuiteTests {
  static let programs: [String] = {
    guard let root = Bundle.module.resourceURL?.appendingPathComponent("Suite"),
      let files = FileManager.default.enumerator(atPath: root.path)
    else { return [] }
    return files.compactMap { $0 as? String }
      .filter { $0.hasSuffix(".easel") && !$0.hasSuffix("part.easel") }.sorted()
  }()

  @Test func `there are programs to run`() { #expect(Self.programs.count > 30) }

  @Test func `every code of a diagnostic has a program that shows it`() throws {
    let root = try #require(Bundle.module.resourceURL).appendingPathComponent("Suite")
    let texts = try Self.programs.map { try String(contentsOf: root.appendingPathComponent($0), encoding: .utf8) }
    // A source of four megabytes and an absent file are made by the tests of limits and of sessions.
    let elsewhere: Set<Diagnostic.Code> = [.size, .unreadable]
    for code in Diagnostic.Code.allCases where !elsewhere.contains(code) {
      #expect(texts.contains { $0.contains("# expect error \(code.rawValue): ") }, "\(code)")
    }
  }

  @Test func `the tour runs`() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../notebooks/tour.easel").path
    let output = RecordedOutput()
    let session = Session(output: output)
    #expect(session.run(file: path).diagnostics.map(\.description) == [])
    #expect(output.lines.contains("large -1 true"))
  }

  @Test(arguments: programs)
  func `a program writes what its comments expect`(_ program: String) throws {
    let root = try #require(Bundle.module.resourceURL).appendingPathComponent("Suite")
    let path = root.appendingPathComponent(program)
    let text = try String(contentsOf: path, encoding: .utf8)
    var expectedLines: [String] = []
    var expectedErrors: [String] = []
    var settings: [(name: String, value: String)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let range = line.range(of: "# expect: ") { expectedLines.append(String(line[range.upperBound...])) }
      if let range = line.range(of: "# expect error ") {
        expectedErrors.append("\(index + 1) \(line[range.upperBound...])")
      }
      if let range = line.range(of: "# set: ") {
        let setting = line[range.upperBound...].components(separatedBy: "   #")[0]
        let parts = setting.split(separator: "=", maxSplits: 1)
        settings.append((String(parts[0]), String(parts[1])))
      }
    }
    var limits = Limits()
    limits.steps = 1_000_000
    let (session, output) = Workshop.session(limits: limits)
    let outcome = session.run(
      text, name: program, folder: path.deletingLastPathComponent().path, settings: settings)
    #expect(output.lines == expectedLines)
    let errors = outcome.diagnostics.map { "\($0.span?.line ?? 0) \($0.code.rawValue): \($0.message)" }
    #expect(errors == expectedErrors)
  }
}
