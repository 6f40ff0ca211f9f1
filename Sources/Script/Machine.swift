/// What a compiled expression does.
typealias Evaluation = (inout Machine) throws -> Value
/// What a compiled condition does.
typealias Test = (inout Machine) throws -> Bool
/// What a compiled statement does.
typealias Execution = (inout Machine) throws -> Flow

/// How a statement is left; a `returning` one has put its value into the machine's result.
enum Flow {
  case onward, breaking, continuing, returning
}

/// The variables and counters of what runs. One machine runs at a time; a call from Swift has one of its own, because
/// the one that called Swift waits meanwhile.
struct Machine {
  var slots = Slots()
  /// The variables that the running function shares with closures: those it was made with, then its own.
  var shared: [Variable] = []
  /// The nesting of all running calls.
  var depth = 0
  /// Statements and loop turns so far.
  var steps = 0
  /// At how many steps to look at the stop token and the budget again.
  var checkpoint = 0
  var result = Value.none

  subscript(slot: Int) -> Value? {
    @inline(__always) get { slots[slot] }
    @inline(__always) set { slots[slot] = newValue }
  }

  /// The value that a slot holds, which it then no longer does, so that a long list is changed in place.
  mutating func take(_ slot: Int) -> Value? {
    var value: Value?
    swap(&value, &slots[slot])
    return value
  }

  /// An item of the list in a slot; `nil` if there is no list with such an item.
  @inline(__always)
  func item(_ slot: Int, _ index: Int) -> Value? {
    guard case .list(let list)? = slots[slot], index >= 0, index < list.items.count else { return nil }
    return list.items[index]
  }

  /// Replaces an item of the list in a slot by a value without parts; `false` if there is no list with such an item.
  @inline(__always)
  mutating func replaceItem(_ slot: Int, _ index: Int, _ value: Value) -> Bool {
    slots[slot].replaceItem(index, value)
  }

  /// Adds to the text in a slot; `false` if there is none, or if it would have more bytes than allowed.
  mutating func append(_ slot: Int, _ text: String, limit: Int) -> Bool {
    guard case .string? = slots[slot], case .string(var whole)? = take(slot) else { return false }
    let fits = whole.utf8.count + text.utf8.count <= limit
    if fits { whole += text }
    slots[slot] = .string(whole)
    return fits
  }

  /// Changes an entry of the dictionary in a slot; `false` if there is none, or if the change gives nothing.
  @inline(__always)
  mutating func changeEntry(_ slot: Int, _ key: Value, _ change: (Value) -> Value?) -> Bool {
    guard case .dictionary? = slots[slot], case .dictionary(var mapping)? = take(slot) else { return false }
    let isDone = mapping.changeSimply(key, change)
    slots[slot] = .dictionary(mapping)
    return isDone
  }

  /// Whether the dictionary in a slot has a key; `nil` if there is none.
  @inline(__always)
  func has(_ slot: Int, _ key: Value) -> Bool? {
    if case .dictionary(let mapping)? = slots[slot] { mapping.has(key) } else { nil }
  }

  /// The whole number in a slot; `nil` if something else is there.
  @inline(__always)
  func whole(_ slot: Int) -> Int? { if case .int(let number)? = slots[slot] { number } else { nil } }

  mutating func takeResult() -> Value {
    var value = Value.none
    swap(&value, &result)
    return value
  }
}

extension Value? {
  @inline(__always)
  fileprivate mutating func replaceItem(_ index: Int, _ value: Value) -> Bool {
    guard value.depth == 0, case .list? = self else { return false }
    var held: Value?
    swap(&held, &self)
    guard case .list(var list)? = consume held else { return false }
    let isInside = index >= 0 && index < list.items.count
    if isInside { list.replaceSimple(at: index, with: value) }
    self = .list(list)
    return isInside
  }
}

/// A compiled function.
final class FunctionCode {
  let slotCount: Int
  /// What a call takes of the depth limit: six levels more pay for the call itself.
  let cost: Int
  /// Whether it shares no variables with closures.
  let isPlain: Bool
  /// How many of its own variables closures share.
  let ownShared: Int
  /// Where each parameter goes, and what counts if it is not given.
  let parameters: [(place: Compiler.Storage, defaultValue: Evaluation?)]
  let body: Evaluation

  init(
    _ syntax: FunctionSyntax, _ parameters: [(place: Compiler.Storage, defaultValue: Evaluation?)],
    _ body: @escaping Evaluation
  ) {
    (self.parameters, self.body) = (parameters, body)
    (slotCount, cost) = (syntax.layout.slotCount, syntax.nesting + 6)
    ownShared = syntax.layout.ownShared.count
    isPlain = ownShared == 0 && syntax.layout.captures.isEmpty
  }
}

/// Where the variables of a function or of the top level are; found by the checker.
struct Layout {
  /// How many slots there are: the parameters', which come first, and all others.
  var slotCount = 0
  /// Which slots of the function around it are shared with which of its own.
  var captures: [(outer: Int, slot: Int, name: String)] = []
  /// The variables of the session that a function refers to.
  var globals: [String: Variable] = [:]
  /// Slots that functions inside share, those captured from outside left out.
  var ownShared: [Int] = []
}
