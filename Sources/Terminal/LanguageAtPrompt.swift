import Foundation
import Script

/// What a session knows about the text at the prompt, in the editor's terms.
extension EditedLanguage {
  init(_ session: Session) {
    self.init(
      isComplete: { session.isComplete($0) },
      complete: { Self.completions(of: $0, at: $1, in: session) },
      styled: Self.styled,
      hint: { _, _ in nil })
  }

  /// A text in the styles of its parts.
  static func styled(_ text: String) -> StyledText {
    var styled = StyledText(text)
    guard !text.isEmpty else { return styled }
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
      item.kind == .file ? FileCandidates.paths(from: item.replacing) : [.init(text: item.text, note: item.detail)]
    }
    return Completions(replaced: replacing.unicodeScalars.count, candidates: candidates)
  }
}

/// Paths that go on from what is written.
enum FileCandidates {
  /// The entries of a folder that begin with the last part of a path, folders with a slash behind, in order.
  static func paths(from written: String) -> [Completions.Candidate] {
    let cut = written.lastIndex(of: "/").map { written.index(after: $0) } ?? written.startIndex
    let (folder, start) = (String(written[..<cut]), String(written[cut...]))
    let place = folder.isEmpty ? "." : NSString(string: folder).expandingTildeInPath
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    return entries.filter { $0.hasPrefix(start) && (start.hasPrefix(".") || !$0.hasPrefix(".")) }.sorted().map { name in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: place + "/" + name, isDirectory: &isFolder)
      return Completions.Candidate(text: folder + name + (isFolder.boolValue ? "/" : ""))
    }
  }
}
