import Foundation
import Primitives
import Script
import Testing

struct SessionTests {
  @Test func `cells share variables, and an error leaves them as they were`() {
    let (session, output) = Workshop.session()
    #expect(session.evaluate("x = 3").succeeded)
    #expect(session.evaluate("x = nope").diagnostics.first?.code == .unknownName)
    #expect(session.evaluate("x = 1 // 0").diagnostics.first?.code == .division)
    #expect(session.evaluate("x + 1").value == .int(4))
    #expect(session.evaluate("_ * 2").value == .int(8))
    #expect(output.lines == ["4", "8"])
    #expect(session.variables.map(\.name) == ["x"])
  }

  @Test func `a name of a failed cell is unknown afterwards`() {
    let (session, _) = Workshop.session()
    _ = session.evaluate("y = 1 // 0")
    #expect(session.evaluate("y").diagnostics.first?.message == "there is no 'y'")
  }

  @Test func `a variable may change its kind from cell to cell`() {
    let (session, _) = Workshop.session()
    #expect(session.evaluate("t = grpo(\"tiny\")").succeeded)
    #expect(session.evaluate("t.nope").diagnostics.first?.code == .unknownMember)
    #expect(session.evaluate("t = \"text\"; t.upper").value == .string("TEXT"))
  }

  @Test func `a script with a mistake runs nothing`() {
    let (session, output) = Workshop.session()
    let outcome = session.run("print(1)\nprint(2)\ngrpo(\"tiny\", bata: 1)", name: "s")
    #expect(outcome.diagnostics.map(\.code) == [.unknownArgument])
    #expect(output.lines.isEmpty)
  }

