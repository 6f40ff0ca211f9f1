import Foundation
public import Primitives

/// What became of a cell or a script.
public struct Outcome {
  /// The value of the last expression; `none` if there was none or something failed.
  public var value: Value
  /// What went wrong: all that the check found, or the one error that ended the run.
  public var diagnostics: [Diagnostic]

  /// What became of it.
  public init(value: Value, diagnostics: [Diagnostic]) { (self.value, self.diagnostics) = (value, diagnostics) }

  /// Whether it ran to its end.
  public var succeeded: Bool { diagnostics.isEmpty }
  /// Whether it ended because a stop was asked for.
  public var isStopped: Bool { diagnostics.contains(where: \.isStop) }
}

/// Evaluates cells and scripts one after the other over one set of variables, which errors leave intact.
///
/// A session belongs to one thread at a time. It does not reset its stop token: who raises it does.
public final class Session {
  /// Sees every cell.
  public weak var observer: (any SessionObserver)?
  let interpreter: Interpreter
  private var cellCount = 0
  var memory = CellMemory()

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

  // Functions refer to the variables of the session, which refer to functions.
  deinit { interpreter.clear() }

  /// The declarations in force.
  public var library: Library { interpreter.library }

  /// The seed in force.
  public var seed: Int { interpreter.seed }

  /// The number of the cell that runs next.
  public var nextCell: Int { cellCount + 1 }

  /// The variables and their values, in the order in which they came to be.
  public var variables: [(name: String, value: Value)] { interpreter.globalValues.filter { !$0.name.isResultName } }

  /// The results of cells that are kept, `_3` of cell 3, in order.
  public var results: [(name: String, value: Value)] { interpreter.globalValues.filter { $0.name.isResultName } }

  /// Bound code's view of this session, for calls from Swift.
  public var context: Context { Context(interpreter: interpreter) }

  /// Checks and runs one input of the prompt, and shows the value of its last expression.
  ///
  /// `?grpo` and `grpo?` show help. The last value is kept in `_`, and that of cell 3 in `_3`.
  ///
  /// - Parameters:
  ///   - text: one or more statements.
  ///   - name: what diagnostics call it; `cell 3` by default.
  public func evaluate(_ text: String, name: String? = nil) -> Outcome {
    if let topic = Self.helpTopic(text) { return showHelp(topic) }
    let source = Source(text, name: name ?? "cell \(cellCount + 1)")
    switch prepare(source, []) {
    case .failure(let failure): return Outcome(value: .none, diagnostics: failure.diagnostics)
    case .success(let program): return run(program.statements, source.text, program.layout, program.imports)
    }
  }

