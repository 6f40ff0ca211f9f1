import Foundation

/// Reads JSON (RFC 8259) as values of the language; objects become records and keep their order.
struct JSONReader {
  struct Failure: Error {
    let reason: String
  }

  private static let deepest = 100
  private var rest: Substring.UnicodeScalarView

  init(_ text: some StringProtocol) { rest = Substring(text).unicodeScalars }

  /// The one value that the text is.
  mutating func whole() throws -> Value {
    let value = try value(depth: 0)
    skipSpace()
    guard rest.isEmpty else { throw Failure(reason: "something follows its end") }
    return value
  }

  private mutating func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" } }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipSpace()
    guard rest.first == scalar else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func need(_ scalar: Unicode.Scalar) throws {
    guard take(scalar) else {
      throw Failure(
        reason: rest.isEmpty ? "it ends early" : "there should be a '\(scalar)' before '\(rest.prefix(12))'")
    }
  }

  private mutating func value(depth: Int) throws -> Value {
    guard depth < JSONReader.deepest else { throw Failure(reason: "it is nested more than \(JSONReader.deepest) deep") }
    if take("{") {
      let record = try members(depth: depth)
      if record.names == ["quantity"], case .string(let text) = record.values[0], let quantity = Quantity(text) {
        return .quantity(quantity)
      }
      return .record(record)
    }
    if take("[") { return Value(try items(depth: depth)) }
    if rest.first == "\"" { return .string(try text()) }
    return try word()
  }

  private mutating func members(depth: Int) throws -> Record {
    var fields: [(name: String, value: Value)] = []
    if take("}") { return Record(fields) }
    repeat {
      skipSpace()
      let name = try text()
      try need(":")
      fields.append((name, try value(depth: depth + 1)))
    } while take(",")
    try need("}")
    return Record(fields)
  }

  private mutating func items(depth: Int) throws -> [Value] {
    var items: [Value] = []
    if take("]") { return items }
    repeat { items.append(try value(depth: depth + 1)) } while take(",")
    try need("]")
    return items
  }

  private mutating func word() throws -> Value {
    let word = String(
      rest.prefix { $0.properties.isAlphabetic || ("0"..."9").contains($0) || "+-.".unicodeScalars.contains($0) })
    rest = rest.dropFirst(word.unicodeScalars.count)
    switch word {
    case "null": return .none
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "NaN": return .float(.nan)
    default: break
    }
    if let number = Int(word), !word.hasPrefix("+") { return .int(number) }
    // `Double` reads more than JSON has.
    let isNumber = word.utf8.allSatisfy { (48...57).contains($0) || "+-.eE".utf8.contains($0) }
    guard isNumber, !word.hasPrefix("+"), let number = Double(word) else {
      throw Failure(reason: word.isEmpty ? "a value is missing" : "'\(word.prefix(20))' is no value")
    }
    return .float(number)
  }

  private mutating func text() throws -> String {
    guard take("\"") else { throw Failure(reason: "a name in quotes is missing") }
    var units: [UInt16] = []
    while let next = rest.first {
      rest = rest.dropFirst()
      if next == "\"" { return String(decoding: units, as: UTF16.self) }
      guard next == "\\" else {
        units += Array(String(next).utf16)
        continue
      }
      units.append(try escaped())
    }
    throw Failure(reason: "a quotation mark is never closed")
  }

  private mutating func escaped() throws -> UInt16 {
    let letters: [Unicode.Scalar: UInt16] = [
      "\"": 34, "\\": 92, "/": 47, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
    ]
    let letter = rest.first
    rest = rest.dropFirst()
    if let unit = letter.flatMap({ letters[$0] }) { return unit }
    let digits = String(rest.prefix(4))
    guard letter == "u", digits.utf8.count == 4, let unit = UInt16(digits, radix: 16) else {
      throw Failure(reason: "'\\\(letter.map(String.init) ?? "")' stands for nothing")
    }
    rest = rest.dropFirst(4)
    return unit
  }
}
