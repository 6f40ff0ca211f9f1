import Primitives
import Script

/// A session's output, which a journal keeps as well.
final class JournaledOutput: SessionOutput {
  private let output: any SessionOutput
  private let journal: JournalWriter

  init(_ output: any SessionOutput, _ journal: JournalWriter) { (self.output, self.journal) = (output, journal) }

  var width: Int { journal.width ?? output.width }
  func write(_ text: String) {
    journal.note(printed: text)
    output.write(text)
  }
  func show(_ display: Display) {
    journal.note(shown: display)
    output.show(display)
  }
  func progress(_ report: ProgressReport?) { output.progress(report) }
}

extension StopToken.Stage {
  /// As a journal writes it.
  var name: String {
    switch self {
    case .running: "running"
    case .finishStep: "finish the step"
    case .abandonStep: "abandon the step"
    case .leave: "leave"
    }
  }

  init?(name: String) {
    guard let stage = [Self.finishStep, .abandonStep, .leave].first(where: { $0.name == name }) else { return nil }
    self = stage
  }
}
