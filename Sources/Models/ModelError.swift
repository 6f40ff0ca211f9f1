/// What can go wrong with a model because of what a user asked for or of a file that was read.
public enum ModelError: Error, CustomStringConvertible, Equatable {
  /// A word that the tokenizer does not know, the nearest ones that it does, and the line it stood in, if known.
  case unknownWord(String, nearest: [String], line: Int?)
  /// A prompt that leaves no room for what follows it: its length and the longest that fits, in tokens.
  case promptTooLong(tokens: Int, limit: Int, line: Int?)
  /// A list of words that cannot be a vocabulary.
  case vocabulary(problem: String)
  /// A setting out of its range.
  case setting(name: String, value: String, expected: String)
  /// A checkpoint that cannot be read.
  case checkpoint(path: String, problem: String)
  /// This build was made before the weights were.
  case noShippedWeights
  /// A computation gave a number that is not finite.
  case notFinite(String)
  /// A stop was asked for before the work was done.
  case stopped

  /// What is wrong, and the way out.
  public var description: String {
    switch self {
    case .unknownWord(let word, let nearest, let line):
      "\(Self.place(line))the model does not know the word '\(word)'"
        + (nearest.isEmpty ? "" : "; the nearest it knows: \(nearest.joined(separator: ", "))")
        + "; use words that it was trained with, or train one that knows it from janus(\"untrained\")"
    case .promptTooLong(let tokens, let limit, let line):
      "\(Self.place(line))the prompt has \(tokens) words, and the model reads at most \(limit); shorten it"
    case .vocabulary(let problem): problem
    case .setting(let name, let value, let expected): "\(name) is \(value), but must be \(expected)"
    case .checkpoint(let path, let problem): "cannot load the model from '\(path)': \(problem)"
    case .noShippedWeights: "this build ships no weights; run scripts/pretrain, then build again"
    case .notFinite(let what):
      "\(what) is not a finite number: the weights are damaged; go back to an earlier checkpoint"
    case .stopped: "stopped before the pictures were finished"
    }
  }

  private static func place(_ line: Int?) -> String { line.map { "line \($0): " } ?? "" }
}

extension ModelError {
  /// Refuses a setting out of its range.
  ///
  /// - Parameters:
  ///   - name: what the setting is called.
  ///   - value: what it is.
  ///   - holds: whether it may be that.
  ///   - expected: what it may be, in words.
  static func require(_ name: String, _ value: some CustomStringConvertible, _ holds: Bool, _ expected: String) throws {
    guard holds else { throw setting(name: name, value: "\(value)", expected: expected) }
  }
}
