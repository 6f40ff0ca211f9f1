/// A name where it was written.
struct Identifier {
  let name: String
  let span: SourceSpan
}

/// Where a name's variable is found; the checker decides it once.
enum Place {
  /// A slot of the running function.
  case slot(Int)
  /// A variable of the session.
  case global(Variable)
  /// A function of the library.
  case function(Member)
  /// A namespace of the library; only what stands after its dot has a value.
  case namespace(Namespace)
}

/// A name in an expression.
final class NameSyntax {
  let name: String
  var place: Place?

  init(_ name: String) { self.name = name }
}

/// An expression. Classes, because the checker writes what it resolved into them.
final class Expression {
  indirect enum Kind {
    case literal(Value)
    case text([Piece])
    case name(NameSyntax)
    case list([Expression])
    case dictionary([(key: Expression, value: Expression)])
    case record([Field])
    case member(Expression, Identifier)
    case index(Expression, Expression)
    case call(CallSyntax)
    case negate(Expression)
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    case binary(Operator, Expression, Expression)
    case range(Expression, Expression, step: Expression?, isClosed: Bool)
    case with(Expression, [Field])
    case function(FunctionSyntax)
    case conditional([(condition: Expression, block: Block)], otherwise: Block?)
    case attempt(Block, otherwise: Block, error: NameSyntax?)
    /// Stands for what could not be read.
    case missing
  }

  enum Piece {
    case text(String)
    case value(Expression, NumberFormat?)
  }

  var kind: Kind
  let span: SourceSpan

  init(_ kind: Kind, _ span: SourceSpan) { (self.kind, self.span) = (kind, span) }
}

/// `name: value` of a record.
struct Field {
  let name: Identifier
  let value: Expression
}

/// The operators with two operands that are both evaluated.
enum Operator: String {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case modulo = "%"
  case power = "**"
  case equal = "=="
  case unequal = "!="
  case less = "<"
  case greater = ">"
  case atMost = "<="
  case atLeast = ">="
  case contained = "in"
  case notContained = "not in"
}

/// One argument of a call.
struct Argument {
  var label: Identifier?
  var value: Expression
  var isTrailing = false
  /// `...cfg`: every field of a record is an argument.
  var isSpread = false
}

/// A call.
final class CallSyntax {
  var callee: Expression
  var arguments: [Argument]
  /// Whether the first argument came by `|>`, and the callee may therefore be a member of it.
  let isPiped: Bool
  /// Whether it calls a member that does nothing but give its value; found by the checker.
  var isPure = false
  /// Whether this is `x |> name` with a member of x, which then need not be a method.
  var readsMember: Bool {
    if isPiped, arguments.isEmpty, case .member = callee.kind { true } else { false }
  }

  init(_ callee: Expression, _ arguments: [Argument], isPiped: Bool = false) {
    (self.callee, self.arguments, self.isPiped) = (callee, arguments, isPiped)
  }
}

/// Statements in braces, or a whole cell. They share the variables of the function around them.
final class Block {
  let statements: [Statement]
  /// Whether they were read from an imported file.
  let isImported: Bool

  init(_ statements: [Statement], isImported: Bool = false) {
    (self.statements, self.isImported) = (statements, isImported)
  }
}

/// A statement.
final class Statement {
  enum Kind {
    case expression(Expression)
    /// `op` is that of `+=`.
    case assign(target: Expression, op: Operator?, value: Expression)
    /// `a, b = pair`.
    case unpack([Expression], Expression)
    case function(NameSyntax, FunctionSyntax)
    case loop(names: [NameSyntax], sequence: Expression, body: Block)
    case whileLoop(Expression, Block)
    case breakLoop
    case continueLoop
    case returnValue(Expression?)
    case assertion(Expression, message: Expression?)
    case importFile(Block)
  }

  var kind: Kind
  let span: SourceSpan
  /// Whether a `;` follows, so that its value is not shown.
  var isSilent = false

  init(_ kind: Kind, _ span: SourceSpan) { (self.kind, self.span) = (kind, span) }
}

extension Statement {
  /// Whether what follows in its block is never reached.
  var alwaysLeaves: Bool {
    switch kind {
    case .returnValue, .breakLoop, .continueLoop: true
    case .expression(let expression):
      if case .conditional(let branches, let otherwise?) = expression.kind {
        (branches.map(\.block) + [otherwise]).allSatisfy { $0.statements.last?.alwaysLeaves == true }
      } else {
        false
      }
    default: false
    }
  }
}

extension Expression {
  var isFunction: Bool { if case .function = kind { true } else { false } }
}

/// A function or closure as it was written.
final class FunctionSyntax {
  let name: String?
  let parameters: [(name: Identifier, defaultValue: Expression?)]
  let body: Block
  let documentation: String?
  /// What calls are matched against.
  let signature: [Parameter]
  /// How deeply its expressions nest; a call takes that much of the depth limit.
  let nesting: Int
  /// Where it is written; of `start call()` the call alone.
  let span: SourceSpan
  /// Where its variables are; found by the checker.
  var layout = Layout()
  /// Made by the compiler.
  var code: FunctionCode?

  init(
    name: String?, parameters: [(name: Identifier, defaultValue: Expression?)], body: Block, documentation: String?,
    nesting: Int, span: SourceSpan
  ) {
    (self.name, self.parameters, self.body) = (name, parameters, body)
    (self.documentation, self.nesting, self.span) = (documentation, nesting, span)
    // A closure has no name under which its parameters are known, so its arguments need none.
    let isClosure = name == nil
    signature = parameters.map { parameter, defaultValue in
      Parameter(
        parameter.name, .any, default: defaultValue.map { .described($0.span.text) }, "", isUnnamed: isClosure)
    }
  }
}
