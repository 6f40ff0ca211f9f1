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

  /// What a run ran on.
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

  /// The record as JSON, a fact a line, always in the same order.
  public var json: String {
    let facts = [
      ("easel", JSONText.quoted(easel)), ("swift", JSONText.quoted(swift)), ("system", JSONText.quoted(system)),
      ("processor", JSONText.quoted(processor)), ("threads", "\(threads)"), ("kernels", JSONText.quoted(kernels)),
      ("seed", "\(seed)"), ("revision", revision.map(JSONText.quoted) ?? "null"),
    ]
    return "{\n" + facts.map { "  \"\($0)\": \($1)" }.joined(separator: ",\n") + "\n}\n"
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
