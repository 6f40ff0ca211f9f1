import Foundation
import Learning
import Models
import Pictures
import Primitives
import Records
import Script

/// The function that writes tables and runs for other programs.
enum Exporting {
  /// What a table or a run can be written as.
  static let forms = TableFile.Form.allCases.map(\.rawValue) + ["tensorboard"]

  static let functions: [Member] = [
    .function(
      "export", "Writes a table or the numbers of a trainer as CSV, JSON Lines, Markdown, LaTeX, or for TensorBoard",
      [
        Parameter(
          "what", .either([.table, .object("trainer"), .object("job"), .object("run"), .list(.any)]),
          "a table; a trainer, a job or a run for its history; or scorecards or records in a list"),
        Parameter(
          "path", .newFile, "the file, by its ending .csv, .jsonl, .md or .tex; or TensorBoard's folder",
          isUnnamed: true),
        Parameter(
          "as", .choice(forms), default: .described("by the ending; TensorBoard for a folder"), "what is written"),
      ], result: .string, example: "export(trainer.history, \"history.csv\")"
    ) { arguments, context in
      let path: String = try arguments["path"]
      let form: String? = try arguments["as"]
      do {
        if try form ?? Exporting.form(of: path) == "tensorboard", case .object(let object) = arguments.value("what"),
          let trainer = object as? TrainerObject
        {
          try write(to: path) { try trainer.export(to: &$0) }
        } else {
          try write(table(arguments), to: path, as: form)
        }
      } catch let problem as Unclear {
        throw arguments.problem(problem.argument, problem.text, fix: problem.fix)
      }
      Run.wrote(path, kind: "table", context)
      return .string(path)
    }
  ]

  /// What is unclear about an export.
  struct Unclear: Error, CustomStringConvertible {
    var argument: String
    var text: String
    var fix: String

    var description: String { "\(text); \(fix)" }
  }

  /// Writes a table.
  ///
  /// - Parameters:
  ///   - table: what is written.
  ///   - path: where to.
  ///   - form: one of ``forms``; `nil` to go by the path's ending.
  /// - Throws: ``Unclear``, `AtomicFile.Failure`.
  static func write(_ table: Table, to path: String, as form: String?) throws {
    if let form = TableFile.Form(rawValue: try form ?? self.form(of: path)) {
      return try AtomicFile.write(TableFile.text(table, as: form), to: path)
    }
    try write(to: path) { try add(table, to: &$0) }
  }

  private static func write(to folder: String, _ fill: (inout EventFile) throws -> Void) throws {
    var file = EventFile(time: Date().timeIntervalSince1970)
    if EventFile.isFound(in: folder) { file.restart(step: 0) }
    try fill(&file)
    try file.write(to: folder, process: Int(ProcessInfo.processInfo.processIdentifier))
  }

  /// What a path asks for. One without an ending is a folder; `lr0.001-seed1` has none.
  private static func form(of path: String) throws -> String {
    if let form = TableFile.Form(path: path) { return form.rawValue }
    let ending = URL(fileURLWithPath: path).pathExtension
    guard ending.isEmpty || !ending.allSatisfy(\.isLetter) else {
      throw Unclear(
        argument: "path", text: "'\(path)' does not say what to write",
        fix: "end it in .csv, .jsonl, .md or .tex, or add as: with one of \(forms.joined(separator: ", "))")
    }
    return "tensorboard"
  }

  private static func table(_ arguments: Arguments) throws -> Table {
    switch arguments.value("what") {
    case .table(let table): return table
    case .object(let object):
      if let trainer = object as? TrainerObject { return trainer.history }
      if let job = object as? JobObject { return try job.history() }
      if let run = object as? RunObject { return try run.history() }
    case .list(let list):
      let cards = list.items.compactMap { item in
        if case .object(let object) = item { object as? ScorecardObject } else { nil }
      }
      if !cards.isEmpty, cards.count == list.count { return ScorecardObject.table(cards) }
      let rows = list.items.compactMap(Record.from)
      if !rows.isEmpty, rows.count == list.count { return Table(rows: rows) }
    default: break
    }
    throw arguments.problem(
      "what", "there is no table in it", fix: "give a table, or a list of scorecards or of records")
  }

  /// Every column of numbers as a curve over the column `step`.
  private static func add(_ table: Table, to file: inout EventFile) throws {
    guard let steps = table["step"] else {
      throw Unclear(
        argument: "what",
        text: "TensorBoard wants a column \"step\"; the table has \(table.names.joined(separator: ", "))",
        fix: "write it as CSV, or give a trainer")
    }
    for name in table.names where name != "step" {
      for (step, value) in zip(steps, table[name] ?? []) {
        guard let step = Int.from(step), let number = Double.from(value), !number.isNaN else { continue }
        file.scalar(name, number, step: step)
      }
    }
  }
}

extension TrainerObject {
  /// The history, the samples of the last step, and the settings, for TensorBoard.
  func export(to file: inout EventFile) throws {
    for row in 0..<trainer.history.count {
      let metrics = trainer.history.row(row)
      let step = metrics.first.map { Int($0.value) } ?? row
      for metric in metrics.dropFirst() where !metric.value.isNaN { file.scalar(metric.name, metric.value, step: step) }
    }
    let (samples, step) = (lastSamples.prefix(64), max(trainer.step - 1, 0))
    if let first = samples.first?.sample.image {
      let alike = samples.filter { $0.sample.image.width == first.width && $0.sample.image.height == first.height }
      let pngs = try alike.map { Array(try PNGFile.encode($0.sample.image, text: $0.facts)) }
      file.images("samples", pngs, width: first.width, height: first.height, step: step)
      file.texts("rationales", samples.map { "**\($0.sample.prompt)**\n\n\($0.sample.rationale)" }, step: step)
    }
    let settings = settings
    let same = settings.filter { $0.name != "seed" }
    var digest = Fingerprint()
    for (name, value) in same { digest.combine("\(name)=\(value)") }
    file.settings(
      settings, metrics: trainer.history.names.filter { ["reward", "success", "loss"].contains($0) },
      group: digest.description, status: trainer.remaining > 0 ? .running : .succeeded)
  }

  /// What it was made with, as far as it can be said in a word.
  var settings: [(name: String, value: EventFile.Setting)] {
    guard case .record(let facts) = recipe.value, case .record(let arguments)? = facts["arguments"] else { return [] }
    var settings: [(name: String, value: EventFile.Setting)] = arguments.fields.compactMap { name, value in
      switch value {
      case .bool(let bool): (name, .bool(bool))
      case .int, .float: Double.from(value).map { (name, .number($0)) }
      case .string(let text): (name, .text(text))
      case .quantity, .list: (name, .text(value.text))
      case .object(let object) where object is EntropyObject || object is RewardObject: (name, .text(object.summary))
      default: nil
      }
    }
    if case .int(let seed)? = facts["seed"], !settings.contains(where: { $0.name == "seed" }) {
      settings.append((name: "seed", value: .number(Double(seed))))
    }
    return settings
  }
}
