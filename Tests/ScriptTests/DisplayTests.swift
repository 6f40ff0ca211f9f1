import Script
import Testing

struct DisplayTests {
  private func shown(_ text: String, width: Int = .max) throws -> String {
    let session = Session(output: RecordedOutput())
    return try session.evaluate(text).value.display(width: width).text
  }

  @Test(arguments: [
    ("1 / 3", "0.3333"), ("2.0", "2.0"), ("0.1 + 0.2", "0.3"), ("12345.678", "12345.7"), ("1e-5 / 3", "3.333e-06"),
    ("[1 / 3, (x: 2 / 3)]", "[0.3333, (x: 0.6667)]"), ("\"1.23456\"", "\"1.23456\""), ("7", "7"),
  ])
  func `a result has four significant digits`(text: String, expected: String) throws {
    #expect(try shown(text) == expected)
  }

  @Test func `a series is shown with its course`() throws {
    #expect(
      try shown("series([1, 2, 3, 4])", width: 80) == """
        series [1, 2, 3, 4]
        ▁▃▆█  least 1  mean 2.5  greatest 4
        """)
  }

  @Test func `a table leaves out what does not fit and says so`() throws {
    let table = "table([(name: \"a\", first: 1, second: 2, third: 3)])"
    #expect(try shown(table, width: 20) == "name  first  second\na         1       2\n… 1 more column: third")
    #expect(try shown(table, width: 3) == "name\na   \n… 3 more columns: first, second, third")
    let long = try shown("table((0..<50).map({ (n: $0) }))", width: 80)
    #expect(long.hasSuffix("39\n… 10 more rows"))
  }

  private static let lines: [([Double], Int, String)] = [
    ([1, 2, 3], 8, "▁▅█"), ([5, 5], 8, "▄▄"), ([1, .nan, 2], 8, "▁ █"), ([], 8, ""), ([1, 1, 3, 3], 2, "▁█"),
    ([-Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude], 2, "▁█"), ([.infinity], 3, " "),
  ]

  @Test(arguments: lines)
  func `a sparkline goes from the least to the greatest`(values: [Double], width: Int, expected: String) {
    #expect(Sparkline.text(values, width: width) == expected)
  }
}
