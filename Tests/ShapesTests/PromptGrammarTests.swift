import Shapes
import Testing

struct PromptGrammarTests {
  @Test func `tasks have the sizes that their grammar gives them`() {
    // 8; 8·7; 8·3; 10·8; 8·7·4; 8·7·10·9.
    let sizes = Prompt.Task.allCases.map { PromptGrammar.prompts($0).count }
    #expect(sizes == [8, 56, 24, 80, 224, 5040])
    let heldOut = Prompt.Task.allCases.map { PromptGrammar.prompts($0, split: .heldOut).count }
    #expect(heldOut == [0, 16, 6, 16, 64, 1008])
    let evaluation = Prompt.Task.allCases.map { PromptGrammar.prompts($0, split: .evaluation).count }
    #expect(evaluation == [8, 16, 24, 16, 64, 1008])
  }

  @Test(arguments: Prompt.Task.allCases)
  func `training and held-out prompts share no text and make up the whole`(task: Prompt.Task) {
    let training = PromptGrammar.prompts(task, split: .training).map(\.text)
    let heldOut = PromptGrammar.prompts(task, split: .heldOut).map(\.text)
    #expect(Set(training).isDisjoint(with: heldOut))
    #expect(Set(training + heldOut) == Set(PromptGrammar.prompts(task).map(\.text)))
    #expect(Set(training + heldOut).count == training.count + heldOut.count)
  }

  @Test func `a paraphrase stands on the same side of the split`() throws {
    func isHeldOut(_ text: String) throws -> Bool { PromptGrammar.isHeldOut(try PromptParser.parse(text)) }
    for first in ShapeName.allCases {
      for second in ShapeName.allCases where second != first {
        #expect(try isHeldOut("a \(first) and a \(second)") == isHeldOut("a \(second) and a \(first)"))
        for relation in Relation.allCases {
          let here = try isHeldOut("a \(first) \(relation.rawValue) a \(second)")
          #expect(try here == isHeldOut("a \(second) \(relation.opposite.rawValue) a \(first)"))
        }
        let here = try isHeldOut("a red \(first) and a blue \(second)")
        #expect(try here == isHeldOut("a blue \(second) and a red \(first)"))
      }
    }
  }

  @Test func `random training prompts are never held out and repeat with their seed`() {
    let prompts = PromptGrammar.random(600, seed: 3)
    #expect(prompts.count == 600)
    #expect(prompts.allSatisfy { !PromptGrammar.isHeldOut($0) })
    #expect(prompts == PromptGrammar.random(600, seed: 3))
    #expect(prompts != PromptGrammar.random(600, seed: 4))
    #expect(Array(prompts.prefix(50)) == PromptGrammar.random(50, seed: 3))
    for task in Prompt.Task.allCases {
      // 600 draws at 1/6: 100 ± 4 standard deviations of 9.1.
      #expect((64...136).contains(prompts.count { $0.task == task }), "\(task)")
    }
    #expect(PromptGrammar.random(5, tasks: [.singleObject], split: .heldOut, seed: 1).isEmpty)
  }

  @Test(arguments: Prompt.Task.allCases)
  func `every text reads back as its prompt and uses known words only`(task: Prompt.Task) throws {
    let words = Set(Vocabulary.words)
    for prompt in PromptGrammar.prompts(task) {
      #expect(try PromptParser.parse(prompt.text) == prompt)
      #expect(prompt.task == task)
      #expect(prompt.text.split(separator: " ").allSatisfy { words.contains(String($0)) })
    }
  }

  @Test func `articles and plurals follow the benchmark`() {
    let colors = PromptGrammar.prompts(.colors).map(\.text)
    #expect(colors.contains("a photo of an orange cross"))
    #expect(!colors.contains { $0.contains("a orange") })
    #expect(PromptGrammar.prompts(.counting).map(\.text).contains("a photo of three crosses"))
  }

  @Test func `vocabulary words are distinct and in their fixed order`() {
    // 5 small words, 9 numbers, 7 of place, 8 shapes twice, 10 colours, 2 sizes, 6 of rationales.
    #expect(Set(Vocabulary.words).count == Vocabulary.words.count)
    #expect(Vocabulary.words.prefix(55).last == ".")
    #expect(Vocabulary.words.first == "a")
    #expect(Vocabulary.words.last == "?")
  }
}
