import Foundation
import Script
import Testing

/// Values taken to another session by way of JSON.
struct StoredValueTests {
  /// The value of a variable of one session in another, as that session shows and uses it under the name `x`.
  private func taken(_ script: String, then use: String) throws -> [String] {
    let (here, _) = Workshop.session()
    let outcome = here.run(script, name: "here.easel")
    #expect(outcome.diagnostics.map(\.description) == [])
    let writer = ValueWriter { object, _ in
      let trainer = try #require(object as? Trainer)
      return Value(record: [
        "model": .string(trainer.model), "reward": trainer.reward.map { .function($0) } ?? .none,
        "taken": .int(trainer.taken),
      ])
    }
    let data = try JSONEncoder().encode(try writer.write(outcome.value, context: here.context))

    let (there, output) = Workshop.session()
    _ = there.run("bonus = \"another\"", name: "there.easel")
    let reader = ValueReader(try JSONDecoder().decode(StoredValues.self, from: data), context: there.context) {
      _, facts, _ in
      guard case .record(let record) = facts else { throw Workshop.Broken(reason: "no facts") }
      let trainer = Trainer(
        model: try #require(record["model"].flatMap(String.from)), reward: record["reward"].flatMap(Function.from))
      trainer.taken = try #require(record["taken"].flatMap(Int.from))
      return trainer
    }
    let value = try reader.read()
    let function = try #require(Function.from(there.run("{ x in \(use) };", name: "there.easel").value))
    _ = try there.context.call(function, [value])
    return output.lines
  }

  @Test func `plain values are the same`() throws {
    let lines = try taken(
      """
      t = table([(a: 1, b: "x"), (a: 2, b: none)])
      [none, true, 7, 0.1, -0.0, 30s, "a\\"b", 0...1 by 0.25, ["k": [1]], (z: 1, a: 2), series([1, 2]), t]
      """, then: "print(x)\nprint(x[11][\"a\"], x[7].count)")
    #expect(
      lines[0].hasPrefix(
        "[none, true, 7, 0.1, -0.0, 30s, \"a\\\"b\", 0.0...1.0 by 0.25, [\"k\": [1]], (z: 1, a: 2), series [1, 2], "))
    #expect(lines.last == "[1, 2] 5")
  }

  @Test func `closures take along what they refer to, and share it as before`() throws {
    let lines = try taken(
      """
      func counter() {
        n = 10
        [{ n = n + 1 }, { n }]
      }
      bonus = 0.5
      func halved(x, by = bonus) { x * by }
      [counter(), { x in halved(x) + bonus }]
      """, then: "x[0][0]()\nx[0][0]()\nprint(x[0][1](), x[1](3), bonus)")
    #expect(lines == ["12 2.0 another"])
  }

  @Test func `functions that call each other do so again`() throws {
    let lines = try taken(
      """
      func even(n) { n == 0 or odd(n - 1) }
      func odd(n) { n != 0 and even(n - 1) }
      [even, odd, reward.judge, grpo]
      """, then: "print(x[0](10), x[1](10), x[2](name: \"j\"), x[3](\"tiny\").model)")
    #expect(lines == ["true false j tiny"])
  }

  @Test func `an object is made once, and a function may refer to the object that refers to it`() throws {
    let lines = try taken(
      """
      t = none
      t = grpo("tiny") { s in s + t.history.count }
      t.run(steps: 2)
      [t, t, t.run]
      """,
      then: "print(x[0] == x[1])\nx[2](steps: 1)\nprint(x[0].history)")
    #expect(lines == ["true", "series [2]"])
  }

  @Test func `work that start is to do is a function without arguments`() throws {
    let lines = try taken(
      """
      t = grpo("tiny")
      func begun(work) { work }
      run = { start t.run(steps: 3) }
      run
      """, then: "print(x())")
    #expect(lines == ["(work: \"t.run(steps: 3)\", value: (steps: 3))"])
  }

  @Test func `what cannot be written says why`() throws {
    let (session, _) = Workshop.session()
    let writer = ValueWriter { _, _ in .none }
    let deep = session.run("x = []\nfor k in 0..<150 { x = [x] }\nx", name: "deep.easel").value
    #expect(throws: StoredValueError.nesting(151)) { try writer.write(deep, context: session.context) }
  }

  @Test func `a recipe makes the object again, with the seed of its time`() throws {
    let library = Library(functions: [
      .function(
        "draw", "Makes a trainer", [Parameter("name", .string, "its name"), Parameter("n", .int, default: 3, "any")],
        result: .object("trainer")
      ) { arguments, context in
        let count: Int = try arguments["n"]
        return .object(
          Drawn(
            model: "\(try arguments["name"] as String) \(count) \(context.seed)",
            recipe: Recipe("draw", arguments, context)))
      }
    ])
    let session = Session(library: Library.standard.adding(library), output: RecordedOutput())
    let value = session.run("seed(5)\ndraw(\"a\")", name: "draw.easel").value
    guard case .object(let object) = value, let drawn = object as? Drawn else {
      Issue.record("draw gave \(value)")
      return
    }
    session.context.seed = 9
    let again = try Recipe.make(drawn.recipe.value, session.context) as? Drawn
    #expect(again?.model == "a 3 5")
    #expect(session.seed == 9)
  }
}

private final class Drawn: BoundObject {
  let model: String
  let recipe: Recipe
  var boundType: BoundType { Trainer.type }
  var summary: String { model }

  init(model: String, recipe: Recipe) { (self.model, self.recipe) = (model, recipe) }
}
