import Foundation

/// The format after a colon in `"\(x:.3)"`: `[<>][+][width][.decimals][e|%]`.
struct NumberFormat {
  private var alignsLeft: Bool?
  private var showsSign = false
  private var width = 0
  private var decimals: Int?
  private var style: Character?

  /// A format from its text, or `nil` if it is none.
  init?(_ text: String) {
    var rest = Substring(text.trimmingCharacters(in: .whitespaces))
    guard !rest.isEmpty, rest.count <= 16 else { return nil }
    if let sign = rest.first, sign == "<" || sign == ">" {
      alignsLeft = sign == "<"
      rest.removeFirst()
    }
    if rest.first == "+" {
      showsSign = true
      rest.removeFirst()
    }
    let digits = rest.prefix(while: \.isWholeNumber)
    width = digits.isEmpty ? 0 : Int(digits) ?? 1000
    rest = rest.dropFirst(digits.count)
    if rest.first == "." {
      let places = rest.dropFirst().prefix(while: \.isWholeNumber)
      guard let count = Int(places) else { return nil }
      decimals = count
      rest = rest.dropFirst(1 + places.count)
    }
    if let last = rest.first, rest.count == 1, last == "e" || last == "%" {
      style = last
      rest = ""
    }
    guard rest.isEmpty, width <= 200, decimals ?? 0 <= 30 else { return nil }
  }

  /// The value in this format; decimals and style concern numbers only.
  func apply(_ value: Value) -> String {
    var text = value.text
    if case .quantity(let quantity) = value, decimals != nil {
      text = plain(quantity.amount) + quantity.unit.rawValue
    } else if let number = value.number, number.isFinite, decimals != nil || style != nil {
      text = style == "%" ? plain(number * 100) + "%" : plain(number)
    }
    if showsSign, let number = value.number, number >= 0 { text = "+" + text }
    let space = String(repeating: " ", count: max(0, width - text.count))
    // Numbers stand to the right unless told otherwise, so that columns of them line up.
    return alignsLeft ?? (value.number == nil) ? text + space : space + text
  }

  private func plain(_ number: Double) -> String {
    let places = decimals ?? (style == "e" ? 3 : 1)
    return String(format: style == "e" ? "%.\(places)e" : "%.\(places)f", number)
  }
}
