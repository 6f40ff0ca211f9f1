import Script
import Testing

struct CellTests {
  @Test func `results are kept by the number of their cell`() {
    let output = RecordedOutput()
    let session = Session(output: output)
    for text in ["6 * 7", "a = 1", "_1 + a", "_ + _3"] { #expect(session.evaluate(text).succeeded) }
    #expect(output.lines == ["42", "43", "86"])
    #expect(session.results.map(\.name) == ["_1", "_3", "_4"])
    #expect(session.variables.map(\.name) == ["a"])
    #expect(session.nextCell == 5)
  }

  @Test func `undo brings earlier values back and takes new names away`() {
    let session = Session(output: RecordedOutput())
    for text in ["a = 1\nb = [1]", "a = 2\nc = 3\nb[0] = 9"] { #expect(session.evaluate(text).succeeded) }
    let undone = session.undo()
    #expect(undone?.cell == 2 && undone?.restored == ["a", "b"] && undone?.removed == ["c"])
    #expect(session.variables.map { "\($0.name) = \($0.value)" } == ["a = 1", "b = [1]"])
    #expect(!session.evaluate("c").succeeded)
    #expect(session.evaluate("c = 4\nc").succeeded)
    #expect(session.undo()?.removed == ["c"])
    #expect(session.undo()?.cell == 1)
    #expect(session.undo() == nil)
  }

  /// Cells by number, the first 1.
  private func slice(_ names: [String], _ cells: [String]) -> String {
    let (session, _) = Workshop.session()
    return session.slice(for: names, of: cells.enumerated().map { (number: $0 + 1, text: $1) })
      .replacing("# %%\n", with: "").split(separator: "\n").joined(separator: "; ")
  }

  @Test(arguments: [
    (["a = 1", "b = 2", "c = a + 1", "print(b)"], "a = 1; c = a + 1"),
    (["a = 1", "a = 2", "c = a"], "a = 2; c = a"),
    (["a = 1", "a += 2", "c = a"], "a = 1; a += 2; c = a"),
    (["a = [1]", "a[0] = 5", "c = a", "a = 3"], "a = [1]; a[0] = 5; c = a"),
    (["n = 1", "func f(x) { x + n }", "c = f(n: 2)"], "n = 1; func f(x) { x + n }; c = f(n: 2)"),
    (["seed(3)", "b = 1", "c = 2"], "seed(3); c = 2"),
    (
      ["m = load(\"x\")", "t = grpo(m)", "t.history", "t.run(steps: 2)", "c = m"],
      "m = load(\"x\"); t = grpo(m); t.run(steps: 2); c = m"
    ),
    (["1 + 1", "2 + 2", "c = _1 + _"], "_1 = 1 + 1; _2 = 2 + 2; c = _1 + _2"),
    (["a = 1", "c = \"\\(a)\""], "a = 1; c = \"\\(a)\""),
    (["x = 1", "k = 2", "c = grpo(\"a\", group: k, kl: 0)", "kl = 3"], "k = 2; c = grpo(\"a\", group: k, kl: 0)"),
  ])
  func `a slice has the cells that a value needs`(cells: [String], expected: String) {
    #expect(slice(["c"], cells) == expected)
  }

  @Test func `without a name all cells are in it, in percent format`() {
    let session = Session(output: RecordedOutput())
    #expect(session.slice(for: [], of: [(1, "a = 1"), (4, "a")]) == "# %%\na = 1\n\n# %%\na\n")
    #expect(session.slice(for: ["none"], of: [(1, "a = 1")]) == "")
  }

  @Test func `undoing a cell tells which objects keep what it did to them`() {
    let (session, _) = Workshop.session()
    for cell in ["t = grpo(\"tiny\")\nxs = [1]", "r = t.run(steps: 2)\nxs[0] = 2", "job = start t.run(steps: 1)"] {
      #expect(session.evaluate(cell).succeeded)
    }
    #expect(session.undo()?.kept == [])
    let undone = session.undo()
    #expect(undone?.restored == ["xs"] && undone?.removed == ["r"] && undone?.kept == ["t"])
  }
}
