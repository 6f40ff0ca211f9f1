import Foundation

/// Passes over a long text that a request to stop ends in their midst.
extension Context {
  /// How many bytes are looked at between two looks at the stop token.
  private static var stretch: Int { 1024 }

  /// Does something with the places of a part in a text, from the first to the last, none of which overlap.
  ///
  /// - Parameters:
  ///   - part: not empty; it stands where characters begin and end, so that `e` is no part of an `é`.
  ///   - text: what is searched.
  ///   - body: given a place in bytes; gives whether to go on.
  func forEachPlace(of part: String, in text: String, _ body: (Range<Int>) throws -> Bool) throws {
    guard part.isPlain || part.isComposed && text.isComposed else {
      return try forEachEqualPlace(of: part, in: text, body)
    }
    let (isPlain, wanted) = (try isPlain(text), part.utf8Span.span)
    let bytes = text.utf8Span.span
    var (place, work) = (0, 0)
    while place + wanted.count <= bytes.count {
      var length = 0
      while length < wanted.count, bytes[place + length] == wanted[length] { length += 1 }
      work += length + 1
      if work > Self.stretch {
        try checkStop()
        work = 0
      }
      let end = place + length
      if length == wanted.count, isPlain || text.isCharacterBoundary(place) && text.isCharacterBoundary(end) {
        guard try body(place..<end) else { return }
        place = end
      } else {
        place += 1
      }
    }
  }

  /// The same for letters beyond ASCII that are written in different ways.
  private func forEachEqualPlace(of part: String, in text: String, _ body: (Range<Int>) throws -> Bool) throws {
    var start = text.startIndex
    while let range = text.range(of: part, range: start..<text.endIndex) {
      try checkStop()
      let place = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
      let length = text.utf8.distance(from: range.lowerBound, to: range.upperBound)
      guard length > 0, try body(place..<(place + length)) else { return }
      start = range.upperBound
    }
  }

  /// Whether each byte is a character.
  private func isPlain(_ text: String) throws -> Bool {
    let bytes = text.utf8Span.span
    for place in bytes.indices {
      if bytes[place] >= 0x80 || bytes[place] == 0x0D { return false }
      if place % Self.stretch == 0 { try checkStop() }
    }
    return true
  }

  /// The parts of a text between the places of a separator, which is not empty.
  func split(_ text: String, by separator: String) throws -> [Value] {
    var (parts, start): ([Value], Int) = ([], 0)
    try forEachPlace(of: separator, in: text) { place in
      parts.append(.string(text.part(start..<place.lowerBound)))
      start = place.upperBound
      return true
    }
    parts.append(.string(text.part(start..<text.utf8.count)))
    return parts
  }

  /// What stands between white space.
  func words(_ text: String) throws -> [Value] {
    let tick = ticker()
    var words: [Value] = []
    if try isPlain(text) {
      let bytes = text.utf8Span.span
      var start = 0
      for place in 0...bytes.count {
        guard place == bytes.count || bytes[place] == 0x20 || (0x09...0x0D).contains(bytes[place]) else { continue }
        if start < place {
          try tick()
          words.append(.string(text.part(start..<place)))
        }
        start = place + 1
      }
      return words
    }
    let scalars = text.unicodeScalars
    var start: String.Index?
    try forEach(scalars.indices) { place in
      if !scalars[place].properties.isWhitespace {
        start = start ?? place
      } else if let begin = start {
        words.append(.string(String(text[begin..<place])))
        start = nil
      }
    }
    if let start { words.append(.string(String(text[start...]))) }
    return words
  }

  /// The lines of a text, which a line feed ends, or a return and a line feed.
  func lines(_ text: String) throws -> [Value] {
    var (lines, start): ([Value], Int) = ([], 0)
    let bytes = text.utf8Span.span
    for place in bytes.indices {
      if place % Self.stretch == 0 { try checkStop() }
      guard bytes[place] == 0x0A else { continue }
      let end = place > start && bytes[place - 1] == 0x0D ? place - 1 : place
      lines.append(.string(text.part(start..<end)))
      start = place + 1
    }
    lines.append(.string(text.part(start..<bytes.count)))
    return lines
  }

  /// A text changed stretch by stretch, by what looks at one letter at a time.
  func changed(_ text: String, _ change: (Substring) -> String) throws -> String {
    var (result, start) = ("", text.startIndex)
    while start < text.endIndex {
      try checkStop()
      var end = text.utf8.index(start, offsetBy: Self.stretch, limitedBy: text.endIndex) ?? text.endIndex
      // Not within a letter.
      while end < text.endIndex, text.utf8[end] & 0xC0 == 0x80 { text.utf8.formIndex(after: &end) }
      result += change(text[start..<end])
      start = end
    }
    return result
  }

  /// A text without white space at its ends.
  func trimmed(_ text: String) throws -> String {
    let tick = ticker()
    var rest = text.unicodeScalars[...]
    while rest.first?.properties.isWhitespace == true {
      try tick()
      rest.removeFirst()
    }
    while rest.last?.properties.isWhitespace == true {
      try tick()
      rest.removeLast()
    }
    return String(rest)
  }
}

extension String {
  /// Whether each byte is a character.
  fileprivate var isPlain: Bool { utf8.allSatisfy { $0 < 0x80 && $0 != 0x0D } }

  /// Whether every letter is written in one way, the composed one, as far as can be told without composing it.
  fileprivate var isComposed: Bool {
    var span = utf8Span
    return span.checkForNFC(quickCheck: true)
  }

  /// What stands at a place in bytes.
  func part(_ place: Range<Int>) -> String {
    let start = utf8.index(startIndex, offsetBy: place.lowerBound)
    return String(self[start..<utf8.index(start, offsetBy: place.count)])
  }

  /// Whether a character begins at a place in bytes, or the text ends.
  fileprivate func isCharacterBoundary(_ place: Int) -> Bool {
    let index = utf8.index(startIndex, offsetBy: place)
    return index == endIndex || Index(index, within: self) != nil
  }
}
