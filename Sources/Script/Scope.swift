/// A name as the checker knows it.
final class Local {
  let name: String
  let place: Place
  /// What its value is known to be; `.any` if it is assigned more than once.
  var type: ValueType = .any
  /// The function that it names, if it names only that.
  var definition: FunctionSyntax?
  /// Where it got its value.
  var origin: SourceSpan?
  /// Whether its value is certain to be of `type`: assigned at one place only.
  var isSettled = true
  /// Whether the reader has come to its first assignment.
  var isAssigned = false

  init(_ name: String, _ place: Place) { (self.name, self.place) = (name, place) }
}

/// The names of one function, or of the top level. Blocks have no names of their own but for loop variables.
final class Scope {
  enum Kind {
    case top
    /// What it assigns is its own, even where a variable outside has that name.
    case function
    /// What it assigns are the variables around it, where there are such.
    case closure
  }

  let kind: Kind
  let parent: Scope?
  var names: [String: Local] = [:]
  /// Loop variables and the like, the innermost last.
  var inner: [Local] = []
  private(set) var layout = Layout()

  init(_ kind: Kind, parent: Scope?) { (self.kind, self.parent) = (kind, parent) }

  func newSlot() -> Place {
    layout.slotCount += 1
    return .slot(layout.slotCount - 1)
  }

  /// The name as it is known here. A variable of a function around becomes a slot here too.
  func find(_ name: String) -> Local? {
    if let local = inner.last(where: { $0.name == name }) ?? names[name] { return local }
    guard let outer = parent?.find(name) else { return nil }
    if case .global(let variable) = outer.place { layout.globals[name] = variable }
    guard case .slot(let outerSlot) = outer.place else { return outer }
    parent?.share(outerSlot)
    let place = newSlot()
    if case .slot(let slot) = place { layout.captures.append((outerSlot, slot, name)) }
    let local = Local(name, place)
    (local.type, local.definition, local.origin) = (outer.type, outer.definition, outer.origin)
    (local.isSettled, local.isAssigned) = (outer.isSettled, true)
    names[name] = local
    return local
  }

  private func share(_ slot: Int) {
    guard !layout.ownShared.contains(slot), !layout.captures.contains(where: { $0.slot == slot }) else { return }
    layout.ownShared.append(slot)
  }

  /// Whether an assignment here may change a variable of this name that lies outside.
  func reaches(_ name: String) -> Bool {
    if inner.contains(where: { $0.name == name }) || names[name] != nil { return true }
    return kind == .closure && parent?.reaches(name) == true
  }

  /// All names that could be meant here, for suggestions.
  var allNames: [String] { inner.map(\.name) + names.keys.sorted() + (parent?.allNames ?? []) }
}

/// Counts assignments to names, so that the checker knows what a name can be before it reads the code in order.
struct AssignmentCounter {
  /// How often each name is assigned in the function's own code.
  private(set) var own: [(name: String, span: SourceSpan)] = []
  private(set) var counts: [String: Int] = [:]
  private var isInClosure = false

  init(_ block: Block) { visit(block) }

  private mutating func note(_ name: String, _ span: SourceSpan) {
    counts[name, default: 0] += 1
    if !isInClosure { own.append((name, span)) }
  }

  private mutating func visit(_ block: Block) { for statement in block.statements { visit(statement) } }

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .expression(let expression): visit(expression)
    case .assign(let target, let op, let value):
      visit(value)
      if case .name(let name) = target.kind {
        note(name.name, target.span)
        if op != nil { counts[name.name, default: 0] += 1 }
      } else {
        visit(target)
      }
    case .unpack(let targets, let value):
      visit(value)
      for target in targets {
        if case .name(let name) = target.kind { note(name.name, target.span) } else { visit(target) }
      }
    case .function(let name, _): note(name.name, statement.span)
    case .loop(_, let sequence, let body):
      visit(sequence)
      visit(body)
    case .whileLoop(let condition, let body):
      visit(condition)
      visit(body)
    case .returnValue(let value): if let value { visit(value) }
    case .assertion(let condition, let message):
      visit(condition)
      if let message { visit(message) }
    case .importFile(let block): visit(block)
    case .breakLoop, .continueLoop: break
    }
  }

  private mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .function(let syntax):
      let outer = isInClosure
      isInClosure = true
      visit(syntax.body)
      isInClosure = outer
    case .conditional(let branches, let otherwise):
      for (condition, block) in branches {
        visit(condition)
        visit(block)
      }
      if let otherwise { visit(otherwise) }
    case .attempt(let block, let otherwise, _):
      visit(block)
      visit(otherwise)
    default: for child in expression.children { visit(child) }
    }
  }
}

extension Expression {
  /// The expressions directly inside, blocks left out.
  var children: [Expression] {
    switch kind {
    case .literal, .name, .function, .missing, .attempt: []
    case .text(let pieces): pieces.compactMap { if case .value(let value, _) = $0 { value } else { nil } }
    case .list(let items): items
    case .dictionary(let entries): entries.flatMap { [$0.key, $0.value] }
    case .record(let fields): fields.map(\.value)
    case .member(let base, _): [base]
    case .index(let base, let index): [base, index]
    case .call(let call): [call.callee] + call.arguments.map(\.value)
    case .negate(let operand), .not(let operand): [operand]
    case .and(let left, let right), .or(let left, let right), .binary(_, let left, let right): [left, right]
    case .range(let low, let high, let step, _): [low, high] + (step.map { [$0] } ?? [])
    case .with(let base, let fields): [base] + fields.map(\.value)
    case .conditional(let branches, _): branches.map(\.condition)
    }
  }
}
