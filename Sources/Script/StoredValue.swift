public import Foundation
public import Primitives

/// A value as it is written to a file; functions and objects by their numbers in ``StoredValues``.
///
/// Numbers are kept as their bits, which JSON would not keep of those that are not finite.
public indirect enum StoredValue: Codable, Sendable {
  /// `none`.
  case none
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// The bits of a number.
  case number(UInt64)
  /// The bits of an amount, and its unit as it is written.
  case quantity(UInt64, unit: String)
  /// A text.
  case text(String)
  /// A range.
  case range(NumberRange)
  /// A list.
  case list([StoredValue])
  /// A dictionary, in its order.
  case dictionary(keys: [StoredValue], values: [StoredValue])
  /// A record, in its order.
  case record(names: [String], values: [StoredValue])
  /// The bits of a series.
  case series([UInt64])
  /// A table by its columns.
  case table(names: [String], columns: [[StoredValue]])
  /// The number of a function.
  case function(Int)
  /// The number of an object.
  case object(Int)
}

/// A value with all that it refers to, so that another process can have the same.
///
/// What is shared stays shared: two closures that change one variable do so again, and a trainer and its model are as
/// they were. How objects are kept is up to who writes them; see ``ValueWriter``.
public struct StoredValues: Codable, Sendable {
  /// A function: its text, or the path of the bound member that it is.
  struct StoredFunction: Codable, Sendable {
    var name: String?
    /// Its text, and what diagnostics call the source.
    var text: String?
    var source: String?
    /// The numbers of the variables that it refers to.
    var captures: [String: Int] = [:]
    /// `grpo`, `reward.oracle` or, with a receiver, `trainer.run`.
    var member: String?
    var receiver: StoredValue?
  }

  /// An object: its kind and what it takes to make it again.
  struct StoredObject: Codable, Sendable {
    var kind: String
    var facts: StoredValue
  }

  /// The value.
  var root = StoredValue.none
  /// The seed in force.
  var seed = 0
  var variables: [StoredValue?] = []
  var functions: [StoredFunction] = []
  var objects: [StoredObject] = []
}

extension StoredValues {
  /// Adds all that decides what the value does: not what the sources of functions are called, nor their comments and
  /// spaces.
  ///
  /// - Throws: what keeps it from being written.
  public func combine(into digest: inout Fingerprint) throws {
    var plain = self
    for index in plain.functions.indices {
      plain.functions[index].source = nil
      plain.functions[index].text = plain.functions[index].text.map(Self.words)
    }
    digest.combine(bytes: try plain.json)
  }

  /// As JSON, always the same.
  ///
  /// - Throws: what keeps it from being written.
  public var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return try encoder.encode(self)
    }
  }

  /// A source's words and line ends, one space apart.
  private static func words(_ text: String) -> String {
    let source = Source(text)
    var lexer = Lexer(source, limits: Limits())
    return lexer.tokens().map { ($0.startsLine ? "\n" : " ") + source.text($0.range) }.joined()
  }
}

/// Why a value cannot be written, or not be read.
public enum StoredValueError: Error, CustomStringConvertible, Equatable {
  /// Containers inside each other beyond what the file's readers bear.
  case nesting(Int)
  /// A function that refers to `$0` of the closure around it.
  case unnamed(String)
  /// The file names something that this version does not know.
  case unknown(String)
  /// A value that cannot be written alone: its kind.
  case notPlain(String)

  /// What happened and what to do about it.
  public var description: String {
    switch self {
    case .nesting(let depth): "a value with \(depth) containers inside each other cannot be written; at most 100 can"
    case .unnamed(let text):
      "'\(text)' uses $0 of the closure around it, which cannot be written; name the closure's argument, as in { x in … }"
    case .notPlain(let kind): "\(kind) cannot be written down; numbers, texts, truth values, lists and records can"
    case .unknown(let name): "this version of Easel has no \(name); the file was written by another"
    }
  }
}

extension Value {
  /// The value as JSON, always the same.
  ///
  /// - Parameter context: any session's.
  /// - Throws: ``StoredValueError/notPlain(_:)`` if there are functions or objects in it.
  public func plainJSON(_ context: Context) throws -> String {
    let writer = ValueWriter { object, _ in
      throw StoredValueError.notPlain("\(ValueType.object(object.boundType.name))")
    }
    let stored = try writer.write(self, context: context)
    guard stored.functions.isEmpty else { throw StoredValueError.notPlain("a function") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(stored.root), as: UTF8.self)
  }

  /// The value that was written as JSON.
  ///
  /// - Parameters:
  ///   - text: what ``plainJSON(_:)`` gave.
  ///   - context: of the session that is to have it.
  /// - Throws: ``StoredValueError``, or what reading JSON throws.
  public init(plainJSON text: String, _ context: Context) throws {
    var stored = StoredValues()
    stored.root = try JSONDecoder().decode(StoredValue.self, from: Data(text.utf8))
    self = try ValueReader(stored, context: context) { kind, _, _ in throw StoredValueError.notPlain(kind) }.read()
  }
}
