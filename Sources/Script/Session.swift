public import Primitives

/// What became of a cell or a script.
public struct Outcome {
  /// The value of the last expression; `none` if there was none or something failed.
  public var value: Value
  /// What went wrong: all that the check found, or the one error that ended the run.
  public var diagnostics: [Diagnostic]

  /// Whether it ran to its end.
  public var succeeded: Bool { diagnostics.isEmpty }
  /// Whether it ended because a stop was asked for.
  public var isStopped: Bool { diagnostics.contains(where: \.isStop) }
}

/// One piece of a script between two `# %%` lines, or one input at the prompt.
public struct CellRecord: Sendable {
  /// Counted from 1 over the session.
  public let index: Int
  /// Its text.
  public let source: String
  /// The seed in force when it started.
  public let seed: Int
}

/// Sees every cell that a session executes, in order; for journals.
public protocol SessionObserver: AnyObject {
  /// A checked cell is about to run.
  func willRun(_ cell: CellRecord)
  /// A cell has run or failed.
  func didRun(_ cell: CellRecord, outcome: Outcome)
}

/// Evaluates cells and scripts one after the other over one set of variables, which errors leave intact.
///
/// A session belongs to one thread at a time. It does not reset its stop token: who raises it does.
public final class Session {
  /// Sees every cell.
  public weak var observer: (any SessionObserver)?
  let interpreter: Interpreter

  /// A session without variables.
  ///
  /// - Parameters:
  ///   - library: the declarations in force; usually ``Library/standard`` and more.
  ///   - output: where text, displays and progress go.
  ///   - stop: raised from outside to end what runs.
  ///   - host: what bound code reaches through ``Context/host(as:)``.
  ///   - limits: what bounds a script.
  public init(
    library: Library = .standard, output: any SessionOutput, stop: StopToken = StopToken(),
    host: AnyObject? = nil, limits: Limits = Limits()
  ) {
    interpreter = Interpreter(library: library, output: output, stop: stop, host: host, limits: limits)
  }

  /// The declarations in force.
  public var library: Library { interpreter.library }

  /// The seed in force.
  public var seed: Int { interpreter.seed }

  /// The variables and their values, in the order in which they came to be.
  public var variables: [(name: String, value: Value)] { interpreter.globalValues }

  /// Bound code's view of this session, for calls from Swift.
  public var context: Context { Context(interpreter: interpreter) }

  /// Checks and runs one input of the prompt, and shows the value of its last expression.
  ///
  /// `?grpo` and `grpo?` show help. The last value is kept in `_`.
  ///
  /// - Parameters:
  ///   - source: one or more statements.
  ///   - name: what diagnostics call it.
  public func evaluate(_ source: String, name: String? = nil) -> Outcome {
    Outcome(value: .none, diagnostics: [])
  }

  /// Checks a whole script, then runs it cell by cell.
  ///
  /// A setting replaces the right side of the script's first top-level assignment to its name, `steps = 200`, and has
  /// to be of the same kind: a number for a number, a text for a text. A name that the script does not assign at its
  /// top level is an error, with the nearest name. The value is read as a value of the language (`20`, `true`, `30s`,
  /// `[1, 2]`), and as a text if the assignment's own value is a text or it cannot be read as anything else.
  ///
  /// - Parameters:
  ///   - source: the script.
  ///   - name: what diagnostics call it: its path.
  ///   - folder: where `import` starts.
  ///   - settings: names and values as text, in the order given.
  public func run(
    _ source: String, name: String, folder: String = ".", settings: [(name: String, value: String)] = []
  ) -> Outcome {
    Outcome(value: .none, diagnostics: [])
  }

  /// Reads, checks and runs a script file; see ``run(_:name:folder:settings:)``.
  public func run(file path: String, settings: [(name: String, value: String)] = []) -> Outcome {
    Outcome(value: .none, diagnostics: [])
  }

  /// What is wrong with a script, without running any of it.
  public func check(
    _ source: String, name: String, folder: String = ".", settings: [(name: String, value: String)] = []
  ) -> [Diagnostic] {
    []
  }

  /// Reads a script file and says what is wrong with it, without running any of it.
  public func check(file path: String, settings: [(name: String, value: String)] = []) -> [Diagnostic] { [] }

  /// Whether Enter should run the text: `false` while a bracket, a block, a text or an operator is open.
  public func isComplete(_ source: String) -> Bool { true }

  /// What could be written at a place, the likeliest first.
  ///
  /// - Parameters:
  ///   - source: the text.
  ///   - cursor: the place, in characters from the start.
  public func completions(of source: String, at cursor: Int) -> [Completion] { [] }

  /// Help on a function, a member (`trainer.run`), a parameter (`grpo.kl`), a kind of object, or a variable.
  ///
  /// - Returns: `nil` if there is nothing of that name.
  public func help(_ topic: String) -> String? { nil }
}
