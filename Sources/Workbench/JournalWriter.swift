import Foundation
import Learning
import Models
import Pictures
import Primitives
import Records
import Script

/// Keeps a run's journal: every cell, what came from outside while it ran, every step, and what was shown.
///
/// While a run is replayed, each record is compared with that of the original, and what came from outside comes from there.
final class JournalWriter {
  /// What the records are compared with, while a run is replayed.
  var original: JournalComparison?
  private unowned let run: Run
  private var output: (any SessionOutput)?
  private var stop = StopToken()
  private var file: JournalFile?
  /// Whether nothing more is written: the journal is closed, or could not be written.
  private var isBroken = false
  private var isInScript = false
  private var knowsProgram = false
  private var isIgnoring = false
  private var cell: (start: ContinuousClock.Instant, width: Int)?
  /// What was printed since the last record.
  private var printed: [String] = []
  /// Pictures and figures since the last cell, by their paths without what differs between kinds of files.
  private var drawn: [String] = []
  /// The step that was taken last in this cell.
  private var lastStep = ""
  /// Requests to stop that the original's cell was given.
  private var planned: [StopToken.Sighting] = []
  /// Whether a request to stop came that the original did not have.
  private(set) var wasInterrupted = false

  init(_ run: Run) { self.run = run }

  /// The journal of a session begins.
  func follow(output: any SessionOutput, stop: StopToken) { (self.output, self.stop) = (output, stop) }

  /// The columns that shown values may take in this cell: the same from its start to its end, and in its replay.
  var width: Int? { cell?.width }

  /// Whether the replay has nothing more to compare, or nothing that it could still prove.
  var isOver: Bool { original.map { $0.difference != nil || $0.isCut } ?? false }

  // MARK: Cells

  func willRun(_ script: ScriptRecord) {
    isInScript = true
    add(
      .script(
        .init(
          name: script.name, folder: script.folder, text: script.text,
          settings: script.settings.map { .init(name: $0.name, value: $0.value) })), seed: 0)
  }

  func didRun(_ script: ScriptRecord) { isInScript = false }

  func willRun(_ record: CellRecord) {
    let number = record.index
    let width = original?.width(ofCell: number) ?? output?.width ?? .max
    cell = (.now, width)
    (lastStep, printed, drawn) = ("", [], [])
    planned = (original?.interrupts(ofCell: number) ?? []).compactMap { input in
      guard let look = input.look, let stage = StopToken.Stage(name: input.answer) else { return nil }
      return StopToken.Sighting(look: look, stage: stage)
    }
    if original != nil { stop.countLooks(planned: planned) }
    add(
      .cell(
        .init(
          number: number, source: record.source, seed: record.seed, isOfScript: isInScript,
          width: width == .max ? nil : width)),
      seed: record.seed)
  }

  func didRun(_ record: CellRecord, outcome: Outcome) {
    flushPrinted()
    for path in drawn { addFile(path) }
    let found = stop.sightings
    for sighting in found {
      add(
        .input(
          .init(
            source: JournalRecord.Input.interrupt, request: lastStep, answer: sighting.stage.name, look: sighting.look))
      )
    }
    // At a difference the replay stops itself.
    if original != nil, !isOver, !planned.starts(with: found) { wasInterrupted = true }
    let problem = outcome.diagnostics.first.map { "\($0.code.rawValue): \($0.message)" }
    add(
      .end(
        .init(
          status: outcome.succeeded ? "done" : outcome.isStopped ? "stopped" : "failed",
          result: lasting(outcome.value.brief), number: Double.from(outcome.value),
          fingerprint: digest(outcome.value).description, problem: problem.map(lasting),
          seconds: cell.map { (ContinuousClock.now - $0.start) / .seconds(1) } ?? 0)))
    cell = nil
    file?.flush()
  }

  func didUndo(cell: Int) { add(.undo(cell)) }

  func didImport(_ path: String, content: Data) {
    var digest = Fingerprint()
    digest.combine(bulk: content.bytes)
    add(.input(.init(source: JournalRecord.Input.file, request: path, answer: digest.description)))
  }

  /// The run is over.
  func close() {
    guard file != nil, !isBroken else { return }
    add(.close)
    file?.flush()
    (file, isBroken) = (nil, true)
  }

  /// Does the work of a job, as one cell.
  ///
  /// - Returns: what it gave, or what went wrong.
  func work(_ text: String, _ function: Function, _ context: Context) -> Outcome {
    let cell = CellRecord(index: 1, source: text, seed: context.seed)
    stop.countLooks()
    willRun(cell)
    var outcome = Outcome(value: .none, diagnostics: [])
    do {
      outcome.value = try context.run(function)
    } catch {
      outcome.diagnostics = [error as? Diagnostic ?? Diagnostic(.failed, "\(error)")]
    }
    didRun(cell, outcome: outcome)
    return outcome
  }

  // MARK: What cells do

