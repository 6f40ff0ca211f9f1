import Foundation
import Testing

@testable import Script

@Suite struct TableFileTests {
  private func inFile(_ name: String, _ text: String, _ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "easel-table-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    try body(folder + "/" + name)
  }

  /// Every plain value that a column can have, those among them that look like something else.
  private static var mixed: Table {
    Table([
      (name: "step", values: [.int(0), .int(-7), .int(.max), .none]),
      (name: "lr", values: [.float(1e-5), .float(0.1), .float(3), .float(-1.7976931348623157e308)]),
      (name: "odd", values: [.float(.nan), .float(.infinity), .float(-.infinity), .float(-0.0)]),
      (name: "think", values: [.bool(true), .bool(false), .none, .bool(true)]),
      (name: "text, \"quoted\"", values: ["a,b", "say \"hi\"", "two\nlines", " space "].map { .string($0) }),
      (name: "looks like", values: ["1", "true", "", "1e5"].map { .string($0) }),
      (name: "more", values: ["nan", "30s", "007", "緑 ★ é"].map { .string($0) }),
      (name: "none", values: [.none, .none, .none, .none]),
    ])
  }

  private static func described(_ table: Table) -> [String] {
    table.columns.map { name, values in
      "\(name): " + values.map { "\($0.kind) \($0)" }.joined(separator: "; ")
    }
  }

  @Test(arguments: ["csv", "jsonl"])
  func `a table reads back as the same table, kinds and bits`(ending: String) throws {
    let form = try #require(TableFile.Form(path: "x." + ending))
    try inFile("t." + ending, TableFile.text(Self.mixed, as: form)) { path in
      let table = try TableFile.read(path)
      #expect(Self.described(table) == Self.described(Self.mixed))
      let bits = try #require(table["lr"]).map { $0.number?.bitPattern }
      #expect(bits == Self.mixed["lr"]?.map { $0.number?.bitPattern })
    }
  }

  @Test func `quantities come back, lists and records from JSON Lines too`() throws {
    let times = Table([(name: "time", values: [.quantity(.init(1.5, .hours)), .quantity(.init(50, .percent))])])
    #expect(try TableFile.text(times, as: .csv) == "time\r\n1.5h\r\n50%\r\n")
    try inFile("t.csv", "time\r\n1.5h\r\n50%\r\n") { path in
      let table = try TableFile.read(path)
      #expect(Self.described(table) == Self.described(times))
    }
    let lines = "{\"time\": {\"quantity\": \"1.5h\"}}\n{\"time\": {\"quantity\": \"50%\"}}\n"
    #expect(try TableFile.text(times, as: .jsonl) == lines)
    try inFile("t.jsonl", lines) { path in
      let table = try TableFile.read(path)
      #expect(Self.described(table) == Self.described(times))
    }
    let nested = Table([
      (name: "a", values: [Value([.int(1), .none]), Value(record: ["k": .float(2), "l": .string("x")])])
    ])
    try inFile("t.jsonl", TableFile.text(nested, as: .jsonl)) { path in
      let table = try TableFile.read(path)
      #expect(Self.described(table) == Self.described(nested))
    }
  }

  @Test func `files of others are read: a byte order mark, line feeds alone, escapes, missing keys`() throws {
    try inFile("t.csv", "\u{FEFF}a,b\n1,x\n\n+2,\"y\"\"\"\n.5,-3e-2") { path in
      let table = try TableFile.read(path)
      #expect(Self.described(table) == ["a: 2 1; 2 2; 3 0.5", "b: 5 \"x\"; 5 \"y\\\"\"; 3 -0.03"])
    }
    try inFile("t.jsonl", "{\"a\": \"\\u00e9\\ud83d\\ude00\\n\", \"b\": [1, 2.0]}\r\n{\"c\":null,\"a\":\"\"}\n") {
      path in
      let table = try TableFile.read(path)
      #expect(table.names == ["a", "b", "c"])
      #expect(table["a"]?[0] == .string("é😀\n"))
      #expect(table["b"]?[1] == Value.none)
    }
  }

