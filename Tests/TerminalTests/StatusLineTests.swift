import Testing

@testable import Terminal

/// A status line on a made-up terminal and clock.
private final class Desk {
  var now = 0.0
  var written = ""
  func line(isTerminal: Bool, width: Int = 80) -> StatusLine {
    StatusLine(isTerminal: isTerminal, width: { width }, seconds: { self.now }, write: { self.written += $0 })
  }
}

struct StatusLineTests {
  @Test func `a line tells the step, figures and what is left`() {
    let progress = StatusLine.Progress(
      name: "grpo", step: 12, total: 200, figures: [("reward", 0.4123), ("entropy", 1.034)], secondsLeft: 130)
    #expect(progress.text == "grpo  12/200  reward 0.412  entropy 1.03  2 min 10 s left")
    #expect(StatusLine.Progress(name: "sft", step: 3).text == "sft  3")
  }

  @Test(arguments: [
    (0.0, "0"), (0.41234, "0.412"), (-1.5, "-1.50"), (12.345, "12.3"), (1234.5, "1234"), (3e-5, "3.00e-05"),
    (2e6, "2.00e+06"), (.nan, "nan"),
  ])
  func `a figure has three digits`(value: Double, text: String) {
    #expect(StatusLine.number(value) == text)
  }

  @Test(arguments: [
    (0.4, "0 s"), (59.6, "1 min"), (130.0, "2 min 10 s"), (3600.0, "1 h"), (3910.0, "1 h 5 min"), (-3.0, "0 s"),
    (.infinity, "?"),
  ])
  func `a duration has two units at most`(seconds: Double, text: String) {
    #expect(StatusLine.duration(seconds) == text)
  }

  @Test func `on a terminal it is drawn over itself and taken away`() {
    let desk = Desk()
    let line = desk.line(isTerminal: true, width: 8)
    line.show(.init(name: "abcdefghij", step: 1))
    line.show(.init(name: "too soon", step: 2))
    line.clear()
    line.clear()
    #expect(desk.written == "\r\u{1B}[Kabcdefg\r\u{1B}[K")
  }

  @Test func `elsewhere a line goes out every few seconds, and the last step always`() {
    let desk = Desk()
    let line = desk.line(isTerminal: false)
    for step in 1...12 {
      desk.now = Double(step)
      line.show(.init(name: "sft", step: step, total: 12))
    }
    line.finish()
    #expect(desk.written == "sft  1/12\nsft  6/12\nsft  11/12\nsft  12/12\n")
  }
}
