import Foundation
public import Script

/// A session's output on this process's standard streams: results on standard output, progress on standard error.
public final class TerminalOutput: SessionOutput {
  private let status: StatusLine
  /// How pictures are shown between the lines; set by the prompt, which asks the terminal.
  var pictures: InlinePicture?

  /// Whether texts may have colours; set by the prompt, which knows what the terminal can and the user wants.
  var isColoured = false

  /// Output with a status line.
  ///
  /// - Parameter status: where progress goes.
  public init(status: StatusLine = StatusLine()) { self.status = status }

  /// Prints a line.
  public func write(_ line: String) {
    status.clear()
    FileDescriptor.write(line + "\n", to: STDOUT_FILENO)
  }

  /// The columns of the terminal; no bound where there is none, so that files get whole lines.
  public var width: Int { isatty(STDOUT_FILENO) == 1 ? TerminalSize.columns(of: STDOUT_FILENO) : .max }

  /// Prints the plain form of a value, below its picture where the terminal can show that.
  public func show(_ display: Display) {
    if let picture = pictures?.text(of: display, size: TerminalSize.of(STDOUT_FILENO)) {
      write(picture)
      if let caption = display[Display.caption] { return write(String(decoding: caption, as: UTF8.self)) }
    }
    write(
      isColoured
        ? display[Display.colouredText].map { String(decoding: $0, as: UTF8.self) } ?? display.text : display.text)
  }

  /// Shows a state on the status line; `nil` leaves the last one standing.
  public func progress(_ report: ProgressReport?) {
    guard let report else { return status.finish() }
    status.show(report)
  }

  /// Prints what went wrong on standard error, the first five of many.
  ///
  /// - Parameter diagnostics: what went wrong; the places shown are as wide as the terminal.
  public func report(_ diagnostics: [Diagnostic]) {
    status.finish()
    let columns = TerminalSize.columns(of: STDERR_FILENO)
    // In a file a line may be as long as it likes.
    let most = isatty(STDERR_FILENO) == 1 ? columns : .max
    for diagnostic in diagnostics.prefix(5) {
      let text = diagnostic.render(width: max(columns - 20, 20), columns: most)
      FileDescriptor.write(text + "\n", to: STDERR_FILENO)
    }
    if diagnostics.count > 5 {
      FileDescriptor.write("… and \(diagnostics.count - 5) more errors\n", to: STDERR_FILENO)
    }
  }

  /// Prints a notice on standard error.
  ///
  /// - Parameter text: one line.
  public func note(_ text: String) {
    status.finish()
    FileDescriptor.write(text + "\n", to: STDERR_FILENO)
  }
}
