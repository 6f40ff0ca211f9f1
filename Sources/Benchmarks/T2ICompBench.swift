/// T2I-CompBench's prompt lists: one text file a category.
///
/// Source: K. Huang et al., *T2I-CompBench++*, 2025 (arXiv 2307.06350).
public enum T2ICompBench {
  /// The categories of T2I-CompBench++ in the paper's order; the first six are those of the original.
  public enum Category: String, CaseIterable, Sendable {
    case color, shape, texture, spatial
    case nonSpatial = "non_spatial"
    case complex
    case spatial3D = "3d_spatial"
    case numeracy
  }

  /// Reads one list: a line's text up to the first tab, since the published generator ignores what follows it.
  ///
  /// - Parameter path: a file such as `color_val.txt`.
  /// - Returns: the prompts in order; 300 in each published `_val` file.
  /// - Throws: ``BenchmarksError``, or `AtomicFile.Failure` for a file that cannot be read.
  public static func read(_ path: String) throws -> [PromptLine] {
    let prompts = try PromptFile.lines(of: path)
      .map { PromptLine(PromptFile.trim($0.text.prefix { $0 != "\t" }), file: path, line: $0.number) }
      .filter { !$0.text.isEmpty }
    guard !prompts.isEmpty else { throw BenchmarksError.noPrompts(path, expected: "one prompt a line") }
    return prompts
  }

  /// Reads the test prompts of a category.
  ///
  /// - Parameters:
  ///   - category: the category.
  ///   - folder: the folder with the `_val.txt` files.
  /// - Returns: the prompts in order.
  /// - Throws: as ``read(_:)``.
  public static func read(_ category: Category, in folder: String) throws -> [PromptLine] {
    try read("\(folder)/\(category.rawValue)_val.txt")
  }
}
