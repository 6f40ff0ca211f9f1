/// One function, method or property that Swift gives to the language: the single declaration that dispatch, argument
/// checks, completion, help and the generated reference all read.
///
/// ## Notes for the author of a binding
///
/// A global function, a namespace, and a type with a method and a property:
///
/// ```swift
/// final class Trainer: BoundObject {
///   static let type = BoundType("trainer", "Trains a model", members: [
///     .method("run", of: Trainer.self, "Takes steps",
///       [Parameter("steps", .int, default: 200, limits: 1...1e6, "optimizer steps"),
///        Parameter("each", .function, default: .nothing, "called with every step's report")],
///       result: .record) { trainer, arguments, context in
///       let each: Function? = try arguments["each"]                      // absent arguments are nil
///       for step in 0..<(try arguments["steps"] as Int) {
///         try context.checkStop()                                        // Ctrl-C ends the loop here
///         if let each { _ = try context.call(each, [.int(step)]) }
///       }
///       return Value(record: ["steps": .int(trainer.taken)]) },
///     .property("history", of: Trainer.self, "Reward by step", result: .series) { trainer, _ in
///       Value(trainer.rewards) }])
///   var boundType: BoundType { Self.type }
///   var summary: String { "trainer after \(taken) steps" }
/// }
///
/// let library = Library(
///   functions: [.function("grpo", "Makes a trainer", [Parameter("model", .object("model"), "trained in place")],
///     result: .object("trainer")) { arguments, _ in .object(Trainer(try arguments["model"] as Model)) }],
///   namespaces: [Namespace("reward", "Rewards", members: [.function("oracle", …)])],
///   types: [Trainer.type, Model.type])
/// let session = Session(library: Library.standard.adding(library), output: output)
/// ```
///
/// - A first argument is given without its name, all others with it; `isUnnamed` and `.variadic` lift that.
/// - Arguments arrive checked: of the declared type, inside the limits, defaults filled in. A getter throws only
///   where the declaration says less than the getter asks.
/// - `result` lets the checker know the members of what a call gives, so that `trainer.rnu()` is an error before
///   anything runs. `.any` leaves it to run time.
/// - A trailing closure goes to the last parameter that takes a function and was not given.
/// - Throw any error whose description speaks to the user; it becomes a ``Diagnostic`` at the call. Throw a
///   ``Diagnostic`` without a span to choose code, hint and fix as well.
/// - Long loops poll ``Context/checkStop()``, or look at ``Context/stop`` to end in good order.
/// - What bound code needs from the program around it is the session's `host`: ``Context/host(as:)``.
/// - Bodies are `@Sendable`, so that declarations can be `static let`; they should capture nothing.
public struct Member: Sendable {
  /// The implementation: checked arguments and a context in, a value out.
  public typealias Body = @Sendable (Arguments, Context) throws -> Value

  /// The name.
  public let name: String
  /// One line of help, without a full stop.
  public let help: String
  /// What it takes, in order.
  public let parameters: [Parameter]
  /// What it gives.
  public let result: ValueType
  /// Source text that shows a use.
  public let example: String?
  /// Whether it is read without a call.
  public let isProperty: Bool
  /// Whether a call may change the object, or those that it was made with.
  public let changes: Bool
  /// Whether all that it does is to give its value, so that a call whose value is dropped is a mistake.
  public private(set) var isPure = false
  let body: Body

  /// The same, declared to do nothing but give its value.
  public var pure: Member {
    var result = self
    result.isPure = true
    return result
  }

  private init(
    _ name: String, _ help: String, _ parameters: [Parameter], _ result: ValueType, _ example: String?,
    isProperty: Bool, changes: Bool = false, body: @escaping Body
  ) {
    (self.name, self.help, self.parameters, self.result) = (name, help, parameters, result)
    (self.example, self.isProperty, self.changes, self.body) = (example, isProperty, changes, body)
    isPure = isProperty
  }

  /// A function: global, of a namespace, or of a built-in kind of value (which is then `arguments.receiver`).
  ///
  /// - Parameters:
  ///   - name: the name.
  ///   - help: one line without a full stop.
  ///   - parameters: what it takes, in order.
  ///   - result: what it gives.
  ///   - example: source text that shows a use.
  ///   - body: the implementation.
  public static func function(
    _ name: String, _ help: String, _ parameters: [Parameter] = [], result: ValueType = .none,
    example: String? = nil, _ body: @escaping Body
  ) -> Member {
    Member(name, help, parameters, result, example, isProperty: false, body: body)
  }

  /// A value that is found anew whenever its name is read, as `jobs` is.
  ///
  /// - Parameters:
  ///   - name: the name.
  ///   - help: one line without a full stop.
  ///   - result: what it gives.
  ///   - body: the implementation.
  public static func value(
    _ name: String, _ help: String, result: ValueType, _ body: @escaping @Sendable (Context) throws -> Value
  ) -> Member {
    Member(name, help, [], result, nil, isProperty: true) { _, context in try body(context) }
  }

  /// A method of a bound object.
  ///
  /// - Parameters:
  ///   - name: the name.
  ///   - receiver: the class of the object.
  ///   - help: one line without a full stop.
  ///   - parameters: what it takes, in order.
  ///   - result: what it gives.
  ///   - example: source text that shows a use.
  ///   - changes: whether a call may change the object, or those that it was made with.
  ///   - body: the implementation.
  public static func method<Receiver: BoundObject>(
    _ name: String, of receiver: Receiver.Type, _ help: String, _ parameters: [Parameter] = [],
    result: ValueType = .none, example: String? = nil, changes: Bool = false,
    _ body: @escaping @Sendable (Receiver, Arguments, Context) throws -> Value
  ) -> Member {
    Member(name, help, parameters, result, example, isProperty: false, changes: changes) { arguments, context in
      try body(arguments.receiver(as: Receiver.self), arguments, context)
    }
  }

  /// A property of a bound object.
  ///
  /// - Parameters:
  ///   - name: the name.
  ///   - receiver: the class of the object.
  ///   - help: one line without a full stop.
  ///   - result: what it gives.
  ///   - body: the implementation.
  public static func property<Receiver: BoundObject>(
    _ name: String, of receiver: Receiver.Type, _ help: String, result: ValueType,
    _ body: @escaping @Sendable (Receiver, Context) throws -> Value
  ) -> Member {
    Member(name, help, [], result, nil, isProperty: true) { arguments, context in
      try body(arguments.receiver(as: Receiver.self), context)
    }
  }

  /// A property of a built-in kind of value.
  static func property(
    _ name: String, _ help: String, result: ValueType, _ body: @escaping @Sendable (Value) throws -> Value
  ) -> Member {
    property(name, help, result: result) { value, _ in try body(value) }
  }

  /// A property of a built-in kind of value that goes through many items.
  static func property(
    _ name: String, _ help: String, result: ValueType, _ body: @escaping @Sendable (Value, Context) throws -> Value
  ) -> Member {
    Member(name, help, [], result, nil, isProperty: true) { arguments, context in
      try body(arguments.receiver, context)
    }
  }

  /// As help shows it: `grpo(model, group: 8, kl: 0)`.
  public var signature: String {
    isProperty ? name : "\(name)(\(parameters.map(\.signature).joined(separator: ", ")))"
  }
}
