import Foundation
import Script

/// What the prompt understands besides the language: lines that begin with a colon.
struct PromptCommands {
  /// One command.
  struct Command {
    let name: String
    let takes: String
    let help: String
  }

  static let all = [
    Command(name: "doctor", takes: "", help: "what this machine and this terminal have"),
    Command(name: "help", takes: "", help: "these commands"),
    Command(name: "save", takes: "FILE [NAME …]", help: "writes the cells that matter for the named values, or all"),
    Command(name: "time", takes: "CELL", help: "runs a cell and tells how long it took"),
    Command(name: "undo", takes: "", help: "gives the variables the values from before the last cell"),
    Command(name: "vars", takes: "", help: "the variables, what they are, and the results"),
  ]

  let session: Session
  let output: TerminalOutput
  /// What the machine has, one line each.
  let doctor: () -> [String]
  /// Runs a cell; false if it failed.
  let evaluate: (String) -> Bool
  /// The cells that ran to their end.
  let cells: () -> [(number: Int, text: String)]
  /// Takes a cell out of them.
  let forget: (Int) -> Void

  /// Whether a block is a command and not of the language.
  static func isCommand(_ text: String) -> Bool {
    text.first == ":" && text.dropFirst().first?.isLetter ?? false
  }

  /// What of a block is of the language: all of it, or what `:time` is to run.
  static func cell(in text: String) -> String {
    guard isCommand(text) else { return text }
    return text.hasPrefix(":time ") ? String(text.dropFirst(6)) : ""
  }

  /// Names that go on from what is written after the colon.
  static func completions(of text: String) -> Completions? {
    guard text.first == ":", !text.contains(" "), !text.contains("\n") else { return nil }
    let found = all.filter { (":" + $0.name).hasPrefix(text) }
    return Completions(
      replaced: text.unicodeScalars.count,
      candidates: found.map { .init(text: ":" + $0.name + ($0.takes.isEmpty ? "" : " "), note: $0.help) })
  }

  /// Does what a line asks for.
  func run(_ line: String) {
    let words = line.dropFirst().split(separator: " ", maxSplits: 1).map(String.init)
    let rest = words.count > 1 ? words[1].trimmingCharacters(in: .whitespaces) : ""
    switch words.first {
    case "doctor": output.write(doctor().joined(separator: "\n").wrapped(to: output.width))
    case "help": output.write(Self.all.map { ":\($0.name) \($0.takes)  \($0.help)" }.joined(separator: "\n"))
    case "save": save(rest)
    case "time": time(rest)
    case "undo": undo()
    case "vars": variables()
    default:
      let name = words.first ?? ""
      output.note("there is no command ':\(name)'; :help lists them")
    }
  }

  private func save(_ rest: String) {
    var words = rest.split(separator: " ").map(String.init)
    guard !words.isEmpty else { return output.note("write :save FILE, or :save FILE NAME for what NAME needs") }
    let path = words.removeFirst()
    let known = Set(session.variables.map(\.name))
    if let unknown = words.first(where: { !known.contains($0) && !$0.hasPrefix("_") }) {
      return output.note("there is no '\(unknown)'")
    }
    let all = cells()
    let script = session.slice(for: words, of: all)
    guard !script.isEmpty else { return output.note("there is nothing to save: no cell has run to its end") }
    let place = NSString(string: path).expandingTildeInPath
    guard !FileManager.default.fileExists(atPath: place) else { return output.note("'\(path)' is there already") }
    do {
      try script.write(toFile: place, atomically: true, encoding: .utf8)
      let count = script.components(separatedBy: "# %%\n").count - 1
      output.write("\(count) of \(all.count) cells are in '\(path)'")
    } catch {
      output.note("cannot write '\(path)'")
    }
  }

  private func time(_ cell: String) {
    guard !cell.isEmpty else {
      return output.note("write :time and a cell, as in :time model.paint(\"a photo of a star\")")
    }
    let (start, before) = (ContinuousClock.now, Self.processorTime)
    _ = evaluate(cell)
    let wall = (ContinuousClock.now - start) / .seconds(1)
    let cpu = Self.processorTime - before
    output.write("\(Self.text(wall)), \(Self.text(cpu)) of processor time, at most \(Self.peak) MiB of memory so far")
  }

  private func undo() {
    guard let undone = session.undo() else { return output.note("there is no cell to undo") }
    forget(undone.cell)
    var parts: [String] = []
    if !undone.restored.isEmpty { parts.append("as before: \(undone.restored.joined(separator: ", "))") }
    if !undone.removed.isEmpty { parts.append("gone: \(undone.removed.joined(separator: ", "))") }
    let effect = parts.isEmpty ? "it had changed no variable" : parts.joined(separator: "; ")
    output.write("cell \(undone.cell) undone: \(effect)")
    guard !undone.kept.isEmpty else { return }
    let objects = undone.kept.map { name in
      name + (session.variables.first { $0.name == name }.map { " (\($0.value.brief))" } ?? "")
    }
    output.write(
      "not undone: it changed \(objects.joined(separator: ", ")) in place, and what that was made with; "
        + "trainer.restore(…) goes back to a checkpoint")
  }

  private func variables() {
    let entries =
      session.variables.map { (name: $0.name, text: $0.value.brief) }
      + session.results.map { (name: $0.name, text: $0.value.brief) }
    guard !entries.isEmpty else { return output.write("no variables yet") }
    let width = entries.reduce(0) { max($0, $1.name.count) }
    let room = max(TerminalSize.columns(of: STDOUT_FILENO) - width - 2, 10)
    output.write(
      entries.map { entry in
        let text = entry.text.count > room ? entry.text.prefix(room - 1) + "…" : entry.text
        return entry.name.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + text
      }.joined(separator: "\n"))
  }

  /// A duration for people: `12.3 ms`, `4.56 s`, `2 min 10 s`.
  static func text(_ seconds: Double) -> String {
    if seconds < 1 { return String(format: "%.3g ms", seconds * 1000) }
    return seconds < 60 ? String(format: "%.3g s", seconds) : ProgressReport.duration(seconds)
  }

  private static var processorTime: Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let (user, system) = (usage.ru_utime, usage.ru_stime)
    return Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) / 1e6
  }

  private static var peak: Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss / 1024
  }
}
