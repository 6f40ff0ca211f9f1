/// A variable: a place that holds a value, shared by the functions that refer to it.
final class Variable {
  /// `nil` until it is assigned.
  var value: Value? { didSet { generation &+= 1 } }
  /// Grows with every assignment, so that what was found out about the value can be kept.
  private(set) var generation = 0
  /// The number of the place where it was last assigned; negative if there is none.
  var origin = -1
  private let graveyard: Graveyard

  init(_ value: Value? = nil, graveyard: Graveyard) { (self.value, self.graveyard) = (value, graveyard) }

  func assign(_ value: Value, at origin: Int) {
    self.value = value
    self.origin = origin
  }

  // Variables that hold closures that hold variables would be released one inside the other, and such a chain can be
  // longer than the stack; the graveyard releases it link by link.
  deinit { if mayHoldVariables { graveyard.bury(&value) } }

  private var mayHoldVariables: Bool {
    switch value {
    case .function: true
    case .some(let value): value.depth > 0
    case nil: false
    }
  }
}

/// Releases values one after the other instead of one inside the other.
final class Graveyard {
  private var waiting: [Value?] = []
  private var isReleasing = false

  func bury(_ value: inout Value?) {
    // Moved, not copied: a copy here would be the last one, and be released only on return.
    waiting.append(nil)
    swap(&waiting[waiting.count - 1], &value)
    guard !isReleasing else { return }
    isReleasing = true
    while !waiting.isEmpty { waiting.removeLast() }
    isReleasing = false
  }
}
