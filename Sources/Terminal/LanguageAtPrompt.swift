import Foundation
import Script

/// What a session knows about the text at the prompt, in the editor's terms.
extension EditedLanguage {
  init(_ session: Session) {
    self.init(
      isComplete: { session.isComplete(PromptCommands.cell(in: $0)) },
      complete: { PromptCommands.completions(of: $0) ?? Self.completions(of: $0, at: $1, in: session) },
      styled: Self.styled,
      hint: { Self.hint(for: $0, at: $1, in: session) })
  }

  /// A text in the styles of its parts.
  static func styled(_ text: String) -> StyledText {
    var styled = StyledText(text)
    guard !text.isEmpty, !PromptCommands.isCommand(text) else { return styled }
    // From bytes to scalars.
    var places: [Int] = []
    for (index, scalar) in text.unicodeScalars.enumerated() {
      places += Array(repeating: index, count: UTF8.width(scalar))
    }
    places.append(styled.scalars.count)
    for highlight in Highlight.all(in: text) where highlight.range.upperBound < places.count {
      styled.paint(
        places[highlight.range.lowerBound]..<places[highlight.range.upperBound], style(highlight.kind))
    }
    return styled
  }

  private static func style(_ kind: Highlight.Kind) -> Style {
    switch kind {
    case .keyword: .keyword
    case .number: .number
    case .text: .text
    case .interpolation: .interpolation
    case .comment: .comment
    case .call: .call
    case .label: .label
    case .opening, .closing, .code: .plain
    case .error: .error
    }
  }

  /// The session's completions; where it wants a path, the files there are.
  static func completions(of text: String, at cursor: Int, in session: Session) -> Completions {
    let before = String(String.UnicodeScalarView(text.unicodeScalars.prefix(cursor)))
    let found = session.completions(of: text, at: before.count)
    let replacing = found.first?.replacing ?? ""
    let candidates = found.flatMap { item -> [Completions.Candidate] in
      item.kind == .file ? FileCandidates.soon(from: item.replacing) : [.init(text: item.text, note: item.detail)]
    }
    return Completions(replaced: replacing.unicodeScalars.count, candidates: candidates)
  }

  /// What is said below the text while a call is typed: the signature with the argument at the cursor, and what that is.
  static func hint(for text: String, at cursor: Int, in session: Session) -> [StyledText] {
    let before = String(String.UnicodeScalarView(text.unicodeScalars.prefix(cursor)))
    guard let hint = session.callHint(of: text, at: before.count) else { return [] }
    var signature = StyledText(hint.callee + "(", .quiet)
    // A long signature begins near the argument that is being written.
    let first = hint.current.map { $0 < 3 ? 0 : $0 - 1 } ?? 0
    if first > 0 || hint.isPartial { signature.append("… ", .quiet) }
    for (index, parameter) in hint.parameters.enumerated().dropFirst(first) {
      if index > first { signature.append(", ", .quiet) }
      signature.append(parameter, index == hint.current ? .strong : .quiet)
    }
    signature.append(")", .quiet)
    return [signature, StyledText("  " + hint.note, .quiet)]
  }
}
