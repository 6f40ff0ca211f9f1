public import Foundation

/// One line of a journal: something that happened in a run, in its order.
public enum JournalRecord: Sendable, Hashable {
  /// A process begins to write.
  case open(Open)
  /// A script is about to run; its cells follow.
  case script(Script)
  /// A cell is about to run.
  case cell(Cell)
  /// Something came from outside while it ran.
  case input(Input)
  /// A trainer took a step.
  case step(Step)
  /// Something was shown, printed or drawn.
  case output(Output)
  /// The cell is over.
  case end(End)
  /// The variables got the values from before a cell: its number.
  case undo(Int)
  /// The run is over.
  case close

  /// What a run is.
  public struct Open: Sendable, Hashable, Codable {
    /// The version of the format.
    public var format = Journal.format
    /// script, session, job, trial or replay.
    public var kind: String
    /// What the run is called.
    public var name: String
    /// The process's arguments.
    public var arguments: [String]
    /// The seed in force.
    public var seed: Int
    /// When it began.
    public var date: Date
    /// The run that this one varies or replays.
    public var parent: String?
    /// What it runs on.
    public var environment: EnvironmentRecord

    /// What a run is.
    public init(
      kind: String, name: String, arguments: [String], seed: Int, date: Date, parent: String? = nil,
      environment: EnvironmentRecord
    ) {
      (self.kind, self.name, self.arguments, self.seed) = (kind, name, arguments, seed)
      (self.date, self.parent, self.environment) = (date, parent, environment)
    }
  }

  /// A script as it was given.
  public struct Script: Sendable, Hashable, Codable {
    /// One value that replaces the script's own.
    public struct Setting: Sendable, Hashable, Codable {
      /// What is assigned.
      public var name: String
      /// The value, as it was written.
      public var value: String

      /// A setting.
      public init(name: String, value: String) { (self.name, self.value) = (name, value) }
    }

    /// What diagnostics call it: its path.
    public var name: String
    /// Where its imports start.
    public var folder: String
    /// Its text.
    public var text: String
    /// What replaces its own values.
    public var settings: [Setting]

    /// A script.
    public init(name: String, folder: String, text: String, settings: [Setting]) {
      (self.name, self.folder, self.text, self.settings) = (name, folder, text, settings)
    }
  }

  /// A cell.
  public struct Cell: Sendable, Hashable, Codable {
    /// Counted from 1 over the session.
    public var number: Int
    /// Its text.
    public var source: String
    /// The seed in force.
    public var seed: Int
    /// Whether it is part of the script before it.
    public var isOfScript: Bool
    /// The columns that shown values may take, or `nil` without a bound.
    public var width: Int?

    /// A cell.
    public init(number: Int, source: String, seed: Int, isOfScript: Bool, width: Int? = nil) {
      (self.number, self.source, self.seed) = (number, source, seed)
      (self.isOfScript, self.width) = (isOfScript, width)
    }
  }

  /// Something from outside.
  public struct Input: Sendable, Hashable, Codable {
    /// What gave it: `file`, `interrupt`, `clock`, the name of a reward's program.
    public var source: String
    /// What was asked; of an interrupt, after what it took effect.
    public var request: String
    /// What came.
    public var answer: String
    /// Of an interrupt, the look at the stop token that found it, from the start of the cell.
    public var look: Int?

    /// An input.
    public init(source: String, request: String, answer: String, look: Int? = nil) {
      (self.source, self.request, self.answer, self.look) = (source, request, answer, look)
    }

    /// Where interrupts come from.
    public static let interrupt = "interrupt"
    /// What says which program runs.
    public static let program = "program"
    /// Where the content of files comes from.
    public static let file = "file"
  }

  /// A step of training.
  public struct Step: Sendable, Hashable, Codable {
    /// The trainer: its label, and its number among those of the run: `grpo`, `grpo-2`.
    public var trainer: String
    /// The step, from 0.
    public var index: Int
    /// Its numbers by name.
    public var metrics: [String: Double]
    /// A fingerprint of what was sampled: tokens, pictures and rewards; `nil` where nothing was.
    public var samples: String?
    /// A fingerprint of the weights after the step.
    public var weights: String

    /// A step.
    public init(trainer: String, index: Int, metrics: [String: Double], samples: String?, weights: String) {
      (self.trainer, self.index, self.metrics) = (trainer, index, metrics)
      (self.samples, self.weights) = (samples, weights)
    }
  }

  /// Something that can be looked at.
  public struct Output: Sendable, Hashable, Codable {
    /// `text`, `picture`, or the name of a file in the run's folder.
    public var what: String
    /// A fingerprint of all of it.
    public var fingerprint: String
    /// The start of a text, with `RUN` for the run's folder.
    public var text: String?

    /// Something that can be looked at.
    public init(what: String, fingerprint: String, text: String? = nil) {
      (self.what, self.fingerprint, self.text) = (what, fingerprint, text)
    }
  }

  /// How a cell ended.
  public struct End: Sendable, Hashable, Codable {
    /// done, failed or stopped.
    public var status: String
    /// The value of its last expression, on a line.
    public var result: String
    /// That value if it is a number.
    public var number: Double?
    /// A fingerprint of all of the value.
    public var fingerprint: String
    /// What went wrong.
    public var problem: String?
    /// How long it took; no two runs have the same.
    public var seconds: Double

    /// How a cell ended.
    public init(
      status: String, result: String, number: Double? = nil, fingerprint: String, problem: String? = nil,
      seconds: Double
    ) {
      (self.status, self.result, self.number) = (status, result, number)
      (self.fingerprint, self.problem, self.seconds) = (fingerprint, problem, seconds)
    }
  }
}

extension JournalRecord: Codable {
  private enum Key: String, CodingKey { case record, cell }

  private enum Kind: String, Codable { case open, script, cell, input, step, output, end, undo, close }

  /// Reads a record by its kind.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self =
      switch try container.decode(Kind.self, forKey: .record) {
      case .open: .open(try Open(from: decoder))
      case .script: .script(try Script(from: decoder))
      case .cell: .cell(try Cell(from: decoder))
      case .input: .input(try Input(from: decoder))
      case .step: .step(try Step(from: decoder))
      case .output: .output(try Output(from: decoder))
      case .end: .end(try End(from: decoder))
      case .undo: .undo(try container.decode(Int.self, forKey: .cell))
      case .close: .close
      }
  }

  /// Writes a record and its kind.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .open(let open):
      try container.encode(Kind.open, forKey: .record)
      try open.encode(to: encoder)
    case .script(let script):
      try container.encode(Kind.script, forKey: .record)
      try script.encode(to: encoder)
    case .cell(let cell):
      try container.encode(Kind.cell, forKey: .record)
      try cell.encode(to: encoder)
    case .input(let input):
      try container.encode(Kind.input, forKey: .record)
      try input.encode(to: encoder)
    case .step(let step):
      try container.encode(Kind.step, forKey: .record)
      try step.encode(to: encoder)
    case .output(let output):
      try container.encode(Kind.output, forKey: .record)
      try output.encode(to: encoder)
    case .end(let end):
      try container.encode(Kind.end, forKey: .record)
      try end.encode(to: encoder)
    case .undo(let cell):
      try container.encode(Kind.undo, forKey: .record)
      try container.encode(cell, forKey: .cell)
    case .close: try container.encode(Kind.close, forKey: .record)
    }
  }
}
