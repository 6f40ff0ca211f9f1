/// Compares a run with the journal of another, record by record as they come.
///
/// It goes on at a difference that the level allows, and ends at the first that it does not.
public struct JournalComparison: Sendable {
  /// How alike two runs are.
  public enum Level: String, Sendable, CaseIterable, Comparable {
    /// Every number, text and picture is the same, bit for bit.
    case bits
    /// The same tokens were drawn and the same was said; numbers agree within a tolerance.
    case decisions
    /// The means of all metrics agree within their intervals.
    case statistics

    /// Stricter levels come first.
    public static func < (left: Level, right: Level) -> Bool { left.number < right.number }

    /// What it means, in words.
    public var meaning: String {
      switch self {
      case .bits: "every bit"
      case .decisions: "the same decisions, numbers within the tolerance"
      case .statistics: "means within their intervals"
      }
    }

    /// 0, 1 or 2.
    public var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// How much was compared.
  public struct Counts: Sendable, Hashable, CustomStringConvertible {
    /// Cells that came to their end, steps of training, and the metrics of these.
    public internal(set) var cells = 0, steps = 0, metrics = 0
    /// Pictures and figures, texts, and answers from outside.
    public internal(set) var pictures = 0, texts = 0, answers = 0

    /// In words: `124 steps, 3224 metrics, 12 pictures, 40 texts, 9 results`.
    public var description: String {
      let all = [
        (steps, "step"), (metrics, "metric"), (pictures, "picture"), (texts, "text"), (answers, "answer from outside"),
        (cells, "result"),
      ]
      return all.filter { $0.0 > 0 }.map { "\($0.0) " + Self.plural($0.1, $0.0) }.joined(separator: ", ")
    }

    private static func plural(_ word: String, _ count: Int) -> String {
      guard count != 1 else { return word }
      return word.hasPrefix("answer") ? "answers from outside" : word + "s"
    }
  }

  /// The first difference that the level does not allow.
  public private(set) var difference: JournalDifference?
  /// How much was compared.
  public private(set) var counts = Counts()
  /// The strictest level at which everything so far agrees.
  public private(set) var reached = Level.bits
  /// Whether the journal ends here, in the middle of a cell.
  public private(set) var isCut = false

  private let level: Level
  private let tolerance: Double
  private let hasSettings: Bool
  private let expected: [JournalRecord]
  private let isWhole: Bool
  private let interrupts: [Int: [JournalRecord.Input]]
  private var next = 0
  private var place = ""
  private var means = JournalMeans()

  /// A comparison with a journal.
  ///
  /// - Parameters:
  ///   - journal: the original's.
  ///   - level: what is demanded.
  ///   - tolerance: by how much of itself a number may differ where not every bit is demanded.
  ///   - hasSettings: whether the run has settings of its own, so that theirs are not compared.
  public init(_ journal: Journal, level: Level = .bits, tolerance: Double = 1e-3, hasSettings: Bool = false) {
    (self.level, self.tolerance, self.hasSettings) = (level, tolerance, hasSettings)
    var cell = 0
    var interrupts: [Int: [JournalRecord.Input]] = [:]
    var expected: [JournalRecord] = []
    for record in journal.records {
      if case .cell(let start) = record { cell = start.number }
      if case .input(let input) = record, input.source == JournalRecord.Input.interrupt {
        interrupts[cell, default: []].append(input)
      }
      if Self.isCompared(record, level) { expected.append(record) }
    }
    (self.expected, self.interrupts, isWhole) = (expected, interrupts, journal.records.last == .close)
  }

  /// Interrupts are planned, files are looked at beforehand, and where only means count texts and pictures do not.
  private static func isCompared(_ record: JournalRecord, _ level: Level) -> Bool {
    switch record {
    case .open, .close: false
    case .input(let input):
      ![JournalRecord.Input.interrupt, JournalRecord.Input.file, JournalRecord.Input.program].contains(input.source)
    case .output: level < .statistics
    default: true
    }
  }

  /// Where a cell was interrupted.
  public func interrupts(ofCell number: Int) -> [JournalRecord.Input] { interrupts[number] ?? [] }

  /// The columns that shown values could take in a cell, `.max` without a bound; `nil` if there was no such cell.
  public func width(ofCell number: Int) -> Int? {
    for case .cell(let cell) in expected where cell.number == number { return cell.width ?? .max }
    return nil
  }

  /// What was answered where the run now stands; `nil` if nothing was asked there, or something else.
  public func answer(to request: String, from source: String) -> String? {
    guard next < expected.count, case .input(let input) = expected[next], input.source == source,
      input.request == request
    else { return nil }
    return input.answer
  }

  // MARK: Comparing

  /// Compares the next record.
  public mutating func check(_ record: JournalRecord) {
    guard difference == nil, !isCut, Self.isCompared(record, level) else { return }
    if case .cell(let cell) = record { place = "cell \(cell.number)" }
    guard next < expected.count else {
      // The original may have gone on without having been able to say so.
      isCut = !isWhole
      return isWhole ? differ("what happens", "nothing more", record.words) : ()
    }
    let original = expected[next]
    next += 1
    switch (original, record) {
    case (.script(let old), .script(let new)):
      if old.text != new.text { differ("the script's text", old.name, new.name) }
      if !hasSettings, old.settings != new.settings { differ("the settings", old.shownSettings, new.shownSettings) }
    case (.cell(let old), .cell(let new)):
      if old.source != new.source { differ("the cell's text", old.source, new.source) }
      if old.seed != new.seed { differ("the seed", "\(old.seed)", "\(new.seed)") }
    case (.input(let old), .input(let new)) where old.source == new.source:
      counts.answers += 1
      if old.request != new.request { differ("what is asked of \(new.source)", old.request, new.request) }
    case (.step(let old), .step(let new)) where old.trainer == new.trainer && old.index == new.index:
      check(old, new)
    case (.output(let old), .output(let new)) where old.what == new.what: check(old, new)
    case (.end(let old), .end(let new)): check(old, new)
    case (.undo(let old), .undo(let new)) where old == new: break
    default: differ("what happens", original.words, record.words)
    }
    if next == expected.count {
      switch record {
      case .end, .undo: break
      default: isCut = difference == nil && !isWhole
      }
    }
  }

