import CGnuplot
import Foundation
import Primitives
import Synchronization

/// One gnuplot, started for one script in a folder of its own.
///
/// gnuplot goes on after an error and says so only at its end, hence the last line it prints: a mark, the error's
/// number and its text. Its output never reaches ours: a plot whose file cannot be opened goes to standard output.
struct GnuplotProcess {
  /// Why a script was not carried out.
  enum Failure: Error, Equatable {
    case missing
    case failed(String)
  }

  /// The program, looked up as the shell does.
  var program = "gnuplot"
  /// After how many seconds gnuplot and what it started are ended.
  var deadline = 30.0

  private static let mark = "easel-end-of-figure"

  /// Carries a script out.
  ///
  /// - Parameters:
  ///   - script: commands, each a line.
  ///   - folder: where gnuplot runs; the script's file names are relative to it.
  func run(_ script: String, in folder: String) throws(Failure) {
    let said = folder + "/said.txt"
    let (child, input) = try started(in: folder, said: said)
    let watch = Watch(child: child, seconds: deadline)
    let sent = send(script + ending, to: input)
    let status = watch.ended()
    // Whatever was said may have a picture in it, so it is no text to be sure of.
    let answer = String(decoding: (try? AtomicFile.read(said)) ?? Data(), as: UTF8.self)
    try judge(answer, status: status, wasStopped: watch.hasStopped, sent: sent)
  }

  private var ending: String {
    "\nset print '-'\nprint \"\\n\(GnuplotProcess.mark)\", GPVAL_ERRNO, GPVAL_ERRMSG\nreset errors\n"
  }

  private func judge(_ answer: String, status: Int32, wasStopped: Bool, sent: Bool) throws(Failure) {
    if wasStopped { throw .failed("it did not end within \(Number.short(deadline)) s and was stopped") }
    let lines = answer.split(separator: "\n")
    guard let last = lines.last(where: { $0.hasPrefix(GnuplotProcess.mark) }) else {
      // 127 is what a child without the program ends with where posix_spawnp does not notice by itself.
      if status == 127 << 8 { throw .missing }
      let first = lines.first { !$0.allSatisfy { $0 == " " || $0 == "^" } } ?? ""
      throw .failed(first.isEmpty ? "it ended early" : GnuplotProcess.readable(first))
    }
    let report = last.dropFirst(GnuplotProcess.mark.count).drop { $0 == " " }
    guard report.prefix(while: \.isNumber) == "0" else {
      throw .failed(GnuplotProcess.readable(report.drop { $0.isNumber || $0 == " " }))
    }
    guard sent, status == 0 else {
      let first = lines.first { $0.contains("line ") && $0.contains(": ") } ?? "it ended with status \(status >> 8)"
      throw .failed(GnuplotProcess.readable(first))
    }
  }

  private static func readable(_ text: Substring) -> String {
    String(text.filter { $0.isASCII ? $0 >= " " : true }.prefix(200)).trimmingCharacters(in: .whitespaces)
  }

  private func send(_ text: String, to descriptor: Int32) -> Bool {
    guard let stream = cgnuplot_open(descriptor) else { return false }
    let bytes = text.utf8.map { CChar(bitPattern: $0) }
    let written = cgnuplot_write(stream, bytes, bytes.count)
    return cgnuplot_close(stream) == 0 && written == 0
  }

  private func started(in folder: String, said: String) throws(Failure) -> (child: pid_t, input: Int32) {
    var child = pid_t()
    var input: Int32 = 0
    let code = cgnuplot_start(program, folder, said, &child, &input)
    guard code == 0 else { throw code == ENOENT ? .missing : .failed(String(cString: strerror(code))) }
    return (child, input)
  }

  /// Ends a child that takes too long, and waits for it.
  private final class Watch: Sendable {
    private enum State { case running, stopped, ended }

    private let child: pid_t
    /// The lock is held while a signal is sent, so that none reaches a process that has since got the number.
    private let state = Mutex(State.running)

    init(child: pid_t, seconds: Double) {
      self.child = child
      DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in self?.stop() }
    }

    var hasStopped: Bool { state.withLock { $0 == .stopped } }

    private func stop() {
      state.withLock { state in
        guard state == .running else { return }
        kill(-child, SIGKILL)
        state = .stopped
      }
    }

    /// Waits for the child's end: its status as `waitpid` gives it.
    func ended() -> Int32 {
      var information = siginfo_t()
      while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
      state.withLock { if $0 == .running { $0 = .ended } }
      var status: Int32 = 0
      while waitpid(child, &status, 0) == -1, errno == EINTR {}
      return status
    }
  }
}
