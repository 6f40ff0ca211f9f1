import Benchmarks
import Foundation
import Primitives
import Shapes
import Testing

struct GenEvalTests {
  private let line =
    #"{"tag": "position", "include": [{"class": "vase", "count": 1}, "#
    + #"{"class": "bus", "count": 1, "position": ["above", 0]}], "prompt": "a photo of a bus above a vase", "#
    + #""extra":  {"any": [1, "ü"]}}"#

  @Test func `a row is read whole and written back byte by byte`() throws {
    let row = try GenEvalRow(line: line, file: "f", number: 1)
    #expect(row.tag == "position")
    #expect(row.prompt == "a photo of a bus above a vase")
    #expect(row.include.map(\.name) == ["vase", "bus"])
    #expect(row.include[1].position == GenEvalRow(try PromptParser.parse("a star above a ring")).include[1].position)
    #expect(row.exclude.isEmpty)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("easel-\(UUID().uuidString).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try GenEval.write([row, row], to: path)
    #expect(String(decoding: try AtomicFile.read(path), as: UTF8.self) == line + "\n" + line + "\n")
    #expect(try GenEval.read(path).map(\.lineNumber) == [1, 2])
    #expect(try PromptFile.read(path).map(\.text) == [row.prompt, row.prompt])
  }

  @Test func `a prompt is written as the benchmark spells it`() throws {
    let prompt = try PromptParser.parse("a photo of three stars")
    #expect(
      GenEvalRow(prompt, id: "cnt-017", split: "seen").line
        == #"{"tag": "counting", "include": [{"class": "star", "count": 3}], "exclude": [{"class": "star", "count": 4}], "#
        + #""prompt": "a photo of three stars", "mini": {"id": "cnt-017", "split": "seen"}}"#)
  }

  @Test(arguments: Prompt.Task.allCases)
  func `rows and prompts are the same facts`(task: Prompt.Task) throws {
    for prompt in PromptGrammar.prompts(task).prefix(200) {
      let row = GenEvalRow(prompt)
      #expect(try row.shapesPrompt() == prompt)
      #expect(try GenEvalRow(line: row.line, file: "f", number: 1).shapesPrompt() == prompt)
    }
  }

  @Test func `a class of another world is named`() throws {
    let row = try GenEvalRow(line: line, file: "f", number: 9)
    let error = try #require(throws: ShapesError.self) { try row.shapesPrompt() }
    #expect(error == .unknownWord("vase", line: 9, nearest: nil))
  }

  @Test(arguments: [
    ("star", "this is not a JSON object; expected {\"tag\": …, \"include\": […], \"prompt\": …}"),
    ("[1]", "the line should be a list or an object"),
    (#"{"tag": "colors", "include": []}"#, "the key 'prompt' is missing"),
    (#"{"tag": "a", "include": [{"class": "b", "count": "two"}], "prompt": ""}"#, "'count' should be a whole number"),
    (#"{"tag": "a", "include": [{"class": "b", "count": -2}], "prompt": ""}"#, "'count' is -2; expected 1 or more"),
    (
      #"{"tag": "a", "include": [{"class": "b", "count": 1, "position": ["above", 0]}], "prompt": ""}"#,
      "a position refers to clause 0; expected an earlier one, from 0"
    ),
  ])
  func `a broken row is refused with its line`(line: String, problem: String) throws {
    let error = try #require(throws: BenchmarksError.self) { try GenEvalRow(line: line, file: "m.jsonl", number: 3) }
    #expect(error.description == "'m.jsonl', line 3: \(problem)")
  }
}
