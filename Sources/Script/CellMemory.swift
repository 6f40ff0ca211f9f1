import OrderedCollections

/// What a session keeps of its cells: results by number, and what the variables were before.
struct CellMemory {
  /// Results kept; objects among them hold memory.
  static let results = 100
  /// Cells that can be undone.
  static let undos = 20

  /// What the variables were before a cell, its number and its text.
  struct Before {
    let cell: Int
    let text: String
    let values: [String: Value]
  }

  private(set) var before: [Before] = []

  /// Notes what the variables are before a cell runs.
  mutating func note(_ values: [String: Value], before cell: Int, _ text: String) {
    before.append(Before(cell: cell, text: text, values: values))
    if before.count > Self.undos { before.removeFirst() }
  }

  /// What the variables were before the last cell that was not undone.
  mutating func takeLast() -> Before? { before.popLast() }
}

/// What undoing a cell did.
public struct Undone: Sendable, Hashable {
  /// The number of the cell.
  public let cell: Int
  /// The variables that have an earlier value again.
  public let restored: [String]
  /// The variables that are gone.
  public let removed: [String]
  /// The variables whose objects the cell may have changed, as training does; they stay as they are.
  public let kept: [String]
}

extension Interpreter {
  /// Keeps a cell's result in `_3`, and lets go of the oldest.
  func keepResult(_ value: Value, of cell: Int) {
    let name = "_\(cell)"
    let variable = globals[name] ?? Variable(graveyard: graveyard)
    globals[name] = variable
    variable.value = value
    if let oldest = globals["_\(cell - CellMemory.results)"] { oldest.value = nil }
  }

  /// The values of all variables, those without one left out.
  var snapshot: [String: Value] {
    globals.reduce(into: [:]) { values, variable in values[variable.key] = variable.value.value }
  }
}

extension Session {
  /// Gives the variables the values that they had before the last cell that ran. What the cell did to objects, such as
  /// training a model, stays done.
  ///
  /// - Returns: what changed; `nil` if there is no cell to undo.
  public func undo() -> Undone? {
    guard let before = memory.takeLast() else { return nil }
    var (restored, removed): ([String], [String]) = ([], [])
    for (name, variable) in interpreter.globals {
      let (old, new) = (before.values[name], variable.value)
      guard old != new else { continue }
      variable.value = old
      guard !name.isResultName else { continue }
      if old == nil { removed.append(name) } else { restored.append(name) }
    }
    let kept = CellNames(before.text, changing: changingMembers).changes.sorted().filter {
      if case .object? = interpreter.globals[$0]?.value { true } else { false }
    }
    observer?.didUndo(cell: before.cell)
    return Undone(cell: before.cell, restored: restored, removed: removed, kept: kept)
  }
}
