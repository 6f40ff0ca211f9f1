import Foundation

/// DPG-Bench's prompts: a folder with one dense prompt a file, named by the item's id.
///
/// Source: X. Hu et al., *ELLA: equip diffusion models with LLM for enhanced semantic alignment*, 2024 (arXiv 2403.05135).
public enum DPGBench {
  /// One prompt of the benchmark.
  public struct Item: Hashable, Sendable {
    /// The file's name without `.txt`; question tables refer to it.
    public let id: String
    /// The prompt.
    public let prompt: PromptLine
  }

  /// Reads a folder of prompts.
  ///
  /// - Parameter folder: the folder with the `.txt` files, 1,065 of them in the published set.
  /// - Returns: the items in order of their ids.
  /// - Throws: ``BenchmarksError`` for a folder without prompts, an empty file or one that is not text, or
  ///   `AtomicFile.Failure` for a file that cannot be read.
  public static func read(_ folder: String) throws -> [Item] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasSuffix(".txt") && !$0.hasPrefix(".") }.sorted()
    guard !names.isEmpty else {
      throw BenchmarksError.noPrompts(folder, expected: "a folder with one .txt file a prompt")
    }
    return try names.map { name in
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      // A prompt may run over several lines: it is one text all the same.
      let text = try PromptFile.text(of: path).split(whereSeparator: \.isNewline).map(PromptFile.trim)
        .filter { !$0.isEmpty }.joined(separator: " ")
      guard !text.isEmpty else { throw BenchmarksError.noPrompts(path, expected: "one prompt") }
      return Item(id: String(name.dropLast(4)), prompt: PromptLine(text, file: path, line: 1))
    }
  }
}
