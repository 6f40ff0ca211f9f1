import Script
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
    let report = ProgressReport(label: "grpo", done: 12, total: 200, text: "reward 0.412  entropy 1.03")
    #expect(
      StatusLine.text(report, secondsLeft: 130) == "grpo  12/200  reward 0.412  entropy 1.03  2 min 10 s left")
    #expect(StatusLine.text(ProgressReport(label: "sft", done: 3, total: nil), secondsLeft: nil) == "sft  3")
  }

  @Test func `on a terminal the course of what is watched is drawn`() {
    let desk = Desk()
    let line = desk.line(isTerminal: true)
    for step in 1...3 {
      desk.now += 1
      line.show(ProgressReport(label: "grpo", done: step, total: nil, text: "reward", watched: Double(step)))
    }
    #expect(desk.written.hasSuffix("grpo  3  ▁▅█  reward"))
    line.show(ProgressReport(label: "sft", done: 1, total: 1, text: "loss", watched: 1))
    #expect(desk.written.hasSuffix("sft  1/1  loss"))
  }

  @Test(arguments: [
    (0.4, "0 s"), (59.6, "1 min"), (130.0, "2 min 10 s"), (3600.0, "1 h"), (3910.0, "1 h 5 min"), (-3.0, "0 s"),
    (.infinity, "?"),
  ])
  func `a duration has two units at most`(seconds: Double, text: String) {
    #expect(ProgressReport.duration(seconds) == text)
  }

  @Test func `on a terminal it is drawn over itself and taken away`() {
    let desk = Desk()
    let line = desk.line(isTerminal: true, width: 8)
    line.show(ProgressReport(label: "abcdefghij", done: 1, total: nil))
    line.show(ProgressReport(label: "too soon", done: 2, total: nil))
    line.clear()
    line.clear()
    #expect(desk.written == "\r\u{1B}[Kabcdefg\r\u{1B}[K")
  }

  @Test func `elsewhere a line goes out every few seconds, and the last step always`() {
    let desk = Desk()
    let line = desk.line(isTerminal: false)
    for step in 1...12 {
      desk.now = Double(step)
      line.show(ProgressReport(label: "sft", done: step, total: 12))
    }
    line.finish()
    #expect(desk.written == "sft  1/12\nsft  6/12  6 s left\nsft  11/12  1 s left\nsft  12/12\n")
  }

  @Test func `the time left follows the latest steps and starts anew with another label`() {
    let desk = Desk()
    let line = desk.line(isTerminal: false)
    for step in 0...100 {
      desk.now += step < 50 ? 1 : 10
      line.show(ProgressReport(label: "sft", done: step, total: 200))
    }
    #expect(desk.written.hasSuffix("sft  100/200  16 min 40 s left\n"))
    desk.now += 10
    line.show(ProgressReport(label: "grpo", done: 1, total: 9))
    #expect(desk.written.hasSuffix("grpo  1/9\n"))
  }
}
