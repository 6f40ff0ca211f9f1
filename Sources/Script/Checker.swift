import Foundation
import OrderedCollections

/// Looks through a whole source before any of it runs: finds what every name refers to, and reports names, members,
/// arguments, literals, units and files that cannot be right.
///
/// What it cannot know, such as the kind of a variable that is assigned twice, it leaves to the same checks at run
/// time; it never reports something that could work.
final class Checker {
  let interpreter: Interpreter
  var library: Library { interpreter.library }
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var scope = Scope(.top, parent: nil)
  private var loopDepth = 0
  /// Where the value of a block's last statement is shown or given on.
  private var usesLast = true
  /// Whether `break`, `continue` and `return` would leave a statement rather than the middle of an expression.
  private var mayLeave = true
  /// Loops inside a value may be left, but not the function around it.
  private var mayReturn = true
  /// How many `try` are around, whose mistakes are meant to happen.
  private(set) var attempts = 0
  private var cellStarts: [Int] = []
  /// Files that the script itself writes.
  var writtenFiles: Set<String> = []
  /// Variables that have values by the time the code runs, whatever they hold now.
  var given: Set<String> = []
  private var importing: [String] = []
  private var imported: Set<String> = []
  /// The files that were imported, in the order of reading.
  private(set) var importedFiles: [(path: String, content: Data)] = []

  init(_ interpreter: Interpreter) { self.interpreter = interpreter }

  /// Checks the statements of a source at the top level.
  ///
  /// - Returns: where their loop variables are; all others belong to the session.
  func check(_ block: Block, source: Source, cellStarts: [Int] = []) -> Layout {
    self.cellStarts = cellStarts
    importing = [Self.resolved(source.name)]
    readImports(block, folder: source.folder)
    let assigned = AssignmentCounter(block)
    for (name, variable) in interpreter.globals {
      let local = Local(name, .global(variable))
      if given.contains(name) {
        settleNothing(local)
        (local.isAssigned, scope.names[name]) = (true, local)
      }
      guard let value = variable.value, !given.contains(name) else { continue }
      (local.type, local.origin, local.isAssigned) = (value.type, interpreter.origin(of: variable), true)
      if case .function(let function) = value, case .script(let syntax, _) = function.body {
        local.definition = syntax
      }
      // A value of today may be replaced by this source.
      if assigned.counts[name] != nil { settleNothing(local) }
      scope.names[name] = local
    }
    for (name, _) in assigned.own where scope.names[name] == nil {
      let variable = interpreter.globals[name] ?? Variable(graveyard: interpreter.graveyard)
      interpreter.globals[name] = variable
      let local = Local(name, .global(variable))
      if assigned.counts[name] ?? 0 > 1 { settleNothing(local) }
      scope.names[name] = local
    }
    check(block)
    return scope.layout
  }

  private func settleNothing(_ local: Local) {
    (local.isSettled, local.type, local.definition) = (false, .any, nil)
  }

  func report(_ diagnostic: Diagnostic) {
    guard diagnostics.count < interpreter.limits.diagnostics else { return }
    diagnostics.append(diagnostic)
  }

  // MARK: Statements

  private func check(_ block: Block) {
    var left: Statement?
    for (index, statement) in block.statements.enumerated() {
      if let before = left {
        left = nil
        report(
          Diagnostic(
            .unreachable, "nothing comes here", at: statement.span,
            because: .init(text: "this always leaves", span: before.span), fix: "remove what stands after it"))
      }
      let isLast = index == block.statements.count - 1 || endsCell(statement, block.statements[index + 1])
      let outer = usesLast
      usesLast = isLast && usesLast
      check(statement)
      if case .expression(let expression) = statement.kind, !usesLast { checkUse(of: expression) }
      usesLast = outer
      // What leaves nothing is a mistake of its own.
      if statement.alwaysLeaves, !isLast, scope.kind != .top || loopDepth > 0 { left = statement }
    }
  }

  private func endsCell(_ statement: Statement, _ next: Statement) -> Bool {
    scope.kind == .top
      && cellStarts.contains { $0 > statement.span.range.lowerBound && $0 <= next.span.range.lowerBound }
  }

  /// A value that is dropped should at least have been worth a call that does something.
  private func checkUse(of expression: Expression) {
    guard let what = droppedValue(of: expression) else { return }
    report(
      Diagnostic(
        .unused, "the value of \(what) is dropped", at: expression.span,
        fix: "give it a name, print it, or remove it"))
  }

  private func droppedValue(of expression: Expression) -> String? {
    switch expression.kind {
    case .binary(let op, _, _): op == .equal ? "this comparison (= assigns)" : "'\(op.rawValue)'"
    case .literal(let value): value == .none ? nil : "\(value.kindPhrase)"
    case .list, .dictionary, .record, .text, .with, .negate, .not, .range: "this"
    case .call(let call):
      call.isPure && !call.arguments.contains { $0.value.isFunction } ? "'\(call.callee.span.text)'" : nil
    default: nil
    }
  }

