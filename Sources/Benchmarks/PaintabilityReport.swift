public import Shapes

/// Which prompts of a file the shapes world can paint, and why not the others.
public struct PaintabilityReport: Sendable, CustomStringConvertible {
  /// A prompt that can be painted.
  public struct Accepted: Hashable, Sendable {
    /// Where it stood.
    public let source: PromptLine
    /// What it asks for.
    public let prompt: Prompt
  }

  /// A prompt that cannot.
  public struct Refused: Hashable, Sendable {
    /// Where it stood.
    public let source: PromptLine
    /// The first thing that is wrong with it.
    public let error: ShapesError
    /// Every word of it that the world does not know.
    public let unknownWords: [String]
  }

  /// Prompts that can be painted, in order.
  public let accepted: [Accepted]
  /// Prompts that cannot, in order.
  public let refused: [Refused]

  /// Tries every prompt.
  public init(_ lines: [PromptLine]) {
    var (accepted, refused): ([Accepted], [Refused]) = ([], [])
    for source in lines {
      do throws(ShapesError) {
        accepted.append(Accepted(source: source, prompt: try PromptParser.parse(source.text, line: source.line)))
      } catch {
        refused.append(
          Refused(source: source, error: error, unknownWords: PromptParser.unknownWords(in: source.text)))
      }
    }
    (self.accepted, self.refused) = (accepted, refused)
  }

  /// The refused prompts by kind of reason, the most frequent kind first.
  public var reasons: [(reason: String, prompts: [Refused])] {
    var groups: [(reason: String, prompts: [Refused])] = []
    for refusal in refused {
      let reason = Self.reason(refusal.error)
      if let index = groups.firstIndex(where: { $0.reason == reason }) {
        groups[index].prompts.append(refusal)
      } else {
        groups.append((reason, [refusal]))
      }
    }
    // Ties keep the order of the file.
    return groups.enumerated().sorted { ($1.element.prompts.count, $0.offset) < ($0.element.prompts.count, $1.offset) }
      .map(\.element)
  }

  /// The unknown words with the number of prompts that use each and the first place, the most frequent first.
  public var unknownWords: [(word: String, prompts: Int, first: PromptLine)] {
    var places: [String: Int] = [:]
    var words: [(word: String, prompts: Int, first: PromptLine)] = []
    for refusal in refused {
      for word in refusal.unknownWords {
        if let place = places[word] {
          words[place].prompts += 1
        } else {
          places[word] = words.count
          words.append((word, 1, refusal.source))
        }
      }
    }
    return words.enumerated().sorted { ($1.element.prompts, $0.offset) < ($0.element.prompts, $1.offset) }
      .map(\.element)
  }

  /// A summary: the counts, each reason with its first prompts, and the words that would help most.
  public var description: String {
    let total = accepted.count + refused.count
    var text = "\(total) prompts: the tiny model can paint \(accepted.count) and cannot paint \(refused.count)"
    for (reason, prompts) in reasons {
      text += "\n  \(prompts.count) × \(reason)"
      for refusal in prompts.prefix(3) { text += "\n      \(Self.line(refusal))" }
      if prompts.count > 3 { text += "\n      … and \(prompts.count - 3) more" }
    }
    let words = unknownWords
    guard !words.isEmpty else { return text }
    let listed = words.prefix(12).map { "\($0.word) (\($0.prompts))" }.joined(separator: ", ")
    return text + "\n  words it would have to know: \(listed)" + (words.count > 12 ? ", … \(words.count) in all" : "")
  }

  /// The place, the word that is in the way, and the prompt cut to a readable length.
  private static func line(_ refusal: Refused) -> String {
    let text = refusal.source.text
    let prompt = text.count > 60 ? text.prefix(60) + "…" : text[...]
    let word =
      switch refusal.error {
      case .unknownWord(let word, _, _), .repeatedShape(let word, _): "'\(word)'"
      case .misplaced(let word, _, let expected): "\(word.isEmpty ? "the end" : "'\(word)'") instead of \(expected)"
      case .tooMany(let count, _): "\(count) objects"
      }
    return "\(refusal.source.file):\(refusal.source.line): \(word) in “\(prompt)”"
  }

  private static func reason(_ error: ShapesError) -> String {
    switch error {
    case .unknownWord: "a word that the shapes world does not know"
    case .misplaced: "known words in an order that says nothing to it"
    case .repeatedShape: "one shape named twice"
    case .tooMany: "more objects than a picture has room for"
    }
  }
}
