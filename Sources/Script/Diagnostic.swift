/// What went wrong, in the one shape that every part of Easel shows.
///
/// ```
/// error E201: 'grpo' has no argument 'bata'
///   ablate.easel 14:19 |     lr: 1e-5, bata: 0.04, steps: 400)
///                      |               ^^^^ closest: beta (KL weight, default 0.04)
///   fix: replace with 'beta'        more: help(grpo)
/// ```
public struct Diagnostic: Error, Sendable, CustomStringConvertible {
  /// A second place that explains the first, such as where a value came from.
  public struct Note: Sendable {
    /// What the place has to do with it.
    public var text: String
    /// The place, if it is in a source text.
    public var span: SourceSpan?
  }

  /// A stable code, `E101`…; see ``Code``.
  public var code: Code
  /// One line that says what is wrong in the user's words.
  public var message: String
  /// Where.
  public var span: SourceSpan?
  /// A few words under the caret.
  public var hint: String?
  /// Where the offending value came from.
  public var because: Note?
  /// What to do; where it can be, text to paste.
  public var fix: String?
  /// What to ask for more, such as `help(grpo)`.
  public var more: String?
  /// Whether this reports that a stop was asked for, rather than a mistake.
  public var isStop: Bool { code == .stopped }

  /// A diagnostic.
  ///
  /// - Parameters:
  ///   - code: the stable code.
  ///   - message: what is wrong.
  ///   - span: where; the border between the language and bound code fills it in when it is `nil`.
  ///   - hint: a few words under the caret.
  ///   - because: where the offending value came from.
  ///   - fix: what to do.
  ///   - more: what to ask for more.
  public init(
    _ code: Code, _ message: String, at span: SourceSpan? = nil, hint: String? = nil, because: Note? = nil,
    fix: String? = nil, more: String? = nil
  ) {
    (self.code, self.message, self.span, self.hint) = (code, message, span, hint)
    (self.because, self.fix, self.more) = (because, fix, more)
  }

  /// The same, at a place if it had none.
  func located(_ place: SourceSpan) -> Diagnostic {
    var result = self
    if result.span == nil { result.span = place }
    return result
  }

  /// The whole text, as shown above.
  public var description: String { render(width: 100) }

  /// The whole text.
  ///
  /// - Parameters:
  ///   - width: the longest source line shown; longer ones are cut around the caret.
  ///   - columns: the characters of a line; others than the source's are broken at spaces.
  public func render(width: Int, columns: Int = .max) -> String {
    var lines = ["error \(code.rawValue): \(message)".wrapped(to: columns)]
    if let span { lines += Self.excerpt(span, hint: hint, width: width) } else if let hint { lines.append("  \(hint)") }
    if let because {
      lines.append("  because: \(because.text)".wrapped(to: columns))
      if let span = because.span { lines += Self.excerpt(span, hint: nil, width: width) }
    }
    let fixText = fix.map { "fix: \($0)" }
    let moreText = more.map { "more: \($0)" }
    let last = [fixText, moreText].compactMap { $0 }
    let line = "  " + last.joined(separator: "        ")
    lines += line.count <= columns ? last.isEmpty ? [] : [line] : last.map { "  \($0)".wrapped(to: columns) }
    return lines.joined(separator: "\n")
  }

  /// The source line with a caret under the span.
  private static func excerpt(_ span: SourceSpan, hint: String?, width: Int) -> [String] {
    let line = span.line
    let column = span.column
    let place = "\(span.source.name) \(line):\(column)"
    var characters = Array(span.source.lineText(line)).map { shown($0) }
    let inLine = span.range.clamped(to: span.source.lineRange(line))
    var caretStart = column - 1
    let caretLength = max(span.source.text(inLine).count, 1)
    if characters.count > width {
      let first = max(0, min(caretStart - width / 3, characters.count - width))
      let cut = Array(characters[first..<min(first + width, characters.count)])
      characters = (first > 0 ? ["…"] : []) + cut + (first + width < characters.count ? ["…"] : [])
      caretStart -= first - (first > 0 ? 1 : 0)
    }
    let margin = String(repeating: " ", count: place.count)
    let carets = String(repeating: "^", count: min(caretLength, max(characters.count - caretStart, 1)))
    let under = String(repeating: " ", count: caretStart) + carets
    let lines = ["  \(place) | \(String(characters))", "  \(margin) | \(under)"]
    guard let hint else { return lines }
    if under.count + 1 + hint.count <= width { return [lines[0], lines[1] + " " + hint] }
    // Not beside the caret, or the terminal would break it anywhere.
    return lines + hint.wrapped(to: width).split(separator: "\n").map { "  \(margin) | \($0)" }
  }

  /// Control characters would move the caret away from what it points at.
  private static func shown(_ character: Character) -> Character {
    character.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } ? character : " "
  }
}

extension Diagnostic {
  /// The stable codes. E1… are read errors, E2… are found before anything runs, E3… while running, E4… are files.
  public enum Code: String, Sendable, CaseIterable {
    /// A character that the language does not use.
    case character = "E101"
    /// A text without its closing quote, or with an escape that does not exist.
    case text = "E102"
    /// A number that cannot be read.
    case number = "E103"
    /// Something else was expected here.
    case syntax = "E104"
    /// A bracket without its partner.
    case bracket = "E105"
    /// Nested too deeply.
    case nesting = "E106"
    /// A source that is too long.
    case size = "E107"
    /// A format after `:` in `\(…)` that does not exist.
    case format = "E108"

    /// No argument of this name.
    case unknownArgument = "E201"
    /// An argument is missing.
    case missingArgument = "E202"
    /// An argument is given twice.
    case doubledArgument = "E203"
    /// More arguments than there are, or one that must be named.
    case unnamedArgument = "E204"
    /// A value of another kind than wanted.
    case kind = "E205"
    /// A quantity without its unit or with another one.
    case unit = "E206"
    /// A value outside what is allowed.
    case choice = "E207"
    /// A file that must exist does not.
    case missingFile = "E208"
    /// No such name.
    case unknownName = "E210"
    /// No such member.
    case unknownMember = "E211"
    /// Something that cannot be called.
    case notCallable = "E212"
    /// `break`, `continue` or `return` where there is nothing to leave.
    case misplaced = "E213"
    /// A `--set` that the script does not know, or of another kind.
    case setting = "E214"
    /// Something that cannot be assigned to.
    case notAssignable = "E215"

    /// Statements that nothing reaches.
    case unreachable = "E216"
    /// A value that is worked out and then dropped.
    case unused = "E217"

    /// An operator that does not fit its operands.
    case operands = "E301"
    /// A whole number that grew too large.
    case overflow = "E302"
    /// Division by zero.
    case division = "E303"
    /// An index that is out of range.
    case index = "E304"
    /// A key that is not there.
    case key = "E305"
    /// A name that has no value yet.
    case noValue = "E306"
    /// Calls nested too deeply.
    case depth = "E307"
    /// More steps than allowed.
    case steps = "E308"
    /// A stop was asked for.
    case stopped = "E309"
    /// An assertion that does not hold.
    case assertion = "E310"
    /// A bound member failed.
    case failed = "E311"
    /// A value that grew too large or too deep.
    case valueSize = "E312"

    /// A file that cannot be read.
    case unreadable = "E401"
    /// A file that imports itself.
    case importCycle = "E402"
  }
}