  private func check(_ statement: Statement) {
    switch statement.kind {
    case .expression(let expression): checkStatement(expression)
    case .assign(let target, let op, let value):
      let type = check(value)
      assign(target, type, op, statement.span)
    case .unpack(let targets, let value):
      check(value)
      for target in targets { assign(target, .any, nil, statement.span) }
    case .function(let name, let syntax):
      let local = declared(name.name)
      name.place = local.place
      local.isAssigned = true
      if local.isSettled { (local.type, local.definition, local.origin) = (.function, syntax, statement.span) }
      check(syntax, .function)
    case .loop(let names, let sequence, let body): checkLoop(names, sequence, body)
    case .whileLoop(let condition, let body):
      checkCondition(condition, "while")
      inLoop { check(body) }
    case .breakLoop, .continueLoop:
      if loopDepth == 0 || !mayLeave {
        let message = loopDepth == 0 ? "is outside a loop" : "cannot stand inside a value"
        report(Diagnostic(.misplaced, "'\(statement.span.text)' \(message)", at: statement.span))
      }
    case .returnValue(let value):
      if scope.kind == .top || !mayReturn {
        let message = scope.kind == .top ? "is outside a function" : "cannot stand inside a value"
        report(Diagnostic(.misplaced, "'return' \(message)", at: statement.span))
      }
      if let value { check(value) }
    case .assertion(let condition, let message):
      check(condition)
      if let message { check(message) }
    case .importFile(let block):
      guard scope.kind == .top, block.isImported else {
        report(
          Diagnostic(
            .misplaced, "'import' stands inside something", at: statement.span, fix: "write it at the top of the file"))
        return
      }
      check(block)
    }
  }

  private func checkCondition(_ condition: Expression, _ word: String) {
    let type = check(condition)
    guard type != .bool, !type.mayBe(.bool) else { return }
    report(
      Diagnostic(
        .operands, "'\(word)' needs true or false, but gets \(type)", at: condition.span,
        because: origin(of: condition)))
  }

  /// An expression as a statement: the blocks of an `if` may leave the loop or function around it.
  private func checkStatement(_ expression: Expression) {
    switch expression.kind {
    case .conditional(let branches, let otherwise):
      for (condition, block) in branches {
        checkCondition(condition, "if")
        check(block)
      }
      if let otherwise { check(otherwise) }
    case .attempt(let block, let otherwise, let error): checkAttempt(block, otherwise, error)
    default: check(expression)
    }
  }

  /// Blocks inside a value.
  func checkValueBlocks(_ expression: Expression) {
    let outer = (mayLeave, mayReturn, usesLast)
    (mayLeave, mayReturn, usesLast) = (false, false, true)
    checkStatement(expression)
    (mayLeave, mayReturn, usesLast) = outer
  }

  private func checkAttempt(_ block: Block, _ otherwise: Block, _ error: NameSyntax?) {
    attempts += 1
    check(block)
    attempts -= 1
    if let error {
      let local = Local(error.name, scope.newSlot())
      (local.type, local.isAssigned) = (.string, true)
      error.place = local.place
      scope.inner.append(local)
    }
    check(otherwise)
    if error != nil { scope.inner.removeLast() }
  }

  private func checkLoop(_ names: [NameSyntax], _ sequence: Expression, _ body: Block) {
    let type = check(sequence)
    for name in names {
      let local = Local(name.name, scope.newSlot())
      local.isAssigned = true
      if names.count == 1, !AssignmentCounter(body).counts.keys.contains(name.name) {
        if case .list(let item) = type { local.type = item }
        if type == .string { local.type = .string }
        if type == .table || type == .dictionary { local.type = .record }
      }
      name.place = local.place
      scope.inner.append(local)
    }
    inLoop { check(body) }
    scope.inner.removeLast(names.count)
  }

  private func inLoop(_ body: () -> Void) {
    let outer = (loopDepth, mayLeave, usesLast)
    (loopDepth, mayLeave, usesLast) = (loopDepth + 1, true, false)
    body()
    (loopDepth, mayLeave, usesLast) = outer
  }

  /// The variable that an assignment means.
  private func declared(_ name: String) -> Local {
    if let local = scope.find(name) { return local }
    let local = Local(name, scope.newSlot())
    scope.names[name] = local
    return local
  }

  private func assign(_ target: Expression, _ type: ValueType, _ op: Operator?, _ span: SourceSpan) {
    guard case .name(let name) = target.kind else {
      check(target)
      if case .index(let base, _) = target.kind, case .name(let name) = base.kind, case .function? = name.place {
        report(Diagnostic(.notAssignable, "items of '\(name.name)' cannot be assigned to", at: target.span))
      }
      return
    }
    let local = declared(name.name)
    if op != nil, !local.isAssigned { reportUnassigned(local, target.span) }
    name.place = local.place
    local.isAssigned = true
    if local.isSettled { (local.type, local.origin) = (op == nil ? type : .any, span) }
  }

  // MARK: Names

  func resolve(_ name: NameSyntax, _ span: SourceSpan) -> ValueType {
    if let local = scope.find(name.name) {
      name.place = local.place
      if !local.isAssigned, isReadInOrder(local) { reportUnassigned(local, span) }
      return local.type
    }
    if let member = library.function(name.name) {
      name.place = .function(member)
      return member.isProperty ? member.result : .function
    }
    if let namespace = library.namespace(name.name) {
      name.place = .namespace(namespace)
      return .any
    }
    reportUnknown(name.name, span)
    return .any
  }

