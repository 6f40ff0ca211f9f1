import Benchmarks
import Primitives
import Shapes
import Testing

struct MiniGenEvalTests {
  private func truth(_ prompts: [Prompt]) -> [Bitmap] {
    prompts.enumerated().map { Renderer.draw(SceneSampler.scene(for: $1, seed: 1, index: $0)) }
  }

  @Test func `a profile is balanced, held out, fixed and distinct where it can be`() {
    let profile = MiniGenEval.profile(count: 240)
    #expect(profile.items.count == 240)
    for task in Prompt.Task.allCases {
      let items = profile.items.filter { $0.task == task }
      #expect(items.count == 40)
      let space = PromptGrammar.prompts(task, split: .evaluation).count
      #expect(Set(items.map(\.prompt)).count == min(space, 40))
      if task != .singleObject, task != .counting { #expect(items.allSatisfy { !$0.isSeen }) }
    }
    #expect(Set(profile.items.map(\.id)).count == 240)
    #expect(profile.items == MiniGenEval.profile(count: 240).items)
    #expect(profile.items != MiniGenEval.profile(count: 240, seed: 1).items)
    #expect(MiniGenEval.profile(count: 241).items.count == 246)
    #expect(MiniGenEval.profile(count: -5).items.count == 6)
  }

  @Test func `quick and full take every prompt once up to their limit`() {
    #expect(MiniGenEval.quick().items.count == 228)
    #expect(MiniGenEval.full().items.count == 428)
    #expect(Set(MiniGenEval.full().items.map(\.prompt)).count == 428)
  }

  @Test func `true scenes score one and empty pictures nothing`() throws {
    let set = MiniGenEval.profile(count: 48)
    let full = try set.score(ProtocolCard(model: "truth")) { truth($0).map { [$0] } }
    #expect(full.headline.value == 1 && full.strict == 1 && full.graded > 0.9)
    #expect(full.card.promptCount == 48 && full.card.imagesPerPrompt == 1)
    let blank = Bitmap(width: 64, height: 64, fill: Renderer.background)
    let none = try set.score(set.items.map { _ in [blank, blank] }, ProtocolCard(model: "blank"))
    #expect(none.headline.value == 0 && none.headline.low == 0 && none.headline.high > 0)
    #expect(none.card.imagesPerPrompt == 2)
    #expect(try full.difference(from: none).estimate.value == 1)
  }

  @Test func `the ceiling is what survives the codec`() throws {
    let set = MiniGenEval.profile(count: 24)
    #expect(try set.ceiling { $0 }.value == 1)
    // A codec that blanks every second picture of each task's four.
    let blank = Bitmap(width: 64, height: 64, fill: Renderer.background)
    let half = try set.ceiling { pictures in pictures.enumerated().map { $0 % 2 == 0 ? $1 : blank } }
    #expect(half.value == 0.5)
  }

  @Test func `missing pictures are refused`() {
    let set = MiniGenEval.profile(count: 6)
    let pictures = truth(set.items.map(\.prompt)).map { [$0] }
    let card = ProtocolCard(model: "m")
    #expect(throws: BenchmarksError.pictures(expected: "pictures for 6 prompts", found: "pictures for 5")) {
      try set.score(Array(pictures.dropLast()), card)
    }
    #expect(throws: BenchmarksError.pictures(expected: "1 pictures for att-000", found: "2")) {
      try set.score(Array(pictures.dropLast()) + [[pictures[5][0], pictures[5][0]]], card)
    }
    #expect(throws: BenchmarksError.pictures(expected: "1 pictures for one-000", found: "0")) {
      try set.score(pictures.map { _ in [] }, card)
    }
  }

  @Test func `rows go out in the benchmark's format and come back`() throws {
    let set = MiniGenEval.quick()
    #expect(set.rows[0].line.hasSuffix(#""mini": {"id": "one-000", "split": "seen"}}"#))
    let back = try set.rows.map { try $0.shapesPrompt() }
    #expect(MiniGenEval(back).items == set.items)
  }
}
