import Foundation
import Testing

struct ReplayTests {
  /// The only run in a folder, its journal.
  private func journal(in folder: String) throws -> String {
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder + "/outputs").sorted()
    let run = try #require(runs.first { $0.first?.isNumber ?? false && !$0.contains(".") })
    return "\(folder)/outputs/\(run)/journal.jsonl"
  }

  @Test func `a script is replayed by its name, and a journal that was edited is refused`() throws {
    try EaselProcess.withFiles(["a.easel": "n = 2\nprint(n)\nn * 3\n"]) { folder in
      #expect(try EaselProcess.run(["run", "a.easel", "--set", "n=4"], in: folder).output == "4\n12\n")
      let journal = try journal(in: folder)
      let same = try EaselProcess.run(["replay", "a.easel"], in: folder)
      #expect(same.status == 0)
      #expect(same.errors == "")
      #expect(same.output.hasSuffix(" is the same at level L0, every bit: 1 text, 1 result\n"))
      let varied = try EaselProcess.run(["replay", journal, "--set", "n=5"], in: folder)
      #expect(varied == EaselProcess.Result(status: 0, output: "5\n15\n", errors: ""))
      let compared = try EaselProcess.run(["replay", journal, "--set", "n=5", "--level", "bits"], in: folder)
      #expect(compared.status == 3)
      #expect(compared.output.contains(" differs. In cell 1: a text shown was '4', and is now '5'\n"))
      let text = try String(contentsOfFile: journal, encoding: .utf8)
      try text.replacing("n * 3", with: "n * 4").write(toFile: journal, atomically: true, encoding: .utf8)
      let edited = try EaselProcess.run(["replay", journal], in: folder)
      #expect(edited.status == 3)
      #expect(edited.errors.hasPrefix("line 2 of the journal '"))
      #expect(try EaselProcess.run(["replay", "zzz"], in: folder).status == 1)
    }
  }

  @Test func `what came from a pipe is a session, whose errors are the same again`() throws {
    try EaselProcess.withFiles([:]) { folder in
      let first = try EaselProcess.run([], input: "x = 2\n1 / 0\nunknown\nx + 1\n", in: folder)
      #expect(first.status == 1)
      let again = try EaselProcess.run(["replay", journal(in: folder)], in: folder)
      #expect(again.status == 0)
      #expect(again.output.hasSuffix(" is the same at level L0, every bit: 1 text, 3 results\n"))
    }
  }
}
