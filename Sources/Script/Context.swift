public import Primitives

/// What bound code may reach while it runs.
public struct Context {
  let interpreter: Interpreter

  /// Raised when the user asks to stop; a long operation looks at its stage to end in good order.
  public var stop: StopToken { interpreter.stop }

  /// Where text, displays and progress go.
  public var output: any SessionOutput { interpreter.output }

  /// The declarations in force.
  public var library: Library { interpreter.library }

  /// The seed that `seed(n)` set; 0 before that.
  public var seed: Int {
    get { interpreter.seed }
    nonmutating set { interpreter.seed = newValue }
  }

  /// Calls a function of the language.
  ///
  /// - Parameters:
  ///   - function: a function, a closure or a bound member.
  ///   - values: its arguments, unnamed; those that a closure does not name are dropped.
  /// - Returns: what it returned, or the value of its last expression.
  /// - Throws: a ``Diagnostic``.
  public func call(_ function: Function, _ values: [Value]) throws -> Value {
    try interpreter.callFromSwift(function, values)
  }

  /// Calls a function that is all of a process's work: the first request to stop ends its loops, as it does those of a cell.
  ///
  /// - Parameters:
  ///   - function: as in ``call(_:_:)``.
  ///   - values: as there.
  /// - Returns: as there.
  /// - Throws: a ``Diagnostic``.
  public func run(_ function: Function, _ values: [Value] = []) throws -> Value {
    try interpreter.callFromSwift(function, values, isOutermost: true)
  }

  /// Ends the operation if a stop was asked for; for loops that have nothing to put in order.
  ///
  /// - Throws: a ``Diagnostic`` for which ``Diagnostic/isStop`` holds.
  public func checkStop() throws { try interpreter.poll() }

  /// The session's host, if it is of this class.
  public func host<Host: AnyObject>(as type: Host.Type = Host.self) -> Host? { interpreter.host as? Host }
}