  @Test(arguments: [
    ("t.csv", "a,b\n1,2\n3\n", "line 3 of 't.csv' cannot be read: it has 1 cells, but there are 2 columns"),
    ("t.csv", "a,a\n1,2\n", "line 1 of 't.csv' cannot be read: two columns are called \"a\""),
    ("t.csv", "a\n\"1\n", "line 2 of 't.csv' cannot be read: a quotation mark is never closed"),
    ("t.csv", "a\n\"1\"2\n", "line 2 of 't.csv' cannot be read: after a cell in quotes there must be a comma"),
    ("t.jsonl", "{\"a\": 1}\n[1]\n", "line 2 of 't.jsonl' cannot be read: it is not a JSON object"),
    ("t.jsonl", "{\"a\": 1", "line 1 of 't.jsonl' cannot be read: it ends early"),
    ("t.jsonl", "{\"a\": 0x1}", "line 1 of 't.jsonl' cannot be read: '0x1' is no value"),
    ("t.jsonl", "{\"a\": 1} 2", "line 1 of 't.jsonl' cannot be read: something follows its end"),
    ("t.txt", "a", "'t.txt' is no table that can be read: its name must end in .csv or .jsonl"),
  ])
  func `a damaged file is one clear error`(name: String, text: String, message: String) throws {
    try inFile(name, text) { path in
      let error = #expect(throws: TableFile.Failure.self) { try TableFile.read(path) }
      #expect(error?.description.replacing(path, with: name) == message)
    }
  }

  @Test func `brackets without end do not exhaust the stack`() throws {
    try inFile("t.jsonl", "{\"a\": " + String(repeating: "[", count: 100_000)) { path in
      #expect(throws: TableFile.Failure.damaged(path, line: 1, reason: "it is nested more than 100 deep")) {
        try TableFile.read(path)
      }
    }
  }

  @Test func `a list does not go into CSV, and the error says where it does`() {
    let table = Table([(name: "a", values: [Value([.int(1)])])])
    let error = #expect(throws: TableFile.Failure.self) { try TableFile.text(table, as: .csv) }
    #expect(
      error?.description
        == "the column \"a\" holds a list of 1, which CSV cannot; write a '.jsonl' file, or select the "
        + "other columns")
  }

  /// As a grouped table is: a mean, and half the width of its interval.
  private static var means: Table {
    Table([
      (name: "method_name", values: [.string("no & 100 %"), .string("think|first")]),
      (name: "reward", values: [.float(0.61234), .float(12.3456)]),
      (name: "reward ±", values: [.float(0.0234), .float(.nan)]),
      (name: "lr", values: [.float(1e-5), .float(-0.5)]),
    ])
  }

  @Test func `Markdown has a value and its uncertainty in one cell, to the same place`() throws {
    #expect(
      try TableFile.text(Self.means, as: .markdown) == """
        | method\\_name | reward | lr |
        | :-- | --: | --: |
        | no & 100 % | 0.612 ± 0.023 | 1e-05 |
        | think\\|first | 12.35 | -0.5 |

        """)
  }

  @Test func `LaTeX is booktabs with its signs escaped`() throws {
    #expect(
      try TableFile.text(Self.means, as: .latex) == """
        % needs \\usepackage{booktabs}
        \\begin{tabular}{lrr}
          \\toprule
          method\\_name & reward & lr \\\\
          \\midrule
          no \\& 100 \\% & $0.612 \\pm 0.023$ & $1 \\times 10^{-5}$ \\\\
          think|first & 12.35 & $-0.5$ \\\\
          \\bottomrule
        \\end{tabular}

        """)
  }

  @Test func `the language reads a table from a file, and finds a missing one before anything runs`() throws {
    try inFile("runs.csv", "think,reward\ntrue,0.5\nfalse,0.25\n") { path in
      let output = RecordedOutput()
      let session = Session(output: output)
      #expect(session.evaluate("table(\"\(path)\")[\"reward\"] |> mean").value == .float(0.375))
      let outcome = session.run("print(1)\nprint(table(\"\(path)x\"))", name: "t.easel")
      #expect(outcome.diagnostics.first?.description.contains("there is no file") == true)
      #expect(output.lines == ["0.375"])
    }
  }
}