  /// Checks a whole script, then runs it cell by cell.
  ///
  /// A setting replaces the right side of the script's first top-level assignment to its name, `steps = 200`, and has
  /// to be of the same kind: a number for a number, a text for a text. A name that the script does not assign at its
  /// top level is an error, with the nearest name. The value is read as a value of the language (`20`, `true`, `30s`,
  /// `[1, 2]`), and as a text if the assignment's own value is a text or it cannot be read as anything else.
  ///
  /// - Parameters:
  ///   - text: the script.
  ///   - name: what diagnostics call it: its path.
  ///   - folder: where `import` starts.
  ///   - settings: names and values as text, in the order given.
  public func run(
    _ text: String, name: String, folder: String = ".", settings: [(name: String, value: String)] = []
  ) -> Outcome {
    let source = Source(text, name: name, folder: folder)
    let script = ScriptRecord(name: name, folder: folder, text: text, settings: settings)
    let program: Program
    switch prepare(source, settings) {
    case .failure(let failure): return Outcome(value: .none, diagnostics: failure.diagnostics)
    case .success(let prepared): program = prepared
    }
    observer?.willRun(script)
    defer { observer?.didRun(script) }
    var outcome = Outcome(value: .none, diagnostics: [])
    var imports = program.imports
    var rest = program.statements[...]
    let bounds = [0] + program.cellStarts.filter { $0 > 0 } + [source.bytes.count + 1]
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      let cell = rest.prefix { $0.span.range.lowerBound < end }
      rest = rest.dropFirst(cell.count)
      guard !cell.isEmpty else { continue }
      outcome = run(Array(cell), source.text(start..<end), program.layout, imports)
      imports = []
      guard outcome.succeeded else { return outcome }
    }
    return outcome
  }

  /// Reads, checks and runs a script file; see ``run(_:name:folder:settings:)``.
  public func run(file path: String, settings: [(name: String, value: String)] = []) -> Outcome {
    switch read(path) {
    case .failure(let failure): Outcome(value: .none, diagnostics: failure.diagnostics)
    case .success(let source): run(source.text, name: path, folder: source.folder, settings: settings)
    }
  }

  /// What is wrong with a script, without running any of it.
  public func check(
    _ text: String, name: String, folder: String = ".", settings: [(name: String, value: String)] = []
  ) -> [Diagnostic] {
    switch prepare(Source(text, name: name, folder: folder), settings) {
    case .failure(let failure): failure.diagnostics
    case .success: []
    }
  }

  /// Reads a script file and says what is wrong with it, without running any of it.
  public func check(file path: String, settings: [(name: String, value: String)] = []) -> [Diagnostic] {
    switch read(path) {
    case .failure(let failure): failure.diagnostics
    case .success(let source): check(source.text, name: path, folder: source.folder, settings: settings)
    }
  }

  /// Whether Enter should run the text: `false` while a bracket, a block, a text or an operator is open.
  public func isComplete(_ text: String) -> Bool {
    if Self.helpTopic(text) != nil { return true }
    var parser = Parser(Source(text), limits: interpreter.limits)
    _ = parser.program()
    return !parser.isUnfinished
  }

  /// What could be written at a place, the likeliest first.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - cursor: the place, in characters from the start.
  public func completions(of text: String, at cursor: Int) -> [Completion] {
    interpreter.library.completions(of: text, at: cursor, variables: variables, context: context)
  }

  /// Help on a function, a member (`trainer.run`), a parameter (`grpo.kl`), a kind of object, or a variable.
  ///
  /// - Returns: `nil` if there is nothing of that name.
  public func help(_ topic: String) -> String? { interpreter.help(topic) }

  // MARK: Parts

  private struct Program {
    var statements: [Statement]
    var layout: Layout
    var cellStarts: [Int]
    /// The files that it is put together with.
    var imports: [(path: String, content: Data)]
  }

  private struct Failure: Error {
    var diagnostics: [Diagnostic]
  }

  /// Reads and checks a source; nothing of it has run when this fails.
  private func prepare(_ source: Source, _ settings: [(name: String, value: String)]) -> Result<Program, Failure> {
    var parser = Parser(source, limits: interpreter.limits)
    let block = parser.program()
    guard parser.diagnostics.isEmpty else {
      return .failure(Failure(diagnostics: Array(parser.diagnostics.prefix(interpreter.limits.diagnostics))))
    }
    let unknown = Settings.apply(settings, to: block, limits: interpreter.limits)
    let checker = Checker(interpreter)
    let layout = checker.check(block, source: source, cellStarts: parser.cellStarts)
    let diagnostics = unknown + checker.diagnostics
    guard diagnostics.isEmpty else { return .failure(Failure(diagnostics: diagnostics)) }
    return .success(
      Program(
        statements: block.statements, layout: layout, cellStarts: parser.cellStarts, imports: checker.importedFiles))
  }

  private func read(_ path: String) -> Result<Source, Failure> {
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      return .success(Source(String(decoding: data, as: UTF8.self), name: path, folder: folder))
    } catch {
      let exists = FileManager.default.fileExists(atPath: path)
      let message = exists ? "cannot read '\(path)'" : "there is no file '\(path)'"
      return .failure(Failure(diagnostics: [Diagnostic(.unreadable, message, fix: "check the path")]))
    }
  }

  private func run(
    _ statements: [Statement], _ text: String, _ layout: Layout, _ imports: [(path: String, content: Data)]
  ) -> Outcome {
    cellCount += 1
    interpreter.stop.countLooks()
    let cell = CellRecord(index: cellCount, source: text, seed: interpreter.seed)
    observer?.willRun(cell)
    for file in imports { observer?.didImport(file.path, content: file.content) }
    memory.note(interpreter.snapshot, before: cellCount, text)
    var outcome = Outcome(value: .none, diagnostics: [])
    do {
      outcome.value = try interpreter.run(statements, layout)
      if let last = statements.last { try show(outcome.value, of: last) }
    } catch {
      outcome = Outcome(value: .none, diagnostics: [error as? Diagnostic ?? Diagnostic(.failed, "\(error)")])
    }
    interpreter.output.progress(nil)
    observer?.didRun(cell, outcome: outcome)
    return outcome
  }

  private func show(_ value: Value, of statement: Statement) throws {
    guard case .expression = statement.kind, value != .none else { return }
    interpreter.keepLast(value, at: statement.span)
    interpreter.keepResult(value, of: cellCount)
    guard !statement.isSilent else { return }
    do {
      interpreter.output.show(try value.display(width: interpreter.output.width))
    } catch let problem as Diagnostic {
      throw problem.located(statement.span)
    } catch {
      throw Diagnostic(.failed, "\(error)", at: statement.span)
    }
  }

  /// `?topic` or `topic?`.
  private static func helpTopic(_ text: String) -> String? {
    let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard line.hasPrefix("?") || line.hasSuffix("?"), !line.contains("\n") else { return nil }
    let topic = line.trimmingCharacters(in: CharacterSet(charactersIn: "? "))
    let isName = topic.unicodeScalars.allSatisfy {
      $0 == "." || $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
    }
    return isName ? topic : nil
  }

  private func showHelp(_ topic: String) -> Outcome {
    if let text = interpreter.help(topic) {
      interpreter.output.write(text.wrapped(to: interpreter.output.width))
      return Outcome(value: .none, diagnostics: [])
    }
    return Outcome(value: .none, diagnostics: [interpreter.noHelp(topic)])
  }
}
