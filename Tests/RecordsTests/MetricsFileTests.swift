import Foundation
import Primitives
import Testing

@testable import Records

private func text(_ path: String) throws -> String { String(decoding: try AtomicFile.read(path), as: UTF8.self) }

@Suite struct MetricsFileTests {
  @Test func `a step is a line, its keys in order, its numbers as short as they read back`() throws {
    try inTemporaryFolder { folder in
      let path = folder + "/run/metrics.jsonl"
      let metrics = try MetricsFile(path: path)
      try metrics.append(step: 1, [("reward", 0.1), ("entropy", 2), ("a \"b\"\n", -1.5e-7)])
      // The line is on disk before the file is closed.
      let first = try text(path)
      #expect(first == #"{"step":1,"reward":0.1,"entropy":2,"a \"b\"\n":-1.5e-07}"# + "\n")
      try metrics.append(step: 2, [("reward", 1.0 / 3), ("entropy", .nan), ("norm", .infinity)])
      let both = try text(path)
      #expect(both == first + #"{"step":2,"reward":0.3333333333333333,"entropy":null,"norm":null}"# + "\n")
      #expect(metrics.lastStep == 2)
    }
  }

  @Test func `every number reads back with the same bits, and Foundation reads the lines too`() throws {
    try inTemporaryFolder { folder in
      let values: [Double] = [
        0, -0.0, 1, 0.1, 1e21, 1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 123_456_789.125, -2.5e-10,
        Double(Float(0.1)), .pi,
      ]
      let path = folder + "/metrics.jsonl"
      let metrics = try MetricsFile(path: path)
      try metrics.append(step: 1, values.enumerated().map { ("v\($0)", $1) })
      let row = try #require(MetricsFile.read(path).first)
      #expect(row.values.map(\.key) == values.indices.map { "v\($0)" })
      #expect(row.values.map(\.value.bitPattern) == values.map(\.bitPattern))
      let object = try JSONSerialization.jsonObject(with: AtomicFile.read(path)) as? [String: Any]
      #expect(object?["v3"] as? Double == 0.1)
      #expect(object?.count == values.count + 1)
    }
  }

  @Test func `resuming removes the steps that come again, and a line that was cut`() throws {
    try inTemporaryFolder { folder in
      let path = folder + "/metrics.jsonl"
      do {
        let metrics = try MetricsFile(path: path)
        for step in 1...5 { try metrics.append(step: step, [("reward", Double(step))]) }
      }
      let straight = try text(path)
      try AtomicFile.write(straight + #"{"step":6,"rew"#, to: path)
      let rows = try MetricsFile.read(path)
      #expect(rows.map(\.step) == [1, 2, 3, 4, 5])
      let resumed = try MetricsFile(path: path, resumingAfter: 3)
      #expect(resumed.lastStep == 3)
      let kept = try text(path)
      #expect(kept == (1...3).map { "{\"step\":\($0),\"reward\":\($0)}\n" }.joined())
      for step in 4...5 { try resumed.append(step: step, [("reward", Double(step))]) }
      let after = try text(path)
      #expect(after == straight)
      let beyond = try MetricsFile(path: path, resumingAfter: 100)
      #expect(beyond.lastStep == 5)
      let anew = try MetricsFile(path: path)
      #expect(anew.lastStep == nil)
      let empty = try text(path)
      #expect(empty == "")
    }
  }

  @Test func `a file cut at any byte still gives its whole lines`() throws {
    try inTemporaryFolder { folder in
      let path = folder + "/metrics.jsonl"
      let metrics = try MetricsFile(path: path)
      for step in 1...3 { try metrics.append(step: step, [("reward", 0.5)]) }
      let whole = try AtomicFile.read(path)
      for length in 0...whole.count {
        try whole.prefix(length).write(to: URL(fileURLWithPath: path))
        let rows = try MetricsFile.read(path)
        #expect(rows.count == whole.prefix(length).count { $0 == UInt8(ascii: "\n") })
      }
    }
  }

  @Test(arguments: [
    ("{}", "it does not begin with a step"),
    ("{\"reward\":1}", "it does not begin with a step"),
    ("{\"step\":1.5}", "it does not begin with a step"),
    ("{\"step\":1}", "its step 1 is not after the one before"),
    ("", "it is not a JSON object of numbers"), ("[1]", "it is not a JSON object of numbers"),
    ("{\"step\":2,\"a\":\"b\"}", "it is not a JSON object of numbers"),
    ("{\"step\":2,\"a\":nan}", "it is not a JSON object of numbers"),
    ("{\"step\":2,\"a\":0x10}", "it is not a JSON object of numbers"),
    ("{\"step\":2,\"a\":1}}", "it is not a JSON object of numbers"),
    ("{\"step\":2,\"a\\", "it is not a JSON object of numbers"),
  ])
  func `a damaged line is named`(line: String, reason: String) throws {
    try inTemporaryFolder { folder in
      let path = folder + "/metrics.jsonl"
      try AtomicFile.write("{\"step\":1}\n" + line + "\n{\"step\":9}\n", to: path)
      #expect(throws: RecordsError.damaged(path, line: 2, reason: reason)) { try MetricsFile.read(path) }
    }
  }

  @Test func `spaces are allowed, as other writers leave them`() throws {
    try inTemporaryFolder { folder in
      let path = folder + "/metrics.jsonl"
      try AtomicFile.write("{\"step\": 1, \"r\\u00e9ward\": 0.5 , \"x\": null}\r\n", to: path)
      let row = try #require(MetricsFile.read(path).first)
      #expect(row.values.map(\.key) == ["réward", "x"])
      #expect(row.values[0].value == 0.5 && row.values[1].value.isNaN)
    }
  }

  @Test func `steps go up and names differ`() throws {
    try inTemporaryFolder { folder in
      let path = folder + "/metrics.jsonl"
      let metrics = try MetricsFile(path: path)
      try metrics.append(step: 2, [])
      #expect(throws: RecordsError.stepOrder(2, last: 2, path: path)) { try metrics.append(step: 2, []) }
      #expect(throws: RecordsError.name("a")) { try metrics.append(step: 3, [("a", 1), ("a", 2)]) }
      #expect(throws: RecordsError.name("step")) { try metrics.append(step: 3, [("step", 1)]) }
      let content = try text(path)
      #expect(content == "{\"step\":2}\n")
    }
  }

  @Test func `columns line up with steps, and missing values are NaN`() throws {
    let rows = [
      MetricsFile.Row(step: 1, values: [("reward", 0.5)]),
      MetricsFile.Row(step: 3, values: [("entropy", 2), ("reward", 0.75)]),
    ]
    let (steps, columns) = MetricsFile.columns(rows)
    #expect(steps == [1, 3])
    #expect(columns.map(\.name) == ["reward", "entropy"])
    #expect(columns[0].values == [0.5, 0.75])
    #expect(columns[1].values[0].isNaN && columns[1].values[1] == 2)
  }

  @Test func `a folder that cannot be written is an error`() throws {
    try inTemporaryFolder { folder in
      try AtomicFile.write("a file", to: folder + "/taken")
      let error = #expect(throws: RecordsError.self) { try MetricsFile(path: folder + "/taken/metrics.jsonl") }
      #expect(error?.description.hasPrefix("cannot write to the outputs folder '\(folder)/taken': ") == true)
    }
  }
}
