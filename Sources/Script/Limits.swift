/// What bounds a script, so that no input can end the process.
public struct Limits: Sendable {
  /// The longest source in bytes: a hundred times the longest script that anybody would write by hand.
  public var source = 4 << 20
  /// Brackets, blocks and operators inside each other, bounded by the reader's own recursion.
  public var nesting = 100
  /// The sum of the nesting of all running calls. Measured: at most 1.2 KiB of stack a level in a debug build.
  public var depth = 4000
  /// Items of a list, bytes of a text.
  public var items = 10_000_000
  /// Containers inside each other in one value, bounded by the recursion of printing and comparing.
  public var valueDepth = 200
  /// Statements and loop turns that one cell may take; `nil` for any number.
  public var steps: Int?
  /// Diagnostics shown at once.
  public var diagnostics = 5

  /// The limits of an interactive session.
  public init() {}
}