  /// A step of training.
  ///
  /// - Throws: a stop, if it differs from the original's or there is none to compare it with.
  func note(_ step: StepReport, of trainer: String, weights: Fingerprint) throws {
    // A trial has no journal: its sweep's run has one.
    guard cell != nil else { return }
    noteProgram()
    lastStep = "\(trainer) after step \(step.index)"
    flushPrinted()
    var samples: Fingerprint?
    if !step.samples.isEmpty {
      samples = Fingerprint()
      for sample in step.samples { for id in sample.sequence.ids { samples?.combine(UInt64(UInt32(bitPattern: id))) } }
    }
    let metrics = step.metrics.dropFirst().map { ($0.name, $0.value) }
    add(
      .step(
        .init(
          trainer: trainer, index: step.index, metrics: Dictionary(metrics) { $1 }, samples: samples?.description,
          weights: weights.description)))
    if isOver { throw Diagnostic(.stopped, "the replay ends here") }
  }

  /// A text was printed.
  func note(printed text: String) {
    guard cell != nil, !isIgnoring else { return }
    printed.append(text)
    if printed.count >= Self.lineLimit { flushPrinted() }
  }

  /// Does something whose output says how things outside stand, and is no result of the run.
  func ignoringOutput<Result>(_ body: () throws -> Result) rethrows -> Result {
    isIgnoring = true
    defer { isIgnoring = false }
    return try body()
  }

  /// A value was shown.
  func note(shown display: Display) {
    guard cell != nil else { return }
    printed.append(display[Display.lastingText].map { String(decoding: $0, as: UTF8.self) } ?? display.text)
    // Of a figure, which says where it is, the numbers are kept; what gnuplot makes of them depends on fonts.
    let plots = run.path.map { "\($0)/\(RunFolder.Section.plots.rawValue)/" }
    let isFigure = plots.map { display.text.contains($0) } ?? false
    guard !isFigure, let picture = display["image/x-portable-pixmap"] else { return }
    flushPrinted()
    var digest = Fingerprint()
    digest.combine(bulk: picture)
    add(.output(.init(what: "picture", fingerprint: digest.description)))
  }

  /// A file is about to be read.
  func note(read path: String) {
    guard cell != nil else { return }
    flushPrinted()
    add(.input(.init(source: JournalRecord.Input.file, request: path, answer: FileContent.fingerprint(of: path))))
  }

  /// A picture or a figure was written.
  func note(drawn path: String) { drawn.append(path) }

  /// Something from outside: asked for and kept, or, while replaying, what the original was given.
  func outside(_ source: String, _ request: String, _ answer: () throws -> String) throws -> String {
    guard cell != nil else { return try answer() }
    flushPrinted()
    let given = try original == nil ? answer() : original?.answer(to: request, from: source) ?? ""
    add(.input(.init(source: source, request: request, answer: given)))
    if isOver { throw Diagnostic(.stopped, "the replay ends here") }
    return given
  }

  // MARK: Parts

  private func flushPrinted() {
    guard !printed.isEmpty else { return }
    let text = lasting(printed.joined(separator: "\n"))
    printed = []
    var digest = Fingerprint()
    digest.combine(text)
    add(.output(.init(what: "text", fingerprint: digest.description, text: String(text.prefix(Self.textLimit)))))
  }

  /// How much of a text the journal keeps.
  private static let textLimit = 2000
  /// After how many pieces of text a record is made.
  private static let lineLimit = 1000

  private func addFile(_ path: String) {
    noteProgram()
    let path = [path, path + ".csv"].first { FileManager.default.fileExists(atPath: $0) }
    guard let path, let data = try? AtomicFile.read(path) else { return }
    var digest = Fingerprint()
    // Pixels, because the same ones can be packed in many ways.
    if path.hasSuffix(".png"), let bitmap = try? PNGFile.decode(data).bitmap {
      digest.combine(bulk: bitmap.bytes)
    } else {
      digest.combine(bulk: data.bytes)
    }
    add(.output(.init(what: lasting(path), fingerprint: digest.description)))
  }

  /// Which program made the numbers; once.
  private func noteProgram() {
    guard !knowsProgram else { return }
    knowsProgram = true
    let program = Machine.program
    add(.input(.init(source: JournalRecord.Input.program, request: program.path, answer: program.fingerprint)))
  }

  /// A text without the name of the run's folder.
  private func lasting(_ text: String) -> String { Self.lasting(text, run.path) }

  private static func lasting(_ text: String, _ place: String?) -> String {
    place.map { text.replacing($0, with: "RUN") } ?? text
  }

  private func digest(_ value: Value) -> Fingerprint {
    let place = run.path
    return ValueDigest(
      value, text: { Self.lasting($0, place) },
      object: { object, digest in object.add(to: &digest) { Self.lasting($0, place) } }
    ).fingerprint
  }

  private func add(_ record: JournalRecord, seed: Int = 0) {
    if original != nil, !isOver {
      original?.check(record)
      // What runs is to end here, whatever it is.
      if isOver { while stop.stage < .abandonStep { stop.raise() } }
    }
    guard !isBroken else { return }
    do {
      if file == nil { file = try run.makeJournal(seed: seed) }
      // Without a folder; the run tells why.
      isBroken = file == nil
      try file?.append(record)
    } catch {
      isBroken = true
      output?.write("this run is not recorded and cannot be replayed: \(error)")
    }
  }
}