  /// Code of a function or a loop may run after assignments further down; other code of the same scope does not.
  private func isReadInOrder(_ local: Local) -> Bool { loopDepth == 0 && scope.names[local.name] === local }

  private func reportUnassigned(_ local: Local, _ span: SourceSpan) {
    // Only the first reading is worth a word.
    local.isAssigned = true
    let isHidden = scope.kind == .function && scope.parent?.find(local.name) != nil
    report(
      Diagnostic(
        .unknownName, "'\(local.name)' has no value here yet", at: span,
        hint: isHidden
          ? "a func that assigns '\(local.name)' has its own, apart from the one outside"
          : "it is assigned further down",
        fix: isHidden ? "take it as a parameter and return the new value" : "assign it first"))
  }

  private func reportUnknown(_ name: String, _ span: SourceSpan) {
    let habit = Habits.functions[name]
    let known = scope.allNames + library.functions.map(\.name) + library.namespaces.map(\.name)
    let near =
      habit == nil ? Habits.words[name] ?? Nearest.name(to: name, in: known + Keyword.allCases.map(\.rawValue)) : nil
    let help = near.flatMap { library.function($0)?.help }
    let message =
      name.hasPrefix("$") ? "'\(name)' is an argument of a closure, and this is outside one" : "there is no '\(name)'"
    report(
      Diagnostic(
        .unknownName, message, at: span, hint: near.map { "closest: \($0)\(help.map { " (\($0))" } ?? "")" },
        fix: habit ?? near.map { "replace with '\($0)'" }))
  }

  // MARK: Functions

  func check(_ syntax: FunctionSyntax, _ kind: Scope.Kind) {
    var globals: [String: Variable] = [:]
    for parameter in syntax.parameters {
      if let value = parameter.defaultValue { globals.merge(checkDefault(value)) { first, _ in first } }
    }
    let outer = (scope, loopDepth, mayLeave, mayReturn, usesLast, attempts)
    let inner = Scope(kind, parent: scope)
    for parameter in syntax.parameters {
      let local = Local(parameter.name.name, inner.newSlot())
      local.isAssigned = true
      inner.names[local.name] = local
    }
    let assigned = AssignmentCounter(syntax.body)
    for (name, _) in assigned.own where inner.names[name] == nil && !inner.reaches(name) {
      let local = Local(name, inner.newSlot())
      if assigned.counts[name] ?? 0 > 1 { settleNothing(local) }
      inner.names[name] = local
    }
    (scope, loopDepth, mayLeave, mayReturn, usesLast) = (inner, 0, true, true, true)
    check(syntax.body)
    (scope, loopDepth, mayLeave, mayReturn, usesLast, attempts) = outer
    syntax.layout = inner.layout
    syntax.layout.globals.merge(globals) { first, _ in first }
  }

  /// Defaults are evaluated in a call's own frame, so they refer to nothing but the session and the library.
  ///
  /// - Returns: the variables of the session that it refers to.
  private func checkDefault(_ value: Expression) -> [String: Variable] {
    let outer = scope
    var top = scope
    while let parent = top.parent { top = parent }
    let inner = Scope(.function, parent: top)
    scope = inner
    check(value)
    scope = outer
    if inner.layout.slotCount > 0 {
      report(Diagnostic(.unknownName, "a default cannot use variables of a function or loop", at: value.span))
    }
    return inner.layout.globals
  }

  // MARK: Imports

  private static func resolved(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

  /// Reads the files of `import` statements, each once, and puts their statements into the tree.
  private func readImports(_ block: Block, folder: String) {
    for statement in block.statements {
      guard case .importFile(let request) = statement.kind, let first = request.statements.first,
        case .expression(let expression) = first.kind, case .literal(.string(let name)) = expression.kind
      else { continue }
      statement.kind = .importFile(Block([], isImported: true))
      let path = name.hasPrefix("/") ? name : folder + "/" + name
      let resolved = Self.resolved(path)
      if importing.contains(resolved) {
        report(Diagnostic(.importCycle, "'\(name)' imports itself", at: expression.span, fix: "remove the import"))
        continue
      }
      guard imported.insert(resolved).inserted else { continue }
      guard let data = FileManager.default.contents(atPath: path) else {
        report(
          Diagnostic(
            .missingFile, "there is no file '\(name)'", at: expression.span, hint: "looked for \(path)",
            fix: "paths start at the folder of the importing script"))
        continue
      }
      importedFiles.append((path, data))
      let source = Source(
        String(decoding: data, as: UTF8.self), name: path,
        folder: URL(fileURLWithPath: path).deletingLastPathComponent().path)
      var parser = Parser(source, limits: interpreter.limits)
      let program = parser.program()
      parser.diagnostics.forEach(report)
      importing.append(resolved)
      readImports(program, folder: source.folder)
      importing.removeLast()
      statement.kind = .importFile(Block(program.statements, isImported: true))
    }
  }
}
