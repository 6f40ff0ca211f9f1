import Primitives
import Shapes
import Testing

struct SceneTests {
  private let pair = Scene([
    SceneObject(.circle, .blue, .large, at: .center), SceneObject(.star, .red, .small, at: .topRight),
  ])

  @Test func `a scene keeps reading order and one object a cell`() {
    let scene = Scene(pair.objects.reversed() + [SceneObject(.ring, .red, .small, at: .center)])
    #expect(scene == pair)
    #expect(scene.objects.map(\.cell) == [.topRight, .center])
  }

  @Test func `a rationale is a plan in reading order`() {
    let text = "two objects : small red star at top right ; large blue circle at center ."
    #expect(Rationale.write(pair) == text)
    #expect(Rationale.write(Scene([pair.objects[0]])) == "one object : small red star at top right .")
    #expect(Rationale.write(Scene([])) == "")
    #expect(Rationale.read(text) == pair)
    #expect(
      Rationale.read(text.replacing(" :", with: ":").replacing(" ;", with: ";").replacing(" .", with: ".")) == pair)
  }

  @Test(arguments: [
    "two objects : large blue circle at center ; small red star at top right .",
    "one object : small red star at top right ; large blue circle at center .",
    "two objects : small red star at center ; large blue circle at center .",
    "one object : small red star at top right", "one object : small star at top right .", "", ".",
  ])
  func `what is not exactly one plan is not read`(text: String) {
    #expect(Rationale.read(text) == nil)
  }

  @Test func `rationales use known words and read back`() {
    let words = Set(Vocabulary.words)
    for (index, prompt) in PromptGrammar.random(200, seed: 5).enumerated() {
      let scene = SceneSampler.scene(for: prompt, seed: 5, index: index)
      let text = Rationale.write(scene)
      #expect(text.split(separator: " ").allSatisfy { words.contains(String($0)) })
      #expect(Rationale.read(text) == scene)
    }
  }

  @Test(arguments: Prompt.Task.allCases)
  func `a true scene holds what was asked for and nothing else`(task: Prompt.Task) {
    for (index, prompt) in PromptGrammar.random(100, tasks: [task], split: .all, seed: 2).enumerated() {
      let objects = SceneSampler.scene(for: prompt, seed: 9, index: index).objects
      #expect(objects.count == prompt.include.reduce(0) { $0 + $1.count })
      for clause in prompt.include {
        let named = objects.filter { $0.shape == clause.shape }
        #expect(named.count == clause.count)
        if let color = clause.color { #expect(named.allSatisfy { $0.color == color }) }
        guard let position = clause.position else { continue }
        let reference = objects.first { $0.shape == prompt.include[position.reference].shape }
        let (dx, dy) = (
          named[0].cell.column - (reference?.cell.column ?? 9), named[0].cell.row - (reference?.cell.row ?? 9)
        )
        switch position.relation {
        case .leftOf: #expect(dx < 0 && abs(dy) < abs(dx))
        case .rightOf: #expect(dx > 0 && abs(dy) < abs(dx))
        case .above: #expect(dy < 0 && abs(dx) < abs(dy))
        case .below: #expect(dy > 0 && abs(dx) < abs(dy))
        }
      }
    }
  }

  @Test func `free facts vary with the index and repeat with the seed`() throws {
    let prompt = try PromptParser.parse("a star")
    let scenes = (0..<200).map { SceneSampler.scene(for: prompt, seed: 1, index: $0) }
    #expect(Set(scenes.map { $0.objects[0].color }).count == 10)
    #expect(Set(scenes.map { $0.objects[0].cell }).count == 9)
    #expect(Set(scenes.map { $0.objects[0].size }).count == 2)
    #expect(scenes == (0..<200).map { SceneSampler.scene(for: prompt, seed: 1, index: $0) })
  }

  @Test func `relations that cannot hold still give a scene`() {
    let prompt = Prompt(
      text: "", task: nil,
      include: [
        .init(.star), .init(.ring, count: 8, position: .init(.leftOf, to: 0)),
      ])
    #expect(SceneSampler.scene(for: prompt, seed: 1).objects.count == 9)
  }

  /// Boxes (A, B) and their relations, worked by hand from GenEval's formula.
  @Test func `positions follow GenEval's rule`() {
    let a = Box(0, 0, 10, 10)
    #expect(a.relations(to: Box(20, 0, 30, 10)) == [.leftOf])
    #expect(a.relations(to: Box(4, 0, 14, 10)) == [])
    #expect(a.relations(to: Box(5, 0, 15, 10)) == [.leftOf])
    #expect(a.relations(to: Box(6, 6, 16, 16)) == [])
    #expect(a.relations(to: Box(7, 7, 17, 17)) == [.leftOf, .above])
    #expect(a.relations(to: a) == [])
    #expect(a.relations(to: Box(20, 12, 30, 22)) == [.leftOf])
  }
}
