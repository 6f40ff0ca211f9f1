import Foundation
import Records
import Script

/// What a script gets from outside: the journal keeps it, and a replay gets what the original got.
enum Outside {
  /// A text from outside.
  ///
  /// - Parameters:
  ///   - source: what gives it, in a word or two.
  ///   - request: what is asked; a replay that asks something else differs.
  ///   - answer: asks; not called while replaying.
  static func text(_ source: String, _ request: String, _ context: Context, _ answer: () throws -> String) throws
    -> String
  {
    guard let run = context.host(as: Run.self) else { return try answer() }
    return try run.outside(source, request, answer)
  }

  /// A value without objects from outside, such as a time that was measured.
  static func value(_ source: String, _ request: String, _ context: Context, _ answer: () throws -> Value) throws
    -> Value
  {
    let text = try text(source, request, context) {
      let writer = ValueWriter { object, _ in throw WorkbenchError.notArchived(object.boundType.name) }
      let content = try writer.write(answer(), context: context)
      return String(decoding: try JSONEncoder().encode(content), as: UTF8.self)
    }
    let content = try JSONDecoder().decode(StoredValues.self, from: Data(text.utf8))
    return try ValueReader(content, context: context) { kind, _, _ in throw WorkbenchError.notArchived(kind) }.read()
  }
}

extension Run {
  /// Something from outside that decides what happens, such as an answer of a program or which trial goes on: asked for
  /// and kept in the journal, or, while the run is replayed, what the original was given.
  ///
  /// - Parameters:
  ///   - source: what gives it, in a word or two.
  ///   - request: what is asked; a replay that asks something else differs.
  ///   - answer: asks; not called while replaying.
  /// - Throws: what `answer` throws, which is not kept; a stop where a replay differs.
  func outside(_ source: String, _ request: String, _ answer: () throws -> String) throws -> String {
    try journal.outside(source, request, answer)
  }
}
