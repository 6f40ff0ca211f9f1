/// A kind of object, or of built-in value, and its members.
public struct BoundType: Sendable {
  /// The name that messages and `help` use, in lower case: `trainer`.
  public let name: String
  /// One line of help, without a full stop.
  public let help: String
  /// Its members, in the order of the reference.
  public let members: [Member]
  /// Whether objects of this kind never change.
  let isValue: Bool
  private let index: [String: Int]

  /// A kind of object.
  ///
  /// - Parameters:
  ///   - name: in lower case, as ``ValueType/object(_:)`` refers to it.
  ///   - help: one line without a full stop.
  ///   - members: its members; names must differ.
  ///   - isValue: whether objects of this kind never change, so that all members are ``Member/pure``.
  public init(_ name: String, _ help: String, members: [Member], isValue: Bool = false) {
    let members = isValue ? members.map(\.pure) : members
    (self.name, self.help, self.members, self.isValue) = (name, help, members, isValue)
    index = Dictionary(members.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  /// The member of a name, or `nil`.
  public func member(_ name: String) -> Member? { index[name].map { members[$0] } }
}

/// An object that the language holds by reference: a model, a trainer, a run.
public protocol BoundObject: AnyObject, SendableMetatype {
  /// Its kind.
  var boundType: BoundType { get }
  /// One line that says what it is: `trainer: 200 steps, reward 0.62`.
  var summary: String { get }
  /// What is shown when it is the value of a cell.
  func display() throws -> Display
  /// The same for so many columns of characters; for objects whose text can be narrow or wide.
  func display(width: Int) throws -> Display
}

extension BoundObject {
  /// Its summary as text.
  public func display() -> Display { Display(text: summary) }
  /// What is shown whatever the width.
  public func display(width: Int) throws -> Display { try display() }
}

/// An object that sums and products are made of, such as a reward: `0.7 * a + 0.3 * b`.
public protocol ArithmeticObject: BoundObject {
  /// `self + other`, which is also `other + self`; `nil` if there is no such sum.
  func sum(with other: Value) throws -> Value?
  /// `self * other`, which is also `other * self`; `nil` if there is no such product.
  func product(with other: Value) throws -> Value?
}

/// Functions under one name: `reward.judge(…)`, `reward.oracle()`.
public struct Namespace: Sendable {
  let type: BoundType

  /// Functions under one name.
  ///
  /// - Parameters:
  ///   - name: what is written before the dot.
  ///   - help: one line without a full stop.
  ///   - members: its functions.
  public init(_ name: String, _ help: String, members: [Member]) {
    type = BoundType(name, help, members: members)
  }

  /// What is written before the dot.
  public var name: String { type.name }
}
