import Foundation
import Primitives
import Testing

@testable import Records

/// Runs the body with a fresh folder, which is removed afterwards.
func inTemporaryFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("easel-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

/// 2026-03-01 at 23:30 in Greenwich.
private let night = Date(timeIntervalSince1970: 1_772_407_800)

@Suite struct RunFolderTests {
  @Test func `a run's folder is named by day, name and id`() throws {
    try inTemporaryFolder { folder in
      let greenwich = try #require(TimeZone(secondsFromGMT: 0))
      let kiev = try #require(TimeZone(secondsFromGMT: 7200))
      let run = try RunFolder.make(in: folder + "/out", date: night, timeZone: greenwich, name: "reasongen", id: "a1")
      #expect(run.path == folder + "/out/2026-03-01-reasongen-a1")
      #expect(run.metrics == run.path + "/metrics.jsonl")
      #expect(run.environment == run.path + "/environment.json")
      let later = try RunFolder.make(in: folder + "/out", date: night, timeZone: kiev, name: "", id: "b2")
      #expect(later.path == folder + "/out/2026-03-02-b2")
      let reopened = try RunFolder.open(run.path)
      #expect(reopened == run)
    }
  }

  @Test func `folders inside appear when they are first used`() throws {
    try inTemporaryFolder { folder in
      let run = try RunFolder.make(in: folder, date: night, name: "x", id: "1")
      let before = try FileManager.default.contentsOfDirectory(atPath: run.path)
      #expect(before == [])
      let file = try run.file("step 20/../a.png", in: .images)
      #expect(file == run.path + "/images/step-20-..-a.png")
      let again = try run.file("b.png", in: .images)
      #expect(again == run.path + "/images/b.png")
      let after = try FileManager.default.contentsOfDirectory(atPath: run.path)
      #expect(after == ["images"])
    }
  }

  @Test func `names keep letters of every script and lose signs`() {
    #expect(RunFolder.plain("KL 0.1, seed=7") == "KL-0.1-seed-7")
    #expect(RunFolder.plain("../../etc/passwd") == "etc-passwd")
    #expect(RunFolder.plain("緑の星") == "緑の星")
    #expect(RunFolder.plain("$(touch x)`y`\n'z'") == "touch-x-y-z")
    #expect(RunFolder.plain("///") == "")
    #expect(RunFolder.plain(String(repeating: "n", count: 500)).count == 80)
  }

  @Test func `a run is not made twice, nor opened where none is`() throws {
    try inTemporaryFolder { folder in
      let run = try RunFolder.make(in: folder, date: night, name: "x", id: "1")
      #expect(throws: RecordsError.exists(run.path)) {
        try RunFolder.make(in: folder, date: night, name: "x", id: "1")
      }
      #expect(throws: RecordsError.noRun(folder + "/none")) { try RunFolder.open(folder + "/none") }
    }
  }

  @Test func `outputs that cannot be written are one clear error`() throws {
    try inTemporaryFolder { folder in
      try AtomicFile.write("a file", to: folder + "/taken")
      let inside = #expect(throws: RecordsError.self) {
        try RunFolder.make(in: folder + "/taken/deep", date: night, name: "x", id: "1")
      }
      #expect(
        inside?.description
          == "cannot write to the outputs folder '\(folder)/taken/deep': Not a directory; "
          + "choose a folder that you may write to")
      #expect(throws: RecordsError.self) {
        try RunFolder.make(in: folder + "/taken", date: night, name: "x", id: "1")
      }
    }
    #expect(throws: RecordsError.self) { try RunFolder.make(in: "/proc/outputs", date: night, name: "x", id: "1") }
  }
}

@Suite struct EnvironmentRecordTests {
  private static let record = EnvironmentRecord(
    easel: "0.1", swift: "6.3.1", system: "Debian GNU/Linux 12", processor: "a \"fast\" one", threads: 2,
    kernels: "avx512", seed: 7)

  @Test func `the record is JSON in a fixed order and reads back`() throws {
    #expect(
      Self.record.json == """
        {
          "easel": "0.1",
          "swift": "6.3.1",
          "system": "Debian GNU/Linux 12",
          "processor": "a \\"fast\\" one",
          "threads": 2,
          "kernels": "avx512",
          "seed": 7,
          "revision": null
        }

        """)
    try inTemporaryFolder { folder in
      var record = Self.record
      record.revision = "625ed58"
      try record.write(to: folder + "/environment.json")
      let read = try EnvironmentRecord.read(folder + "/environment.json")
      #expect(read == record)
      try AtomicFile.write("{\"easel\": 1}", to: folder + "/environment.json")
      #expect(throws: RecordsError.self) { try EnvironmentRecord.read(folder + "/environment.json") }
    }
  }
}
