import Foundation
import Records

/// A run that can be replayed: its journal, and where that was found.
public struct ReplaySource {
  /// What happened.
  let journal: Journal
  /// The run's folder, or that of the journal's file.
  public let folder: String
  /// What the run is.
  let open: JournalRecord.Open
  /// What tells the run apart: the end of its folder's name.
  public var id: String { folder.split(separator: "-").last.map(String.init) ?? folder }

  /// Why a run cannot be replayed.
  public enum Failure: Error, CustomStringConvertible {
    /// Nothing of that name: what was asked for, the folder with all runs.
    case missing(String, outputs: String)
    /// More than one run begins like that: what was asked for, the ids.
    case ambiguous(String, [String])
    /// A script that no run here has run: its path.
    case neverRun(String)
    /// A job's work has no settings.
    case noSettings
    /// A journal that is not what was written: in words.
    case damaged(String)

    /// What happened and what to do about it.
    public var description: String {
      switch self {
      case .missing(let name, let outputs):
        "there is no run '\(name)' in '\(outputs)', no folder of a run, and no journal of that name"
      case .ambiguous(let name, let ids): "'\(name)' is the start of several runs: \(ids.joined(separator: ", "))"
      case .neverRun(let path): "no run here has run '\(path)'; easel run \(path) does"
      case .damaged(let problem): problem
      case .noSettings: "the work of a job has no settings; replay the run that started it"
      }
    }
  }

  /// Finds a run.
  ///
  /// - Parameters:
  ///   - name: a run's id or the start of it, its folder, its journal, or a script, which stands for its latest run.
  ///   - outputs: the folder that holds all runs.
  /// - Throws: ``Failure``, and what reading the journal throws.
  public init(_ name: String, in outputs: String) throws {
    try self.init(folder: Self.folder(of: name, in: outputs))
  }

  private init(folder: String) throws {
    let isFile = folder.hasSuffix(".jsonl")
    do {
      journal = try Journal(path: isFile ? folder : folder + "/" + Journal.file)
    } catch let error as RecordsError {
      throw Failure.damaged("\(error)")
    }
    guard let open = journal.open else { throw RecordsError.noRun(folder) }
    self.open = open
    self.folder = isFile ? URL(fileURLWithPath: folder).deletingLastPathComponent().relativePath : folder
  }

  private static func folder(of name: String, in outputs: String) throws -> String {
    if name.hasSuffix(".easel") { return try latest(of: name, in: outputs) }
    let name = name.count > 1 && name.hasSuffix("/") ? String(name.dropLast()) : name
    if FileManager.default.fileExists(atPath: name + "/" + Journal.file) { return name }
    if name.hasSuffix(".jsonl"), FileManager.default.fileExists(atPath: name) { return name }
    let found = folders(in: outputs).filter { folder in
      folder == name || folder.split(separator: "-").last?.hasPrefix(name) ?? false
    }
    guard let first = found.first, !name.isEmpty else { throw Failure.missing(name, outputs: outputs) }
    guard found.count == 1 || found.contains(name) else {
      throw Failure.ambiguous(name, found.compactMap { $0.split(separator: "-").last.map(String.init) })
    }
    return outputs + "/" + (found.contains(name) ? name : first)
  }

  /// The folders with a journal, by name.
  private static func folders(in outputs: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: outputs)) ?? []).sorted().filter {
      FileManager.default.fileExists(atPath: "\(outputs)/\($0)/\(Journal.file)")
    }
  }

  private static func latest(of script: String, in outputs: String) throws -> String {
    func whole(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
    let runs = folders(in: outputs).compactMap { name -> (folder: String, date: Date)? in
      guard let source = try? ReplaySource(folder: outputs + "/" + name), source.open.kind != "replay",
        let given = source.script, whole(given.name) == whole(script)
      else { return nil }
      return (outputs + "/" + name, source.open.date)
    }
    let last = runs.max { ($0.date, $0.folder) < ($1.date, $1.folder) }
    guard let last else { throw Failure.neverRun(script) }
    return last.folder
  }

  /// What the run is called.
  public var name: String { open.name }

  /// The script that was run, if it was one.
  private var script: JournalRecord.Script? {
    for case .script(let script) in journal.records { return script }
    return nil
  }

  /// What was run, as one script with other settings: of a session, its cells that did not fail and were not undone.
  ///
  /// - Parameter settings: names and values that replace the script's own, and those that it was run with.
  /// - Throws: ``Failure/noSettings`` for a job.
  public func variation(
    _ settings: [(name: String, value: String)]
  ) throws -> (text: String, name: String, folder: String, settings: [(name: String, value: String)]) {
    let script = try variation()
    return (script.text, script.name, script.folder, Self.settings(settings, over: script))
  }

  /// Settings together with those of a script that they do not replace.
  static func settings(
    _ settings: [(name: String, value: String)], over script: JournalRecord.Script
  ) -> [(name: String, value: String)] {
    let kept = script.settings.filter { old in !settings.contains { $0.name == old.name } }
    return kept.map { ($0.name, $0.value) } + settings
  }

  private func variation() throws -> JournalRecord.Script {
    if let script { return script }
    guard open.kind != "job" else { throw Failure.noSettings }
    var cells: [(number: Int, text: String)] = []
    var current: JournalRecord.Cell?
    for record in journal.records {
      switch record {
      case .cell(let cell): current = cell
      case .end(let end):
        if let current, end.status != "failed" { cells.append((current.number, current.source)) }
      case .undo(let number): cells.removeAll { $0.number == number }
      default: break
      }
    }
    let text = cells.map(\.text).joined(separator: "\n# %%\n")
    return .init(name: "\(open.name) \(id)", folder: ".", text: text, settings: [])
  }

  /// Whether the numbers come from a program other than this one.
  var hasOtherProgram: Bool {
    for case .input(let input) in journal.records where input.source == JournalRecord.Input.program {
      return input.answer != Machine.program.fingerprint
    }
    return false
  }

  /// The files that the run read and that have another content now, or are gone.
  var changedFiles: [String] {
    var seen: Set<String> = []
    return journal.records.compactMap { record in
      guard case .input(let input) = record, input.source == JournalRecord.Input.file,
        seen.insert(input.request).inserted
      else { return nil }
      guard FileManager.default.fileExists(atPath: input.request) else { return "'\(input.request)' is gone" }
      return FileContent.fingerprint(of: input.request) == input.answer ? nil : "'\(input.request)' has changed"
    }
  }
}
