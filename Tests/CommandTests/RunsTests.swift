import Foundation
import Testing

struct RunsTests {
  @Test func `runs are listed, shown, compared, kept and deleted`() throws {
    try EaselProcess.withFiles(["a.easel": "n = 2\nprint(n)\n", "b.easel": "z = 0\nprint(1 / z)\n"]) { folder in
      func easel(_ words: String...) throws -> EaselProcess.Result { try EaselProcess.run(words, in: folder) }
      #expect(try easel("runs").output.hasPrefix("There are no runs in 'outputs'."))
      #expect(try easel("run", "a.easel", "--set", "n=5") == EaselProcess.Result(status: 0, output: "5\n", errors: ""))
      #expect(try easel("run", "b.easel").status == 1)
      let rows = try easel("runs").output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      try #require(rows.count == 3)
      #expect(rows[0].prefix(4) == ["id", "name", "kind", "status"])
      #expect(rows[1].dropFirst().prefix(3) == ["b", "script", "failed"])
      #expect(rows[2].dropFirst().prefix(3) == ["a", "script", "finished"])
      let (first, second) = (rows[2][0], rows[1][0])
      #expect(try easel("runs", "note", first, "the good one").status == 0)
      #expect(try easel("runs", "tag", first, "best", "small").status == 0)
      let shown = try easel("runs", "show", first).output
      #expect(shown.hasPrefix("run \(first) (a): script, finished, began "))
      #expect(shown.contains("\n  tags    best, small\n  note    the good one\n"))
      #expect(shown.contains("\n  set.n: 5\n"))
      let difference = try easel("runs", "diff", first, second).output.split(separator: "\n")
      #expect(difference.count == 2 && difference[1].split(separator: " ") == ["set.n", "5", "–"])
      #expect(try easel("runs", "archive", second).status == 0)
      #expect(try !easel("runs").output.contains(second))
      #expect(try easel("runs", "list", "--all").output.contains(second))
      let missing = try easel("runs", "show", "zzz")
      #expect(missing.status == 1 && missing.errors.hasPrefix("there is no run 'zzz' in 'outputs'"))
      for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/outputs") where name.contains("sqlite")
      {
        try FileManager.default.removeItem(atPath: folder + "/outputs/" + name)
      }
      #expect(try easel("runs", "rebuild").output == "The store of 'outputs' has 2 runs.\n")
      #expect(try easel("runs", "show", first).output == shown)
      #expect(try easel("runs", "delete", first).status == 0)
      #expect(try easel("runs", "list", "--all").output.split(separator: "\n").count == 2)
      #expect(try easel("runs", "show").status == 2)
    }
  }

  @Test func `a damaged store is one warning, and the script runs`() throws {
    try EaselProcess.withFiles(["a.easel": "print(1)\n"]) { folder in
      try FileManager.default.createDirectory(atPath: folder + "/outputs", withIntermediateDirectories: true)
      let noise = String(repeating: "no database ", count: 1000)
      try noise.write(toFile: folder + "/outputs/easel.sqlite", atomically: true, encoding: .utf8)
      let result = try EaselProcess.run(["run", "a.easel"], in: folder)
      #expect(result.status == 0 && result.output == "1\n")
      let start = "warning: the store of runs 'outputs/easel.sqlite' cannot be used: it is damaged"
      #expect(result.errors.hasPrefix(start))
      #expect(result.errors.split(separator: "\n").count == 1)
      #expect(try EaselProcess.run(["runs"], in: folder).status == 1)
      let rebuilt = try EaselProcess.run(["runs", "rebuild"], in: folder).output
      #expect(rebuilt.hasPrefix("The damaged store is now 'outputs/easel.sqlite.damaged-1'.\n"))
      #expect(rebuilt.hasSuffix("The store of 'outputs' has 1 run.\n"))
    }
  }
}
