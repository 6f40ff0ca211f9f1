import Foundation
import Primitives
import Records
import Testing

/// A run of one cell with two steps.
private func records(losses: [Double] = [0.5, 0.25], weights: String = "aa", text: String = "loss 0.25")
  -> [JournalRecord]
{
  let environment = EnvironmentRecord(
    easel: "1", swift: "6", system: "s", processor: "p", threads: 2, kernels: "avx2", seed: 0)
  let steps = losses.enumerated().map { index, loss in
    JournalRecord.step(
      .init(
        trainer: "grpo", index: index, metrics: ["loss": loss, "norm": .nan, "a\"b": -0.0], samples: "s",
        weights: weights)
    )
  }
  return [
    .open(
      .init(
        kind: "session", name: "n", arguments: [], seed: 0, date: Date(timeIntervalSince1970: 0),
        environment: environment)),
    .cell(.init(number: 1, source: "t.run(steps: 2)\n", seed: 7, isOfScript: false, width: 80)),
    .input(.init(source: "judge", request: "q1", answer: "yes")),
  ] + steps + [
    .output(.init(what: "text", fingerprint: text, text: text)),
    .end(.init(status: "done", result: "0.25", number: losses.last, fingerprint: "\(losses)", seconds: 1)),
    .close,
  ]
}

private func write(_ records: [JournalRecord], to path: String) throws {
  let file = try JournalFile(path: path)
  for record in records { try file.append(record) }
  file.flush()
}

/// Journals as files.
@Suite struct JournalTests {
  @Test func `what is written reads back, every bit of every number`() throws {
    try inTemporaryFolder { folder in
      let all = records(losses: [.infinity, .leastNonzeroMagnitude, 0.1 + 0.2, 1e300])
      try write(all, to: folder + "/journal.jsonl")
      let journal = try Journal(path: folder + "/journal.jsonl")
      #expect(journal.warning == nil)
      #expect(journal.records.count == all.count)
      for (read, written) in zip(journal.records, all) {
        guard case .step(let one) = read, case .step(let other) = written else {
          #expect(read == written)
          continue
        }
        for name in ["loss", "a\"b"] { #expect(one.metrics[name]?.bitPattern == other.metrics[name]?.bitPattern) }
        #expect(one.metrics["norm"]?.isNaN == true)
      }
      #expect(throws: RecordsError.self) { try JournalFile(path: folder + "/journal.jsonl") }
    }
  }

  @Test func `a line that was changed, taken out or put twice is named`() throws {
    try inTemporaryFolder { folder in
      let path = folder + "/journal.jsonl"
      try write(records(), to: path)
      let lines = String(decoding: try AtomicFile.read(path), as: UTF8.self).split(separator: "\n").map(String.init)
      func read(_ lines: [String]) throws {
        try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: path)
        _ = try Journal(path: path)
      }
      try read(lines)
      // The seed of the cell.
      var changed = lines
      changed[1] = lines[1].replacing("\"seed\":7", with: "\"seed\":8")
      #expect(changed != lines)
      #expect { try read(changed) } throws: { "\($0)".contains("line 2 ") }
      #expect { try read(Array(lines[..<3] + lines[4...])) } throws: { "\($0)".contains("line 4 ") }
      #expect { try read(Array(lines[...3] + lines[3...])) } throws: { "\($0)".contains("line 5 ") }
      // One bit of a number, in all places.
      for (index, letter) in lines[3].enumerated() where letter == "5" {
        var letters = Array(lines[3])
        letters[index] = "4"
        changed = lines
        changed[3] = String(letters)
        #expect { try read(changed) } throws: { "\($0)".contains("line 4 ") }
      }
    }
  }

  @Test func `a cut end is said, and what stands before it counts`() throws {
    try inTemporaryFolder { folder in
      let path = folder + "/journal.jsonl"
      try write(records(), to: path)
      let whole = try AtomicFile.read(path)
      try AtomicFile.write(whole.dropLast(10), to: path)
      let torn = try Journal(path: path)
      try AtomicFile.write(whole, to: path)
      #expect(torn.records.count == (try Journal(path: path)).records.count - 1)
      #expect(torn.warning?.contains("cut short") == true)
      let end = try #require(whole.dropLast().lastIndex(of: UInt8(ascii: "\n")))
      try AtomicFile.write(whole[...end], to: path)
      #expect(try Journal(path: path).warning?.contains("does not say that the run was over") == true)
    }
  }
}

