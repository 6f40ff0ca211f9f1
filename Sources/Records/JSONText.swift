import Foundation

/// JSON written and read with its keys in order, which Foundation's does not keep.
enum JSONText {
  /// The fewest digits that read back as the same number; `null` for what is not finite, which JSON cannot say.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Reads an object of numbers: its keys in order, NaN for `null`; or `nil` if it is anything else.
  static func numbers(_ line: Substring) -> [(key: String, value: Double)]? {
    var rest = line.utf8[...]
    func skipSpace() { rest = rest.drop { " \t\r".utf8.contains($0) } }
    func take(_ letter: Unicode.Scalar) -> Bool {
      skipSpace()
      guard rest.first == UInt8(ascii: letter) else { return false }
      rest = rest.dropFirst()
      return true
    }
    var result: [(key: String, value: Double)] = []
    guard take("{") else { return nil }
    if !take("}") {
      repeat {
        skipSpace()
        guard let key = string(&rest), take(":") else { return nil }
        skipSpace()
        guard let value = number(&rest) else { return nil }
        result.append((key, value))
      } while take(",")
      guard take("}") else { return nil }
    }
    skipSpace()
    return rest.isEmpty ? result : nil
  }

  /// Takes a text in quotes from the front.
  private static func string(_ rest: inout Substring.UTF8View) -> String? {
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    var end = rest.index(after: rest.startIndex)
    while end < rest.endIndex, rest[end] != UInt8(ascii: "\"") {
      if rest[end] == UInt8(ascii: "\\") { rest.formIndex(after: &end) }
      guard end < rest.endIndex else { return nil }
      rest.formIndex(after: &end)
    }
    guard end < rest.endIndex else { return nil }
    let token = rest[...end]
    rest = rest[rest.index(after: end)...]
    return try? JSONDecoder().decode(String.self, from: Data(token))
  }

  /// Takes a number or `null` from the front.
  private static func number(_ rest: inout Substring.UTF8View) -> Double? {
    let token = rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
    rest = rest[token.endIndex...]
    let text = String(Substring(token)).trimmingCharacters(in: .whitespaces)
    if text == "null" { return .nan }
    // Double reads more than JSON allows ("nan", "0x1p3"): only JSON's own letters pass.
    guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
    return Double(text)
  }
}
