/// What completion offers inside the quotes of a text, beyond the choices and paths that the parameter's type names.
public enum Suggestions: Sendable {
  /// Words of which the text is made, each offered where a word is being written.
  case words(@Sendable (Context) -> [String])
  /// Whole texts, each with a note, such as the checkpoints of earlier runs. Called at the prompt: it must be quick.
  case texts(@Sendable (Context) -> [(text: String, note: String)])
  /// The names of the columns of the table before the call's dot, or of the one that is its first argument.
  case columns
}
