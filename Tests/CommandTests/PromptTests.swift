import Testing

/// The prompt as it appears on a terminal.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct PromptTests {
  @Test func `a value is shown and Ctrl-D leaves with 0`() throws {
    let easel = try EaselTerminal()
    #expect(easel.waitsForPrompt())
    easel.type("20 + 22\r")
    #expect(easel.waits(for: "\n42\n"))
    #expect(easel.waitsForPrompt())
    easel.type("\u{4}")
    #expect(easel.status() == 0)
  }

  @Test func `Enter runs a block only when it is complete`() throws {
    let easel = try EaselTerminal()
    #expect(easel.waitsForPrompt())
    easel.type("a = [40,\r")
    #expect(!easel.screen.contains("error"))
    easel.type("2]\rsum(a)\r")
    #expect(easel.waits(for: "\n42\n"))
  }

  @Test func `Up brings a block back whole`() throws {
    let easel = try EaselTerminal()
    #expect(easel.waitsForPrompt())
    easel.type("print(\"1\",\r2)\r")
    #expect(easel.waits(for: "\n1 2\n"))
    #expect(easel.waitsForPrompt())
    easel.type("\u{1B}[A\r")
    #expect(easel.waits(for: "\n1 2\n"))
  }

  @Test func `Ctrl-C gives a new prompt and keeps what was typed`() throws {
    let easel = try EaselTerminal()
    #expect(easel.waitsForPrompt())
    easel.type("unfinished")
    #expect(easel.waits(for: "unfinished"))
    easel.type("\u{3}")
    #expect(easel.waits(for: "^C\n"))
    #expect(easel.waitsForPrompt())
    easel.type("\u{1B}[A")
    #expect(easel.waits(for: "unfinished"))
  }

  @Test func `Ctrl-C ends an endless loop and the session goes on`() throws {
    let easel = try EaselTerminal()
    #expect(easel.waitsForPrompt())
    easel.type("n = 1\r")
    #expect(easel.waitsForPrompt())
    easel.type("while true {\rn = n + 1\rif n == 1000 { print(\"go\") }\r}\r")
    #expect(easel.waits(for: "\ngo\n"))
    easel.type("\u{3}")
    #expect(easel.waits(for: "E309"))
    #expect(easel.waitsForPrompt())
    easel.type("n > 1\r")
    #expect(easel.waits(for: "\ntrue\n"))
  }

  @Test func `Tab completes a name that is the only one`() throws {
    let easel = try EaselTerminal()
    #expect(easel.waitsForPrompt())
    easel.type("remarkable = 7\r")
    #expect(easel.waitsForPrompt())
    easel.type("remar\t\r")
    #expect(easel.waits(for: "\n7\n"))
  }
}
