import Models
import Testing

struct WordTokenizerTests {
  private func tokenizer() throws -> WordTokenizer { try WordTokenizer(words: TinyModels.words) }

  @Test func `special tokens come first, then the words in their order`() throws {
    let tokenizer = try tokenizer()
    #expect(tokenizer.count == 20)
    #expect(
      tokenizer.special == SpecialTokens(pad: 0, beginning: 1, end: 2, think: 3, imageStart: 4, imageEnd: 5))
    #expect(try tokenizer.encode("a red circle") == [6, 7, 9])
  }

  @Test func `text is lower-cased and split at white space and punctuation`() throws {
    let tokenizer = try tokenizer()
    #expect(try tokenizer.encode("  Two objects:\tRED, blue.\n") == [13, 14, 16, 7, 17, 8, 15])
    #expect(try tokenizer.encode("") == [])
    #expect(try tokenizer.encode(":.") == [16, 15])
  }

  @Test func `decoding joins words, leaves special tokens out, and is undone by encoding`() throws {
    let tokenizer = try tokenizer()
    #expect(tokenizer.decode([1, 13, 14, 16, 7, 9, 17, 8, 10, 15, 4, 5, 2]) == "two objects: red circle, blue square.")
    #expect(tokenizer.decode([]) == "")
    #expect(tokenizer.decode([-1, 20, 999]) == "")
    let ids = (6..<20).map { Int32($0) }
    #expect(try tokenizer.encode(tokenizer.decode(ids)) == ids)
  }

  @Test func `an unknown word is named with the nearest known ones and its line`() throws {
    let tokenizer = try tokenizer()
    let error = #expect(throws: ModelError.self) { try tokenizer.encode("a circel", line: 7) }
    #expect(
      error?.description.hasPrefix(
        "line 7: the model does not know the word 'circel'; the nearest it knows: circle; use")
        == true)
    let other = #expect(throws: ModelError.self) { try tokenizer.encode("Xylophone") }
    #expect(
      other?.description == "the model does not know the word 'xylophone'; use words that it was trained with, or "
        + #"train one that knows it from janus("untrained")"#)
    #expect(throws: ModelError.unknownWord("ab", nearest: ["a", "at"], line: nil)) { try tokenizer.encode("ab") }
    #expect(throws: ModelError.unknownWord("<bos>", nearest: [], line: nil)) { try tokenizer.encode("<bos>") }
  }

  @Test(arguments: [
    (["a", "b", "a"], "the word 'a' is in the vocabulary twice"),
    (["Red"], "'Red' cannot be one word: words are lower case, without spaces"),
    (["two words"], "'two words' cannot be one word: words are lower case, without spaces"),
    (["end."], "'end.' cannot be one word: words are lower case, without spaces"),
    ([""], "'' cannot be one word: words are lower case, without spaces"),
  ])
  func `a list that cannot be a vocabulary is refused`(words: [String], message: String) {
    let error = #expect(throws: ModelError.self) { try WordTokenizer(words: words) }
    #expect(error?.description == message)
  }
}
