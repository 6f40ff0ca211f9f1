import Foundation
import Primitives
import Shapes
import Testing

@testable import Benchmarks

struct MiniSuiteTests {
  private func truth(_ prompts: [Prompt]) -> [[Bitmap]] {
    prompts.enumerated().map { [Renderer.draw(SceneSampler.scene(for: $1, seed: 1, index: $0))] }
  }

  private let blank = Bitmap(width: 64, height: 64, fill: Renderer.background)

  @Test func `true pictures of descriptions answer every question, and no picture of theirs says yes to a lie`() throws
  {
    let set = MiniDPG(count: 12)
    let card = try set.score(truth(set.prompts), ProtocolCard(model: "truth"))
    #expect(card.headline.value == 1)
    #expect(card.parts.last?.name == "false yes" && card.parts.last?.raw == 0)
    #expect(card.items.count { $0.isSeen } == 6)
    #expect(card.card.benchmark == "mini-dpg" && card.card.judge == "oracle")
  }

  @Test func `a thought is understood if its plan shows what is asked, whatever was painted`() throws {
    let set = Understanding(count: 12)
    func score(_ thought: (Prompt, Int) -> String) throws -> Double {
      let pictures = set.prompts.enumerated().map { [Understanding.picture(of: thought($1, $0))] }
      return try set.score(pictures, ProtocolCard(model: "thoughts")).headline.value
    }
    #expect(try score { Rationale.write(SceneSampler.scene(for: $0, seed: 1, index: $1)) } == 1)
    #expect(try score { _, _ in "one object : small red star at nowhere ." } == 0)
    #expect(set.prompts == MiniGenEval.profile(count: 12).prompts)
  }

  @Test func `an empty picture has the global questions only, and more before gating than after`() throws {
    let set = MiniDPG(count: 12)
    let none = try set.score(set.items.map { _ in [blank] }, ProtocolCard(model: "blank"))
    let grey = set.items.map { item in
      Double(item.facts.count { $0 == .background(.gray) }) / Double(item.facts.count)
    }
    #expect(none.items.map(\.rate) == grey)
    #expect(none.parts.allSatisfy { $0.gated <= $0.raw })
  }

  @Test func `a judge that always says yes gives a full score and is found out by lies`() throws {
    struct Yes: QuestionJudge {
      let name = "yes"
      func answers(_ image: Bitmap, _ questions: [Fact]) -> [Double] { questions.map { _ in 1 } }
    }
    let set = MiniDPG(count: 4, judge: Yes())
    let card = try set.score(set.items.map { _ in [blank] }, ProtocolCard(model: "blank"))
    #expect(card.headline.value == 1 && card.parts.last?.raw == 1)
  }

  @Test func `zeroes cascade, in the table's order or from the roots`() throws {
    // Parents {1: 0, 2: 1, 3: 2, 4: 0}, answers no, yes, yes, yes: only the fourth counts.
    let gated = try DPGScoring.gated([0, 1, 1, 1], numbers: [1, 2, 3, 4], parents: [[0], [1], [2], [0]])
    #expect(gated == [0, 0, 0, 1])
    // The child stands first: in the table's order its parent still says yes when it is looked at.
    let (numbers, parents) = ([3, 2, 1], [[2], [1], []])
    #expect(try DPGScoring.gated([1, 1, 0], numbers: numbers, parents: parents, isOfficial: true) == [1, 0, 0])
    #expect(try DPGScoring.gated([1, 1, 0], numbers: numbers, parents: parents) == [0, 0, 0])
    #expect(throws: BenchmarksError.self) { try DPGScoring.gated([1], numbers: [1], parents: [[9]]) }
    #expect(throws: BenchmarksError.self) { try DPGScoring.gated([1, 1], numbers: [1, 2], parents: [[2], [1]]) }
  }

