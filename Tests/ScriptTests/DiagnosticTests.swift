import Script
import Testing

/// The whole text of diagnostics, as a user sees it.
struct DiagnosticTests {
  private func text(_ source: String, name: String = "ablate.easel") -> String {
    let (session, _) = Workshop.session()
    return session.run(source, name: name).diagnostics.map(\.description).joined(separator: "\n")
  }

  @Test func `an unknown argument names the closest, its meaning and the fix`() {
    let source = String(repeating: "\n", count: 38) + "trainer = grpo(\"tiny\",\n    group: 4, bata: 0.04)"
    #expect(
      text(source) == """
        error E201: 'grpo' has no argument 'bata'
          ablate.easel 40:15 |     group: 4, bata: 0.04)
                             |               ^^^^ closest: beta (momentum, default 0.04)
          fix: replace with 'beta'        more: help(grpo)
        """)
  }

  @Test func `words of other languages are answered with what is written here`() {
    func fix(_ source: String) -> Substring? {
      text(source).split(separator: "fix: ").last?.split(separator: "  ").first
    }
    #expect(fix("xs = [1]\nprint(len(xs))") == "write xs.count")
    #expect(fix("print([1].push(2))") == "write xs += [item]")
    #expect(fix("print(\"a\".strip)") == "replace with 'trimmed'")
    #expect(fix("t = table([(lr: 1)])\nprint(t.lr)") == "write [\"lr\"] for a column")
  }

  @Test func `an argument given twice shows the first place`() {
    #expect(
      text("grpo(\"tiny\", kl: 1,\n  kl: 2)") == """
        error E203: 'kl' of 'grpo' is given twice
          ablate.easel 2:3 |   kl: 2)
                           |   ^^
          because: first given here
          ablate.easel 1:14 | grpo("tiny", kl: 1,
                            |              ^^
          fix: remove one of them        more: help(grpo)
        """)
  }

  @Test func `a missing unit offers one`() {
    #expect(
      text("grpo(\"tiny\", budget: 2)") == """
        error E206: 'budget' of 'grpo' wants a duration, such as 30s or 2h, but 2 has no unit
          ablate.easel 1:22 | grpo("tiny", budget: 2)
                            |                      ^
          fix: write 2s        more: help(grpo.budget)
        """)
  }

  @Test func `an unknown member says where the value came from`() {
    #expect(
      text("trainer = grpo(\"tiny\")\n\ntrainer.rnu(steps: 4)") == """
        error E211: 'trainer' has no member 'rnu'
          ablate.easel 3:9 | trainer.rnu(steps: 4)
                           |         ^^^ closest: run (Takes steps)
          because: 'trainer' got its value here
          ablate.easel 1:1 | trainer = grpo("tiny")
                           | ^^^^^^^^^^^^^^^^^^^^^^
          fix: replace with 'run'        more: help(trainer)
        """)
  }

  @Test func `a value of the wrong kind at run time says where it came from`() {
    let source = "size = [4, \"8\"][1]\nfor i in [1] {\n  grpo(\"tiny\", group: size)\n}"
    #expect(
      text(source) == """
        error E205: 'group' of 'grpo' wants a whole number, but got the text "8"
          ablate.easel 3:23 |   grpo("tiny", group: size)
                            |                       ^^^^
          because: 'size' got its value here
          ablate.easel 1:1 | size = [4, "8"][1]
                           | ^^^^^^^^^^^^^^^^^^
          more: help(grpo.group)
        """)
  }

  @Test func `an error of bound code is shown at its call`() {
    #expect(
      text("x = 1\nburst()") == """
        error E311: the weights are not finite
          ablate.easel 2:1 | burst()
                           | ^^^^^^^
          more: help(burst)
        """)
  }

  @Test func `an assertion shows both sides`() {
    #expect(
      text("reward = 0.5\nassert reward > 0.62, \"regression\"") == """
        error E310: regression
          ablate.easel 2:8 | assert reward > 0.62, "regression"
                           |        ^^^^^^^^^^^^^ 0.5 > 0.62
        """)
  }

  @Test func `an open bracket is shown where it opens`() {
    #expect(
      text("x = 1\ny = (1 +\n  2") == """
        error E105: '(' is never closed
          ablate.easel 2:5 | y = (1 +
                           |     ^
          fix: add ')'
        """)
  }

  @Test func `words of other languages get the word of this one`() {
    #expect(text("a = true\nif a && a { }").contains("fix: write and"))
    #expect(text("let x = 1").contains("fix: leave 'let' out"))
    #expect(text("x = null").contains("fix: replace with 'none'"))
  }

  @Test func `a long line is cut around the caret`() {
    let padding = String(repeating: "a", count: 300)
    let lines = text("x = \"\(padding)\" + nope + \"\(padding)\"").split(separator: "\n")
    let caret = lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) } ?? 0
    #expect(lines[1].count < 140)
    #expect(lines[1].dropFirst(caret).hasPrefix("nope"))
  }

  @Test func `the caret stands under its text after wide characters and tabs`() {
    let lines = text("x = \"é👩‍🎨\"\t+ nope").split(separator: "\n")
    let caret = lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) } ?? 0
    #expect(lines[1].dropFirst(caret) == "nope")
  }

  @Test func `at most five diagnostics are shown`() {
    let (session, _) = Workshop.session()
    let source = (0..<20).map { "print(nope\($0))" }.joined(separator: "\n")
    #expect(session.check(source, name: "x").count == 5)
    #expect(session.check(source.replacing("nope", with: "]"), name: "x").count == 5)
  }

  @Test func `codes are unique and sorted`() {
    let codes = Diagnostic.Code.allCases.map(\.rawValue)
    #expect(codes == codes.sorted())
    #expect(Set(codes).count == codes.count)
  }
}
