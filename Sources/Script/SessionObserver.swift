public import Foundation

/// One piece of a script between two `# %%` lines, or one input at the prompt.
public struct CellRecord: Sendable {
  /// Counted from 1 over the session.
  public let index: Int
  /// Its text.
  public let source: String
  /// The seed in force when it started.
  public let seed: Int

  /// A cell.
  public init(index: Int, source: String, seed: Int) { (self.index, self.source, self.seed) = (index, source, seed) }
}

/// A script as it was given to a session.
public struct ScriptRecord: Sendable {
  /// What diagnostics call it.
  public let name: String
  /// Where `import` starts.
  public let folder: String
  /// Its text.
  public let text: String
  /// Names and values that replace its own, in the order given.
  public let settings: [(name: String, value: String)]
}

/// Sees all that a session executes, in order; for journals.
public protocol SessionObserver: AnyObject {
  /// A checked script is about to run, cell by cell.
  func willRun(_ script: ScriptRecord)
  /// A checked cell is about to run.
  func willRun(_ cell: CellRecord)
  /// The cell, or the script, that is about to run has been put together with a file that it imports.
  func didImport(_ path: String, content: Data)
  /// A cell has run or failed.
  func didRun(_ cell: CellRecord, outcome: Outcome)
  /// A script has run or failed: its last cell is over.
  func didRun(_ script: ScriptRecord)
  /// The variables got the values that they had before a cell.
  func didUndo(cell: Int)
}

extension SessionObserver {
  /// Nothing.
  public func willRun(_ script: ScriptRecord) {}
  /// Nothing.
  public func didImport(_ path: String, content: Data) {}
  /// Nothing.
  public func didRun(_ script: ScriptRecord) {}
  /// Nothing.
  public func didUndo(cell: Int) {}
}
