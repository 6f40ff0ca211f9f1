/// A name after a dot, with what was found for it the last time.
final class MemberSite {
  private let name: Identifier
  private var kind = -1
  private var typeName = ""
  private var found: Member?
  private var place = 0
  private var shape: Record.Shape?
  /// Grows when something else is found.
  private(set) var version = 0

  init(_ name: Identifier) { self.name = name }

  /// The field of a record; records that come by one place mostly have the same fields.
  func field(of record: Record) -> Value? {
    if record.shape === shape { return record.values[place] }
    guard let index = record.place(of: name.name) else { return nil }
    (place, shape) = (index, record.shape)
    return record.values[index]
  }

  /// A property, or a method, of a value.
  func member(of value: Value, _ library: Library, _ because: () -> Diagnostic.Note?) throws -> Member {
    let kind = value.kind
    if kind == self.kind, let found {
      guard case .object(let object) = value else { return found }
      if object.boundType.name == typeName { return found }
    }
    let type = library.type(of: value.type)
    guard let member = type?.member(name.name) else {
      if case .record(let record) = value { throw Interpreter.unknownField(name, record, fix: nil) }
      throw library.unknownMember(name, of: type, value: value, because: because())
    }
    (self.kind, found, typeName, version) = (kind, member, type?.name ?? "", version + 1)
    return member
  }
}