  @Test func `settings are checked`() {
    let (session, _) = Workshop.session()
    func problem(_ name: String, _ value: String) -> String? {
      session.check("steps = 200\nname = \"tiny\"", name: "s", settings: [(name, value)]).first?.description
    }
    #expect(problem("steps", "20") == nil)
    #expect(problem("steps", "-0.5") == nil)
    #expect(problem("name", "20") == nil)
    #expect(
      problem("stesp", "20") == """
        error E214: the script has no setting 'stesp'
          --set 1:1 | stesp=20
                    | ^^^^^ closest: steps
          fix: replace with 'steps'
        """)
    #expect(
      problem("steps", "many") == """
        error E214: 'steps' is a whole number in the script, but is set to the text "many"
          --set steps 1:1 | many
                          | ^^^^
          because: it replaces this
          s 1:1 | steps = 200
                | ^^^^^^^^^^^
        """)
  }

  @Test(arguments: [
    ("1 + 1", true), ("", true), ("f(1,", false), ("if x {", false), ("x = [1\n2", true), ("x = [1,\n2", false),
    ("\"\"\"\nabc", false),
    ("1 +", false), ("x = \"open", true), ("}", true), ("func f() {\n}", true), ("?grpo", true), ("a |>", false),
    ("try f()", false), ("\"\\(f(", false),
  ])
  func `Enter runs a text only when it is complete`(_ text: String, _ isComplete: Bool) {
    #expect(Workshop.session().0.isComplete(text) == isComplete)
  }

  @Test func `a raised token ends a loop and the session goes on`() {
    let stop = StopToken()
    let (session, _) = Workshop.session(stop: stop)
    let outcome = session.evaluate("n = 0\nendless()\nwhile true { n += 1 }")
    #expect(outcome.isStopped)
    #expect(outcome.diagnostics.first?.message == "stopped here, as asked")
    stop.reset()
    #expect(session.evaluate("n").value == .int(0))
  }

  @Test func `a closure called from a trainer hears only the second request to stop`() {
    let stop = StopToken()
    let (session, _) = Workshop.session(stop: stop)
    let first = session.evaluate("s = 0; t = grpo(\"tiny\"); t.run(steps: 3) { step in endless(); s += 1 }")
    #expect(first.isStopped)
    stop.reset()
    // The second call of endless() raises the second stage; the first turn of the closure had finished.
    #expect(session.evaluate("s").value == .int(1))
  }

  @Test func `try does not hide a stop`() {
    let (session, _) = Workshop.session()
    #expect(session.evaluate("try { endless(); while true { } } else 1").isStopped)
  }

  @Test(arguments: [
    "list(0..<300_000)", "xs.sorted()", "xs.reversed", "xs.unique", "xs.enumerated", "zip(xs, xs)", "xs.join(\" \")",
    "xs.windows(2)", "xs.chunks(1)", "xs.sum", "xs.max", "max(xs)", "series(xs)", "xs.contains(4)", "xs.take(200_000)",
    "text.characters", "rows.sort(by: \"a\")", "rows.join(one, on: \"a\")", "xs.mean", "xs.median",
    "text.words", "text.split(\"b\")", "text.replacing(\"b\", with: \"c\")", "text.lines", "text.upper",
    "text.reversed", "text.index(\"c\")", "text.contains(\"c\")", "\"\\(xs)\"", "rows.describe()", "table(records)",
    "rows.where { r in r.a > 1 }",
  ])
  func `a long operation counts steps, and so can be stopped in its midst`(_ expression: String) {
    var limits = Limits()
    limits.steps = 100
    let (session, _) = Workshop.session(limits: limits)
    #expect(session.evaluate("xs = [3] * 200_000; text = \"ab\" * 100_000").succeeded)
    #expect(session.evaluate("rows = table(a: [1] * 100_000); one = table(a: [1], b: [2])").succeeded)
    #expect(session.evaluate("records = [(a: 1)] * 100_000").succeeded)
    #expect(session.evaluate("y = \(expression)").diagnostics.map(\.code) == [.steps])
  }

  @Test func `a function may be replaced while it runs`() {
    let (session, _) = Workshop.session()
    let source = """
      func f(n) {
        if n > 0 { return f(n - 1) + 1 }
        g = other
        g()
      }
      func other() { replace(); 10 }
      replace = { f = { n in 0 } }
      print(f(3), f(3))
      """
    let outcome = session.evaluate(source)
    #expect(outcome.diagnostics.map(\.description) == [])
    #expect(session.evaluate("f(3)").value == .int(0))
  }

  @Test func `slots grow under deep calls, and a failed one leaves none behind`() {
    let (session, _) = Workshop.session()
    let names = (0..<40).map { "v\($0) = n + \($0)" }.joined(separator: "\n")
    _ = session.evaluate("func f(n) {\n\(names)\nif n == 0 { return [][0] }\nf(n - 1) + v39 - n\n}")
    #expect(session.evaluate("a = 5; b = try f(100) else a; a + b").value == .int(10))
    _ = session.evaluate("func g(n) {\n\(names)\nif n == 0 { return 1 }\ng(n - 1) + v39 - n\n}")
    #expect(session.evaluate("g(100)").value == .int(3901))
  }

  @Test func `keys are equal as texts are, whatever they are made of`() {
    let (session, _) = Workshop.session()
    // A letter and its parts; the sign of the unit kelvin, whose normal form is a plain letter; whole and other zeros.
    let source = "d = [\"\u{E9}\": 1, \"K\": 2, 0: 3]; [d[\"e\u{301}\"], d[\"\u{212A}\"], d[0.0], d[-0.0]]"
    #expect(session.evaluate(source).value == Value([.int(1), .int(2), .int(3), .int(3)]))
  }

  @Test func `an observer sees every cell with its source and seed`() {
    final class Journal: SessionObserver {
      var lines: [String] = []
      func willRun(_ cell: CellRecord) { lines.append("\(cell.index) seed \(cell.seed): \(cell.source)") }
      func didRun(_ cell: CellRecord, outcome: Outcome) { lines.append("\(cell.index) \(outcome.value)") }
    }
    let (session, _) = Workshop.session()
    let journal = Journal()
    session.observer = journal
    _ = session.run("seed(7)\n# %% two\n1 + 1\n# %% nothing\n# %% three\n\"x\"", name: "s")
    #expect(
      journal.lines == [
        "1 seed 0: seed(7)\n", "1 none", "2 seed 7: # %% two\n1 + 1\n", "2 2", "3 seed 7: # %% three\n\"x\"", "3 \"x\"",
      ])
  }

  @Test func `functions of the language are called from Swift`() throws {
    let (session, _) = Workshop.session()
    let value = session.evaluate("{ a, b in a * 10 + b };").value
    let function = try #require(Function.from(value))
    #expect(try session.context.call(function, [.int(4), .int(2), .int(9)]) == .int(42))
    #expect(throws: Diagnostic.self) { try session.context.call(function, [.int(4)]) }
    let bound = try #require(Function.from(session.evaluate("round;").value))
    #expect(try session.context.call(bound, [.float(2.567), .int(1)]) == .float(2.6))
  }

  @Test func `a file that is missing or not text is one message`() throws {
    let (session, _) = Workshop.session()
    let missing = session.run(file: "/absent/x.easel")
    #expect(missing.diagnostics.first?.message == "there is no file '/absent/x.easel'")
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).easel").path
    try Data([0xFF, 0xFE, 0x00, 0x41]).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(session.run(file: path).diagnostics.first?.code == .character)
  }

  @Test func `an import cycle is reported`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, other) in [("a", "b"), ("b", "a")] {
      try Data("import \"\(other).easel\"".utf8).write(to: folder.appendingPathComponent("\(name).easel"))
    }
    let (session, _) = Workshop.session()
    let path = folder.appendingPathComponent("a.easel").path
    #expect(session.run(file: path).diagnostics.map(\.code) == [.importCycle])
  }
}
