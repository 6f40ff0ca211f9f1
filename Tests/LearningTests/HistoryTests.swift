import Foundation
import Testing

@testable import Learning

struct HistoryTests {
  @Test func `columns keep their order, and a number that is not named is NaN`() {
    var history = History(names: ["step", "loss", "reward"])
    history.append([Metric("reward", 0.5), Metric("step", 0), Metric("loss", 2)])
    history.append([Metric("step", 1), Metric("other", 9), Metric("loss", 1)])
    #expect(history.count == 2)
    #expect(history["loss"] == [2, 1])
    #expect(history["reward"]?.first == 0.5)
    #expect(history["reward"]?.last?.isNaN == true)
    #expect(history["other"] == nil)
    #expect(history.row(0) == [Metric("step", 0), Metric("loss", 2), Metric("reward", 0.5)])
    #expect(history.row(2) == [])
  }

  @Test func `numbers survive being written and read to the bit`() throws {
    var history = History(names: ["x"])
    let values = [0.1, -0.0, 1.0 / 3, .nan, .infinity, Double.leastNonzeroMagnitude]
    for value in values { history.append([Metric("x", value)]) }
    let read = try JSONDecoder().decode(History.self, from: JSONEncoder().encode(history))
    #expect(read["x"]?.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func `a text that is no number and columns of unequal length are errors`() {
    for text in [#"[{"name":"x","bits":["abc"]}]"#, #"[{"name":"x","bits":["1"]},{"name":"y","bits":[]}]"#] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(History.self, from: Data(text.utf8)) }
    }
  }
}
