import Foundation
import Primitives

/// What a run ran on: `environment.json`. Every fact is given by the caller; nothing is looked up here.
public struct EnvironmentRecord: Sendable, Hashable, Codable {
  /// Easel's version.
  public var easel: String
  /// The Swift compiler's version.
  public var swift: String
  /// The operating system and its version.
  public var system: String
  /// The processor's model.
  public var processor: String
  /// How many threads computed.
  public var threads: Int
  /// What multiplies and adds: the instruction set of the kernels in use.
  public var kernels: String
  /// The seed of all random numbers.
  public var seed: Int
  /// The git revision of the sources, if there is one.
  public var revision: String?
  /// The kernel of the operating system and its version.
  public var kernel: String?
  /// The C library and its version.
  public var libc: String?
  /// What the processor can, of what decides which arithmetic is used.
  public var features: [String]?
  /// The shared libraries by the names of their files, which hold their versions.
  public var libraries: [String]?
  /// How numbers and texts are written here.
  public var locale: String?
  /// The variables of the environment that may change what is computed, `NAME=value`.
  public var variables: [String]?

  /// What a run ran on, as far as every machine can say; the rest is set.
  ///
  /// - Parameters:
  ///   - easel: Easel's version.
  ///   - swift: the Swift compiler's version.
  ///   - system: the operating system and its version.
  ///   - processor: the processor's model.
  ///   - threads: how many threads computed.
  ///   - kernels: the instruction set of the kernels in use.
  ///   - seed: the seed of all random numbers.
  ///   - revision: the git revision of the sources, or `nil`.
  public init(
    easel: String, swift: String, system: String, processor: String, threads: Int, kernels: String, seed: Int,
    revision: String? = nil
  ) {
    (self.easel, self.swift, self.system, self.processor) = (easel, swift, system, processor)
    (self.threads, self.kernels, self.seed, self.revision) = (threads, kernels, seed, revision)
  }

  /// The facts by name, as text, always in the same order; those that are not known left out.
  private var facts: [(name: String, text: String)] {
    let facts: [(String, String?)] = [
      ("easel", easel), ("swift", swift), ("system", system), ("processor", processor), ("threads", "\(threads)"),
      ("kernels", kernels), ("revision", revision), ("kernel", kernel), ("libc", libc),
      ("features", features?.joined(separator: " ")), ("libraries", libraries?.joined(separator: " ")),
      ("locale", locale), ("variables", variables?.joined(separator: " ")),
    ]
    return facts.compactMap { name, text in text.map { (name, $0) } }
  }

  /// What is not the same here, each in words: `threads were 2 and are 1`.
  ///
  /// - Parameter other: what an earlier run ran on. What it did not record counts as the same; its seed is the run's.
  public func differences(from other: EnvironmentRecord) -> [String] {
    other.facts.compactMap { name, old in
      guard let new = facts.first(where: { $0.name == name })?.text, new != old else { return nil }
      // Of a list only what is not in both.
      let (before, after) = (old.split(separator: " "), new.split(separator: " "))
      guard ["features", "libraries", "variables"].contains(name) else { return "\(name): was \(old), is \(new)" }
      let gone = before.filter { !after.contains($0) }.joined(separator: " ")
      let come = after.filter { !before.contains($0) }.joined(separator: " ")
      return "\(name): was \(gone.isEmpty ? "without" : gone), is \(come.isEmpty ? "without" : come)"
    }
  }

  /// The record as JSON, a fact a line, always in the same order.
  public var json: String {
    func list(_ items: [String]?) -> String? {
      items.map { "[" + $0.map(\.inJSON).joined(separator: ", ") + "]" }
    }
    let facts: [(String, String?)] = [
      ("easel", easel.inJSON), ("swift", swift.inJSON), ("system", system.inJSON),
      ("processor", processor.inJSON), ("threads", "\(threads)"), ("kernels", kernels.inJSON),
      ("seed", "\(seed)"), ("revision", revision.map(\.inJSON) ?? "null"),
      ("kernel", kernel.map(\.inJSON)),
      ("libc", libc.map(\.inJSON)), ("features", list(features)), ("libraries", list(libraries)),
      ("locale", locale.map(\.inJSON)), ("variables", list(variables)),
    ]
    let lines = facts.compactMap { name, text in text.map { "  \"\(name)\": \($0)" } }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  /// Writes the record; the file is either whole or absent.
  ///
  /// - Parameter path: where it goes.
  /// - Throws: `AtomicFile.Failure`.
  public func write(to path: String) throws { try AtomicFile.write(json, to: path) }

  /// Reads a record.
  ///
  /// - Parameter path: the file.
  /// - Throws: `AtomicFile.Failure`, or ``RecordsError/damaged(_:line:reason:)``.
  public static func read(_ path: String) throws -> EnvironmentRecord {
    let data = try AtomicFile.read(path)
    do {
      return try JSONDecoder().decode(EnvironmentRecord.self, from: data)
    } catch {
      throw RecordsError.damaged(path, line: 1, reason: "it is not the record of an environment")
    }
  }
}
