/// One thing that could be written at the cursor.
public struct Completion: Sendable, Hashable {
  /// What it is.
  public enum Kind: Sendable, Hashable {
    /// A name of the language, such as `for`.
    case keyword
    /// A variable of the session.
    case variable
    /// A function, a namespace or a member.
    case member
    /// The name of an argument, with its colon.
    case argument
    /// A value that the argument may be, or inside quotes a text.
    case choice
    /// A word of the text that is being written.
    case word
    /// A text for a path: the front end lists files.
    case file
  }

  /// What to write.
  public var text: String
  /// What is already there and is replaced; the end of the text before the cursor.
  public var replacing: String
  /// What it is.
  public var kind: Kind
  /// One line about it: its signature, type and default.
  public var detail: String
}
