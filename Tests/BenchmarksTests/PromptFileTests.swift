import Benchmarks
import Foundation
import Primitives
import Shapes
import Testing

/// A folder of its own for one test, removed by it.
private func withFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("easel-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}

struct PromptFileTests {
  @Test func `text has one prompt a line, whatever ends it`() throws {
    try withFolder { folder in
      let path = "\(folder)/prompts.txt"
      try AtomicFile.write("\u{FEFF}a star\r\n\r\n  a ring \n\na red heart", to: path)
      let prompts = try PromptFile.read(path)
      #expect(
        prompts == [
          PromptLine("a star", file: path, line: 1), PromptLine("a ring", file: path, line: 3),
          PromptLine("a red heart", file: path, line: 5),
        ])
    }
  }

  @Test func `a list of T2I-CompBench ends at the tab and may lack its last newline`() throws {
    try withFolder { folder in
      let path = "\(folder)/color_val.txt"
      try AtomicFile.write("a green bench and a blue bowl\t17\r\n\r\na blue bench and a green bowl", to: path)
      let prompts = try T2ICompBench.read(.color, in: folder)
      #expect(prompts.map(\.text) == ["a green bench and a blue bowl", "a blue bench and a green bowl"])
      #expect(prompts.map(\.line) == [1, 3])
    }
  }

  @Test func `a folder of DPG-Bench has one prompt a file, in order of names`() throws {
    try withFolder { folder in
      try AtomicFile.write(" A tall café.\n", to: "\(folder)/b2.txt")
      try AtomicFile.write("Two lines\r\nof one prompt", to: "\(folder)/a10.txt")
      try AtomicFile.write("not a prompt", to: "\(folder)/readme.md")
      let items = try DPGBench.read(folder)
      #expect(items.map(\.id) == ["a10", "b2"])
      #expect(items.map(\.prompt.text) == ["Two lines of one prompt", "A tall café."])
      #expect(try PromptFile.read(folder) == items.map(\.prompt))
    }
  }

  @Test func `files that hold nothing say so`() throws {
    try withFolder { folder in
      try AtomicFile.write("\n \r\n", to: "\(folder)/blank.txt")
      try AtomicFile.write(Data([0xFF, 0xFE, 0x00]), to: "\(folder)/binary.txt")
      try AtomicFile.write("", to: "\(folder)/blank.jsonl")
      func message(_ path: String) -> String {
        do { return "\(try PromptFile.read(path).count) prompts" } catch { return "\(error)" }
      }
      #expect(message("\(folder)/blank.txt") == "'\(folder)/blank.txt' holds no prompt; expected one prompt a line")
      #expect(
        message("\(folder)/binary.txt")
          == "'\(folder)/binary.txt' is not text in UTF-8; save it as UTF-8 and read it again")
      #expect(
        message("\(folder)/blank.jsonl")
          == "'\(folder)/blank.jsonl' holds no prompt; expected one JSON object a line")
      #expect(message("\(folder)/none.txt") == "cannot read '\(folder)/none.txt': there is no such file")
      try FileManager.default.createDirectory(atPath: "\(folder)/empty", withIntermediateDirectories: false)
      #expect(
        message("\(folder)/empty")
          == "'\(folder)/empty' holds no prompt; expected a folder with one .txt file a prompt")
    }
  }

  @Test func `a report says which prompts cannot be painted and why`() throws {
    let lines = [
      "a red star", "a giraffe above a star", "a star and a star", "a bench", "nine stars and a ring", "star a",
    ]
    .enumerated().map { PromptLine($1, file: "list.txt", line: $0 + 1) }
    let report = PaintabilityReport(lines)
    #expect(report.accepted.map(\.prompt.text) == ["a photo of a red star"])
    #expect(report.refused.map(\.source.line) == [2, 3, 4, 5, 6])
    #expect(report.reasons.map(\.prompts.count) == [2, 1, 1, 1])
    #expect(report.unknownWords.map(\.word) == ["giraffe", "bench"])
    #expect(
      report.description.hasPrefix(
        "6 prompts: the tiny model can paint 1 and cannot paint 5\n"
          + "  2 × a word that the shapes world does not know\n"
          + "      list.txt:2: 'giraffe' in “a giraffe above a star”\n"
          + "      list.txt:4: 'bench' in “a bench”\n"
          + "  1 × one shape named twice\n      list.txt:3: 'star' in “a star and a star”\n"))
    #expect(report.description.hasSuffix("\n  words it would have to know: giraffe (1), bench (1)"))
  }

  /// The published files; `EASEL_BENCHMARK_DATA` names the folder that holds them.
  @Test(
    .enabled("EASEL_BENCHMARK_DATA names no folder") {
      ProcessInfo.processInfo.environment["EASEL_BENCHMARK_DATA"] != nil
    })
  func `the published files read whole`() throws {
    let folder = ProcessInfo.processInfo.environment["EASEL_BENCHMARK_DATA"] ?? ""
    let rows = try GenEval.read("\(folder)/geneval/evaluation_metadata.jsonl")
    let counts = Prompt.Task.allCases.map { task in rows.count { $0.tag == task.rawValue } }
    #expect(counts == [80, 99, 80, 94, 100, 100])
    #expect(rows.count == 553)
    let original = try AtomicFile.read("\(folder)/geneval/evaluation_metadata.jsonl")
    #expect(Data(rows.map { $0.line + "\n" }.joined().utf8) == original)
    #expect(try DPGBench.read("\(folder)/dpg-bench/prompts").count == 1_065)
    for category in T2ICompBench.Category.allCases {
      let prompts = try T2ICompBench.read(category, in: "\(folder)/t2i-compbench")
      #expect(prompts.count == 300, "\(category)")
      let report = PaintabilityReport(prompts)
      #expect(report.accepted.count + report.refused.count == 300)
    }
    let sizes = try ["dpg_val", "geneval_train", "geneval_val", "t2i_train", "t2i_val"].map {
      try PromptFile.read("\(folder)/reasongen-r1/\($0).txt").count
    }
    #expect(sizes[0] == 1_065 && sizes[2] == 553)
    let report = PaintabilityReport(rows.map { PromptLine($0.prompt, file: "geneval", line: $0.lineNumber ?? 0) })
    #expect(report.accepted.isEmpty)
    print(report)
  }
}
