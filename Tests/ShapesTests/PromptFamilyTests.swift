import Primitives
import Shapes
import Testing

struct PromptFamilyTests {
  @Test(arguments: PromptFamily.allCases)
  func `every prompt reads back as itself and its true scene passes strictly`(family: PromptFamily) throws {
    let words = Set(Vocabulary.words)
    for (index, prompt) in PromptFamily.random(60, families: [family], split: .all, seed: 5).enumerated() {
      #expect(try PromptParser.parse(prompt.text) == prompt, "\(prompt.text)")
      let spaced = prompt.text.replacing(".", with: " .").split(separator: " ")
      #expect(spaced.allSatisfy { words.contains(String($0)) }, "\(prompt.text)")
      let scene = SceneSampler.scene(for: prompt, seed: 6, index: index)
      let verdict = Oracle.judge(Renderer.draw(scene), prompt)
      #expect(verdict.passes && verdict.isStrict, "\(prompt.text): \(scene.objects) \(verdict)")
      let thought = Rationale.write(scene, for: prompt)
      #expect(thought.split(separator: " ").allSatisfy { words.contains(String($0)) }, "\(thought)")
      #expect(Rationale.read(thought) == scene, "\(thought)")
    }
  }

  @Test(arguments: PromptFamily.allCases)
  func `a family has both sides of the line, and training states no pair that is held out`(family: PromptFamily) {
    let training = PromptFamily.random(100, families: [family], split: .training, seed: 1)
    let heldOut = PromptFamily.random(100, families: [family], split: .heldOut, seed: 1)
    #expect(training.allSatisfy { !PromptFamily.isHeldOut($0) })
    #expect(heldOut.allSatisfy(PromptFamily.isHeldOut))
    #expect(Set(training.map(\.text)).isDisjoint(with: heldOut.map(\.text)))
    #expect(training == PromptFamily.random(100, families: [family], split: .training, seed: 1))
  }

  @Test func `descriptions have 35 to 90 words`() {
    for prompt in PromptFamily.random(100, families: [.dense], split: .all, seed: 2) {
      let count = prompt.text.split(separator: " ").count
      #expect((35...90).contains(count), "\(count): \(prompt.text)")
    }
  }
}
