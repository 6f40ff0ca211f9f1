import Foundation
import Primitives

/// A prompt and where it stood.
public struct PromptLine: Hashable, Sendable {
  /// The text, without surrounding blanks.
  public let text: String
  /// The file.
  public let file: String
  /// The line in the file, 1 for the first.
  public let line: Int

  /// A prompt and its place.
  public init(_ text: String, file: String, line: Int) {
    (self.text, self.file, self.line) = (text, file, line)
  }
}

/// Prompts from a file of any of the known kinds.
public enum PromptFile {
  /// Reads a folder of DPG-Bench prompts, a GenEval file (`.jsonl`), or text with one prompt a line.
  ///
  /// - Parameter path: the file or folder.
  /// - Returns: the prompts in order; at least one.
  /// - Throws: ``BenchmarksError``, or `AtomicFile.Failure` for a file that cannot be read.
  public static func read(_ path: String) throws -> [PromptLine] {
    var isFolder: ObjCBool = false
    // Fails for a missing file as well, which reading it then reports.
    if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      return try DPGBench.read(path).map(\.prompt)
    }
    if path.lowercased().hasSuffix(".jsonl") {
      return try GenEval.read(path).enumerated().map {
        PromptLine($1.prompt, file: path, line: $1.lineNumber ?? $0 + 1)
      }
    }
    return try readText(path)
  }

  /// Reads text with one prompt a line; blank lines, carriage returns and a byte-order mark are skipped.
  ///
  /// - Parameter path: the file.
  /// - Returns: the prompts in order; at least one.
  /// - Throws: ``BenchmarksError``, or `AtomicFile.Failure` for a file that cannot be read.
  public static func readText(_ path: String) throws -> [PromptLine] {
    let prompts = try lines(of: path).map { PromptLine(trim($0.text), file: path, line: $0.number) }
      .filter { !$0.text.isEmpty }
    guard !prompts.isEmpty else { throw BenchmarksError.noPrompts(path, expected: "one prompt a line") }
    return prompts
  }

  /// The lines of a text file, numbered from 1, whatever ends them.
  static func lines(of path: String) throws -> [(number: Int, text: Substring)] {
    let text = try text(of: path)
    return text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
      .enumerated().map { (number: $0 + 1, text: $1) }
  }

  /// A whole text file, without its byte-order mark.
  static func text(of path: String) throws -> String {
    guard let text = String(validating: try AtomicFile.read(path), as: UTF8.self) else {
      throw BenchmarksError.notText(path)
    }
    return text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
  }

  static func trim(_ text: some StringProtocol) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
