import Foundation
import Shapes
import Testing

struct PromptParserTests {
  @Test func `a relation puts the reference first`() throws {
    let prompt = try PromptParser.parse("A red circle left of a blue star.")
    #expect(prompt.text == "a photo of a red circle left of a blue star")
    #expect(prompt.task == nil)
    #expect(
      prompt.include == [
        .init(.star, color: .blue), .init(.circle, color: .red, position: .init(.leftOf, to: 0)),
      ])
    #expect(prompt.exclude.isEmpty)
  }

  @Test func `a number forbids one more`() throws {
    let prompt = try PromptParser.parse("a photo of three hearts")
    #expect(prompt.task == .counting)
    #expect(prompt.include == [.init(.heart, count: 3)])
    #expect(prompt.exclude == [.init(.heart, count: 4)])
  }

  @Test func `lists take commas and no article`() throws {
    let prompt = try PromptParser.parse("two red crosses, ring, and an orange heart")
    #expect(prompt.text == "a photo of two red crosses and a ring and an orange heart")
    #expect(prompt.include.map(\.count) == [2, 1, 1])
  }

  @Test(arguments: [
    ("a photo of a giraffe", "line 7: the shapes world does not know the word 'giraffe'; it knows the shapes circle, "),
    ("a cirle", "line 7: the shapes world does not know the word 'cirle'; did you mean 'circle'?"),
    ("a red", "line 7: the prompt ends too early; expected one shape, as in "),
    ("", "line 7: the prompt ends too early; expected an article, a number, a colour or a shape, as in "),
    ("two circle", "line 7: 'circle' cannot stand there; expected several shapes, such as 'circles', as in "),
    ("a circle left a star", "line 7: 'a' cannot stand there; expected 'of', as in "),
    ("a small object", "line 7: 'object' cannot stand there; expected a colour, a size, a texture or one shape, as"),
    ("a small striped circle", "line 7: 'striped' cannot stand there; expected a texture of small objects: solid, as"),
    ("a star inside a heart", "line 7: 'heart' cannot stand there; expected a circle or a square, which have room"),
    ("a hollow star", "line 7: 'star' cannot stand there; expected a circle or a square, for only those are huge"),
    ("a red star and a blue star", "line 7: the prompt names 'star' twice, so that "),
    ("five stars and six rings", "line 7: the prompt asks for 11 objects; a picture has room for 9"),
  ])
  func `a text that is no prompt is refused by name and line`(text: String, message: String) throws {
    let error = try #require(throws: ShapesError.self) { try PromptParser.parse(text, line: 7) }
    #expect(error.description.hasPrefix(message), "\(error)")
  }

  @Test func `unknown words are listed once each in order`() {
    #expect(PromptParser.unknownWords(in: "a Bench left of a bench, a cat.") == ["bench", "cat"])
    #expect(PromptParser.unknownWords(in: "a star").isEmpty)
  }

  @Test func `prompts have GenEval's JSON form`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let position = try PromptParser.parse("a star above a circle")
    let text = String(decoding: try encoder.encode(position), as: UTF8.self)
    #expect(
      text == #"{"include":[{"class":"circle","count":1},{"class":"star","count":1,"position":["above",0]}],"#
        + #""prompt":"a photo of a star above a circle","tag":"position"}"#)
    for prompt in [position, try PromptParser.parse("four red rings"), try PromptParser.parse("an orange ring")] {
      #expect(try JSONDecoder().decode(Prompt.self, from: encoder.encode(prompt)) == prompt)
    }
  }
}