/// Two runs compared by their journals.
@Suite struct JournalComparisonTests {
  private func compare(
    _ original: [JournalRecord], _ replay: [JournalRecord], _ level: JournalComparison.Level = .bits
  ) throws -> JournalComparison {
    var result: JournalComparison?
    try inTemporaryFolder { folder in
      try write(original, to: folder + "/j.jsonl")
      var comparison = JournalComparison(try Journal(path: folder + "/j.jsonl"), level: level)
      for record in replay { comparison.check(record) }
      comparison.finish()
      result = comparison
    }
    return try #require(result)
  }

  @Test func `equal runs agree in every bit, and all is counted`() throws {
    let comparison = try compare(records(), records())
    #expect(comparison.difference == nil)
    #expect(comparison.reached == .bits)
    #expect(comparison.counts.description == "2 steps, 6 metrics, 1 text, 1 answer from outside, 1 result")
    #expect(comparison.answer(to: "q1", from: "judge") == nil, "it was asked already")
  }

  @Test func `the last bit of a metric is found and named`() throws {
    let comparison = try compare(records(), records(losses: [0.5, (0.25).nextUp]))
    #expect(
      comparison.difference?.description
        == "cell 1, grpo step 1: loss was 0.25, and is now 0.25000000000000006 (1 ULP apart)")
    #expect(comparison.counts.steps == 2)
  }

  @Test func `distances between numbers`() {
    #expect(JournalDifference.distance(1, (1.0).nextUp) == 1)
    #expect(JournalDifference.distance(1, 2) == 1 << 52)
    #expect(JournalDifference.distance(-.leastNonzeroMagnitude, .leastNonzeroMagnitude) == 2)
    #expect(JournalDifference.distance(-.infinity, .infinity) == UInt64(0x7FF0_0000_0000_0000) * 2)
    #expect(JournalDifference.distance(.nan, 1) == nil)
  }

  @Test func `weights that differ in what no metric shows are found`() throws {
    let comparison = try compare(records(), records(weights: "ab"))
    #expect(
      comparison.difference?.description == "cell 1, grpo step 0: the fingerprint of the weights was aa, and is now ab")
    #expect(try compare(records(), records(weights: "ab"), .decisions).reached == .decisions)
  }

  @Test func `decisions bear numbers that differ a little, in metrics and in texts`() throws {
    let near = records(losses: [0.500_01, 0.250_01], text: "loss 0.25001")
    let comparison = try compare(records(), near, .decisions)
    #expect(comparison.difference == nil)
    #expect(comparison.reached == .decisions)
    let far = try compare(records(), records(losses: [0.5, 0.26]), .decisions)
    #expect(far.difference?.quantity == "loss")
    let other = try compare(records(), records(text: "lost 0.25"), .decisions)
    #expect(other.difference?.description == "cell 1: a text shown was 'loss 0.25', and is now 'lost 0.25'")
  }

  @Test func `statistics bear other numbers with a mean that is not another`() throws {
    // Means 1 and 1.05, each ± 1.96 · 0.1 / √8 or so.
    let one = (0..<8).map { 1 + ($0 % 2 == 0 ? 0.1 : -0.1) }
    let comparison = try compare(records(losses: one), records(losses: one.map { $0 + 0.05 }), .statistics)
    #expect(comparison.difference == nil)
    #expect(comparison.reached == .statistics)
    let apart = try compare(records(losses: one), records(losses: one.map { $0 + 0.5 }), .statistics)
    #expect(apart.difference?.quantity == "the mean of grpo loss")
  }

  @Test func `more or less than the original did is a difference, unless its journal is cut`() throws {
    let all = records()
    let less = try compare(all, Array(all.dropLast(3)))
    #expect(less.difference?.description == "cell 1: what happens was the text 'loss 0.25', and is now nothing more")
    let cut = try compare(Array(all[..<4]), all)
    #expect(cut.difference == nil)
    #expect(cut.isCut)
    #expect(cut.counts.steps == 1)
  }
}
