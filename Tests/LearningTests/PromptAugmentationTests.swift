import Learning
import Primitives
import Shapes
import Testing

struct PromptAugmentationTests {
  private static let row = """
    {"brief_caption": "A dog and a ball.", "detailed_caption": "A brown dog …", "image": "dog.png", "aesthetic": 6.1, "id": 7,
     "augmented_prompts": {"short_caption": "dog with ball", "paraphrases": ["a ball and a dog", "a dog next to a ball"],
     "varied_captions": ["a brown dog and a red ball"], "tags": ["dog", "ball", "grass"], "object_prompts": ["a dog", "a ball"]},
     "augmented_cots": {"step_by_step": "First, a dog.", "object_centric": ["The dog is brown.", "The ball is red."],
     "region_descriptions": ["left: dog"], "tags": ["dog", "ball"]}}
    """.replacing("\n", with: " ")

  private static func record(_ text: String = row) throws -> PaintingRecord {
    try #require(try PaintingRecord.lines(of: text, file: "data.jsonl").first).record
  }

  private static func drawn(_ record: PaintingRecord, _ rule: PromptAugmentation, count: Int = 4000) -> [String: Int] {
    var counts: [String: Int] = [:]
    for index in 0..<count {
      var generator = RandomStream(seed: 3, purpose: "test").generator(sample: index)
      counts[rule.draw(record, with: &generator), default: 0] += 1
    }
    return counts
  }

  @Test func `a key is drawn uniformly, then an item of its list`() throws {
    let counts = Self.drawn(try Self.record(), PromptAugmentation())
    // Of 4 000 draws each key has 800, of deviation 25; the two paraphrases share theirs.
    let expected = [
      "dog with ball": 800, "a ball and a dog": 400, "a dog next to a ball": 400, "a brown dog and a red ball": 800,
      "dog,ball,grass": 800, "a dog and a ball": 800,
    ]
    #expect(counts.keys.sorted() == expected.keys.sorted())
    for (text, number) in expected { #expect(abs(try #require(counts[text]) - number) < 110, "\(text)") }
  }

  @Test(arguments: [
    (objects: ["a dog"], text: "a dog"), (objects: ["a dog", "a ball"], text: "a dog and a ball"),
    (objects: ["a dog", "a ball", "a tree"], text: "a dog, a ball and a tree"),
  ])
  func `one object is not joined to nothing`(objects: [String], text: String) throws {
    var record = try Self.record()
    record.prompts.objectPrompts = objects
    #expect(Self.drawn(record, PromptAugmentation([.objectPrompts]), count: 5) == [text: 5])
  }

  @Test func `what a picture has not is not drawn, and without anything the brief caption stays`() throws {
    var record = try Self.record()
    record.prompts.tags = []
    record.prompts.paraphrases = []
    #expect(
      Self.drawn(record, PromptAugmentation([.tags, .shortCaption, .paraphrases]), count: 5) == ["dog with ball": 5])
    #expect(Self.drawn(record, PromptAugmentation([.tags]), count: 5) == ["A dog and a ball.": 5])
    #expect(Self.drawn(record, PromptAugmentation([]), count: 5) == ["A dog and a ball.": 5])
  }

  @Test func `thoughts have their styles, lists joined, and missing ones are none`() throws {
    let record = try Self.record()
    #expect(record.rationale(.plan) == "A brown dog …")
    #expect(record.rationale(.stepByStep) == "First, a dog.")
    #expect(record.rationale(.objectCentric) == "The dog is brown. ; The ball is red.")
    #expect(record.rationale(.regionDescriptions) == "left: dog")
    #expect(record.rationale(.tags) == "dog ; ball")
    let bare = try Self.record(#"{"brief_caption": "a", "detailed_caption": "b"}"#)
    #expect(bare == PaintingRecord(briefCaption: "a", detailedCaption: "b"))
    #expect(bare.rationale(.tags) == nil)
  }

  @Test(arguments: [
    (line: #"{"brief_caption": "a"}"#, reason: "it has no 'detailed_caption'"),
    (line: #"{"brief_caption": 3, "detailed_caption": "b"}"#, reason: "'brief_caption' has a value of the wrong kind"),
    (
      line: #"{"brief_caption": "a", "detailed_caption": "b", "augmented_prompts": {"tags": 5}}"#,
      reason: "'augmented_prompts.tags' has a value of the wrong kind"
    ), (line: "a, b", reason: "it is not JSON"),
  ])
  func `a line that is no record is named with the reason`(line: String, reason: String) throws {
    let error = try #require(throws: PaintingRecord.Refusal.self) {
      _ = try PaintingRecord.lines(of: Self.row + "\n\n" + line, file: "data.jsonl")
    }
    #expect(error == PaintingRecord.Refusal(file: "data.jsonl", line: 3, reason: reason))
    #expect(error.description.hasPrefix("line 3 of 'data.jsonl' is no picture's record: \(reason)"))
  }

  @Test func `a record of the world has what its scene shows under the published names`() throws {
    let scene = Scene([
      SceneObject(.star, .blue, .small, at: .topLeft), SceneObject(.circle, .red, .large, at: .right),
    ])
    let record = PaintingRecord(try PromptParser.parse("a photo of a red circle and a blue star"), scene: scene)
    #expect(record.briefCaption == "a photo of a red circle and a blue star")
    #expect(record.detailedCaption == "two objects : small blue star at top left ; large red circle at right .")
    #expect(record.prompts.shortCaption == "a red circle and a blue star")
    #expect(
      record.prompts.paraphrases == [
        "a photo of a blue star and a red circle", "a photo of one red circle and one blue star",
      ])
    #expect(
      record.prompts.variedCaptions == [
        "a photo of a small blue star and a large red circle",
        "a photo of a small blue star at top left and a large red circle at right",
      ])
    #expect(record.prompts.tags == ["red circle", "blue star"])
    #expect(record.prompts.objectPrompts == ["a red circle", "a blue star"])
    #expect(
      record.rationales.stepByStep
        == "one : red circle ; blue star . two : small blue star at top left ; large red circle at right .")
    #expect(
      record.rationales.objectCentric == [
        "two objects : red circle : large at right", "blue star : small at top left",
      ])
    #expect(record.rationales.regionDescriptions == ["top left : small blue star", "right : large red circle"])
    #expect(record.rationales.tags == ["large red circle", "small blue star"])
  }

  @Test func `a relation is said from both sides`() throws {
    let prompt = try PromptParser.parse("a photo of a star left of an orange heart")
    #expect(PromptWriter.paraphrases(prompt).isEmpty == false)
    for text in PromptWriter.paraphrases(prompt) {
      let parsed = try PromptParser.parse(text)
      #expect(Set(parsed.include.map(\.shape)) == [.star, .heart])
      #expect(text == "a photo of an orange heart right of a star")
    }
  }
}
