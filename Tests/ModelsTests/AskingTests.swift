import Primitives
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct AskingTests {
  /// A model that looks, of the fixture's sizes.
  private static func model(seed: Int = 3) throws -> Janus {
    var sizes = TinyModels.configuration()
    var eyes = VisionEncoder.Configuration()
    (eyes.imageSize, eyes.patchSize, eyes.width, eyes.layers) = (8, 4, 12, 1)
    (eyes.heads, eyes.feedForward, eyes.outputWidth) = (3, 20, 16)
    sizes.visionEncoder = eyes
    return try Janus(sizes, seed: seed)
  }

  @Test func `answers about pictures score as in transformers, forwards and backwards`() throws {
    let (fixture, model) = (try ImageFixture("reading"), try Self.model())
    try fixture.assign(to: model.readingParameters)
    let pictures = try fixture.pictures()
    let dialogues = [
      Dialogue(
        picture: pictures[0],
        turns: [.init(question: [6, 7, 9], answer: [12]), .init(question: [8, 6], answer: [13, 14])]),
      Dialogue(picture: pictures[1], turns: [.init(question: [9, 19, 7, 7], answer: [13])]),
    ]
    let tape = Tape()
    let scores = try model.score(dialogues, tape: tape)
    #expect(scores.logProbability.shape == [7])
    // Three layers in single precision against double.
    let logs = try fixture["log probability"].array()
    expectClose(scores.logProbability.array(), logs, absolute: 2e-5, relative: 2e-5, "log-probabilities")
    expectClose(scores.entropy.array(), try fixture["entropy"].array(), absolute: 2e-5, relative: 2e-5, "entropies")
    tape.backward(sum(scores.logProbability * (try fixture["weights"])))
    for parameter in model.readingParameters {
      let gradient = try #require(parameter.gradient, "\(parameter.name)").array()
      let expected = try fixture["gradient " + parameter.name].array()
      expectClose(gradient, expected, absolute: 1e-3, relative: 1e-3, parameter.name)
    }
  }

  @Test func `an answer has the words that are likeliest one after the other, whatever is asked beside it`() throws {
    let model = try Self.model(seed: 5)
    // Far from uniform, so that answers are of several words.
    for parameter in model.readingParameters { parameter.value = parameter.value * 2 }
    let pictures = (0..<3).map { Bitmap(width: 8, height: 8, fill: .init(UInt8(90 * $0), 20, 200)) }
    let questions = ["red circle", "a blue square left of", "two objects"]
    let answers = try model.ask(questions, about: pictures, limit: 5)
    for (index, question) in questions.enumerated() {
      let alone = try model.ask([question], about: [pictures[index]], limit: 5)
      #expect(alone.map(\.text) == [answers[index].text])
      // Naively: everything is read anew for each word.
      var text = try model.tokenizer.encode(question)
      let asked = text.count
      while text.count < asked + 5, text.last != model.tokenizer.special.end {
        let hidden = try model.look(at: [pictures[index]], texts: [text], tape: nil)
        let logits = model.textHead(rows(hidden, [Int32(hidden.rowCount - 1)]), nil).array()
        text.append(Int32(logits.indices.max { logits[$0] < logits[$1] } ?? 0))
      }
      #expect(answers[index].text == model.tokenizer.decode(Array(text.dropFirst(asked))))
    }
    let first = TinyModels.words.map { answers[0].probability(of: $0) }
    #expect(first.allSatisfy { $0 >= 0 } && first.reduce(0, +) <= 1.0001)
    #expect(answers[0].probability(of: "unheard") == 0)
  }

  @Test func `a model that only paints, a question too many and one too long are refused in words`() throws {
    let blind = try Janus(TinyModels.configuration(), seed: 1)
    let picture = Bitmap(width: 8, height: 8)
    let error = #expect(throws: ModelError.self) { try blind.ask(["red"], about: [picture]) }
    #expect(
      error?.description
        == "the model's vision encoder is missing, but must be there for a question about a picture; "
        + "train one from janus(\"untrained-vlm\") with judge_trainer")
    let model = try Self.model()
    #expect(throws: ModelError.self) { try model.ask(["red", "blue"], about: [picture]) }
    let long = Array(repeating: "red", count: 58).joined(separator: " ")
    #expect(throws: ModelError.promptTooLong(tokens: 58, limit: 57, line: nil)) {
      try model.ask([long], about: [picture])
    }
    #expect(try model.ask([], about: []).isEmpty)
  }
}