  @Test func `questions have the official tuples, parents first, and come back from their table`() throws {
    let prompt = try PromptParser.parse(
      "several shapes on a plain teal background. there is a large striped red circle. it also shows a small blue star. "
        + "the star is above the circle. exactly two small green hearts fill the rest.")
    let rows = DPGQuestion.questions(of: prompt, item: "one").map(\.question)
    #expect(
      rows.map(\.tuple) == [
        "entity - whole (circle)", "entity - whole (star)", "global - (teal background)",
        "attribute - color (circle, red)", "attribute - size (circle, large)",
        "attribute - texture (circle, striped)", "attribute - color (star, blue)", "attribute - size (star, small)",
        "relation - spatial (star, circle, above)", "entity - whole (small green hearts)",
        "other - count (small green hearts, ==2)",
      ])
    #expect(rows.map(\.parents) == [[], [], [], [1], [1], [1], [2], [2], [2, 1], [], [10]])
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("questions-\(UUID()).csv").path
    try AtomicFile.write(DPGTable.text(rows, hasDummy: true), to: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try DPGTable.read(path) == rows)
  }

  @Test func `quoted values keep commas, quotes and line breaks`() throws {
    let rows = try DPGTable.rows(of: "a,\"b, \"\"c\"\"\nd\",\r\n\"\",e,f", path: "x")
    #expect(rows == [["a", "b, \"c\"\nd", ""], ["", "e", "f"]])
    #expect(throws: BenchmarksError.self) { try DPGTable.rows(of: "a,\"b", path: "x") }
  }

  @Test func `true pictures of all seven categories score nearly one, empty ones nothing`() throws {
    let set = MiniT2I(count: 42)
    let full = try set.score(truth(set.prompts), ProtocolCard(model: "truth"))
    #expect(full.tasks.map(\.task) == MiniT2I.Category.allCases.map(\.rawValue))
    for task in full.tasks { #expect(task.estimate.value > 0.8 && task.seen == task.count / 2, "\(task)") }
    #expect(full.items.allSatisfy { $0.passes == [true] })
    #expect(full.passAt(1) == 1)
    let none = try set.score(set.items.map { _ in [blank] }, ProtocolCard(model: "blank"))
    #expect(none.headline.value == 0)
  }

  @Test func `the official rules of places`() {
    func score(_ place: T2IScoring.Place, _ a: Box, _ b: Box, _ c: Double, _ d: Double) -> Double {
      T2IScoring.spatial(place, (a, c), (b, d), near: 150)
    }
    // Worked from the published code in its frame of 479 px.
    #expect(abs(score(.left, Box(10, 10, 60, 60), Box(200, 20, 260, 80), 0.8, 0.6) - 0.85) < 1e-12)
    #expect(score(.right, Box(10, 10, 60, 60), Box(200, 20, 260, 80), 0.8, 0.6) == 0)
    #expect(abs(score(.left, Box(0, 0, 100, 100), Box(50, 0, 150, 100), 0.9, 0.9) - 0.6) < 1e-12)
    #expect(abs(score(.near, Box(0, 0, 40, 40), Box(430, 10, 470, 50), 0.7, 0.7) - 0.85) < 1e-12)
    #expect(abs(score(.near, Box(0, 0, 40, 40), Box(430, 430, 470, 470), 0.7, 0.7) - 0.5244) < 1e-4)
    #expect(T2IScoring.spatial(.near, (Box(0, 0, 1, 1), 1), nil, near: 150) == 0)
  }

  @Test func `the official rules of numbers and phrases`() {
    #expect([2, 3, 0].map { T2IScoring.numeracy(wanted: [2], found: [$0]) } == [1, 0.5, 0])
    #expect(T2IScoring.numeracy(wanted: [4, 4], found: [3, 4]) == 0.75)
    #expect(T2IScoring.binding([0.9321, 0.8]) == 0.7457)
  }

  @Test func `what a judge's choice is worth`() {
    // Pictures in the judge's order count 1, 0, 1, 0; of two drawn ones: (3 + 0 + 1 + 0) / 6.
    #expect(abs(BestOf.expected([1, 0, 1, 0], judged: [4, 3, 2, 1], k: 2) - 4.0 / 6) < 1e-12)
    #expect(abs(BestOf.expected([1, 0, 1, 0], judged: [1, 1, 1, 1], k: 2) - 0.5) < 1e-12)
    #expect(BestOf.expected([0, 1], judged: [0, 1], k: 2) == 1)
  }

  @Test func `errors put into a judge come at their rates and always at the same places`() throws {
    let noisy = NoisyJudge(OracleJudge(), falseYes: 0.25, falseNo: 0, seed: 3)
    let facts = ShapeName.allCases.flatMap { shape in
      ColorName.allCases.map { Fact.exists(Thing(shape, color: $0)) }
    }
    let answers = try noisy.answers(blank, facts)
    // 80 questions at one in four: 20 ± 3 standard deviations of 3.9.
    #expect((8...32).contains(answers.count { $0 == 1 }))
    #expect(try noisy.answers(blank, facts) == answers)
  }
}
