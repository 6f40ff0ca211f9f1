/// Why a benchmark file cannot be used, or a score cannot be computed.
public enum BenchmarksError: Error, CustomStringConvertible, Hashable, Sendable {
  /// A file or folder that holds no prompt: its path, what was looked for.
  case noPrompts(String, expected: String)
  /// A file that is not text in UTF-8.
  case notText(String)
  /// A line that is not what its format asks for: path, line, what is wrong.
  case malformed(String, line: Int, problem: String)
  /// Pictures that do not belong to the prompts: what was expected, what came.
  case pictures(expected: String, found: String)
  /// Two scorecards of different prompts: the first prompt in which they differ.
  case unpaired(String)

  /// What is wrong, where, and what would be right.
  public var description: String {
    switch self {
    case .noPrompts(let path, let expected): "'\(path)' holds no prompt; expected \(expected)"
    case .notText(let path): "'\(path)' is not text in UTF-8; save it as UTF-8 and read it again"
    case .malformed(let path, let line, let problem): "'\(path)', line \(line): \(problem)"
    case .pictures(let expected, let found): "scoring needs \(expected), but got \(found)"
    case .unpaired(let prompt):
      "these scorecards cannot be compared: they scored different prompts (first difference: \(prompt)); "
        + "score both models on the same profile, with the same count and seed"
    }
  }
}