  private mutating func check(_ old: JournalRecord.Step, _ new: JournalRecord.Step) {
    counts.steps += 1
    let step = "\(new.trainer) step \(new.index)"
    for name in new.metrics.keys.sorted() {
      guard let value = new.metrics[name] else { continue }
      counts.metrics += 1
      means.add(old.metrics[name], value, of: "\(new.trainer) \(name)")
      compare(name, old.metrics[name], value, in: step)
    }
    if let name = old.metrics.keys.sorted().first(where: { new.metrics[$0] == nil }) {
      differ(name, "\(old.metrics[name] ?? 0)", "nothing", in: step)
    }
    if old.samples != new.samples {
      allow(.statistics, "the fingerprint of the tokens drawn", old.samples ?? "none", new.samples ?? "none", step)
    }
    if old.weights != new.weights {
      allow(.decisions, "the fingerprint of the weights", old.weights, new.weights, step)
    }
  }

  private mutating func check(_ old: JournalRecord.Output, _ new: JournalRecord.Output) {
    if new.text == nil { counts.pictures += 1 } else { counts.texts += 1 }
    guard old.fingerprint != new.fingerprint else { return }
    guard let first = old.text, let second = new.text else {
      return allow(.statistics, new.what, "fingerprint " + old.fingerprint, "fingerprint " + new.fingerprint, "")
    }
    compare("a text shown", first, second)
  }

  private mutating func check(_ old: JournalRecord.End, _ new: JournalRecord.End) {
    if old.status != new.status { differ("how the cell ended", old.outcome, new.outcome) }
    if old.problem != new.problem { compare("the error", old.problem ?? "none", new.problem ?? "none") }
    counts.cells += 1
    guard old.fingerprint != new.fingerprint else { return }
    if old.number != nil || new.number != nil { return compare("the result", old.number, new.number ?? .nan, in: "") }
    if old.result == new.result {
      // Objects can differ in more than their summary says.
      let quantity = "the fingerprint of the result (\(old.result))"
      allow(.decisions, quantity, old.fingerprint, new.fingerprint, "")
    } else {
      compare("the result", old.result, new.result)
    }
  }

  /// Compares numbers.
  private mutating func compare(_ quantity: String, _ old: Double?, _ new: Double, in step: String) {
    guard let old else { return differ(quantity, "nothing", "\(new)", in: step) }
    guard old.bitPattern != new.bitPattern, !(old.isNaN && new.isNaN) else { return }
    let isClose = JournalDifference.agree(old, new, within: tolerance)
    allow(isClose ? .decisions : .statistics, quantity, "\(old)", "\(new)", step, JournalDifference.distance(old, new))
  }

  /// Compares texts; those that differ only in numbers are as close as these are.
  private mutating func compare(_ quantity: String, _ old: String, _ new: String) {
    let isClose = JournalDifference.agree(old, new, within: tolerance)
    let (first, second) = JournalDifference.firstLine(old, new)
    allow(isClose ? .decisions : .statistics, quantity, first, second, "")
  }

  /// Something that agrees only at a level.
  private mutating func allow(
    _ least: Level, _ quantity: String, _ old: String, _ new: String, _ step: String, _ distance: UInt64? = nil
  ) {
    if least > level { return differ(quantity, old, new, in: step, distance) }
    reached = max(reached, least)
  }

  private mutating func differ(
    _ quantity: String, _ old: String, _ new: String, in step: String = "", _ distance: UInt64? = nil
  ) {
    guard difference == nil else { return }
    let places = [place, step].filter { !$0.isEmpty }
    difference = JournalDifference(
      place: places.joined(separator: ", "), quantity: quantity, original: old, replay: new, distance: distance)
  }

  // MARK: The end

  /// Compares what can be compared only when all has run.
  public mutating func finish() {
    guard difference == nil, !isCut else { return }
    if next < expected.count { return differ("what happens", expected[next].words, "nothing more") }
    guard reached == .statistics, let apart = means.firstApart else { return }
    place = ""
    differ("the mean of \(apart.name)", apart.old, apart.new)
  }
}

extension JournalRecord {
  /// The record in a few words.
  var words: String {
    switch self {
    case .open: "the start"
    case .script(let script): "the script \(script.name)"
    case .cell(let cell): "cell \(cell.number)"
    case .input(let input): "a question to \(input.source)"
    case .step(let step): "\(step.trainer) step \(step.index)"
    case .output(let output): output.text.map { "the text '\($0.prefix(60))'" } ?? output.what
    case .end(let end): "the end of the cell (\(end.status))"
    case .undo(let cell): "the undoing of cell \(cell)"
    case .close: "the end"
    }
  }
}

extension JournalRecord.Script {
  var shownSettings: String {
    settings.isEmpty ? "none" : settings.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
  }
}

extension JournalRecord.End {
  var outcome: String { problem.map { "\(status): \($0)" } ?? status }
}
