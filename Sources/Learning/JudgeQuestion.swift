import Foundation
import Shapes

/// What a learned judge is asked, and what it answers.
public enum JudgeQuestion {
  /// The answer to a question that holds.
  public static let yes = "yes"
  /// The answer to one that does not.
  public static let no = "no"
  /// A question for a description of all that is there.
  public static let description = "what does this show ?"

  /// Everything that a judge reads and writes: the words of the world, and those of questions after them.
  public static var words: [String] {
    let known = Set(Vocabulary.words)
    return Vocabulary.words + ["does", "this", "show", "what", "?", yes, no].filter { !known.contains($0) }
  }

  /// Whether a picture shows what a prompt asks for.
  ///
  /// As in ReasonGen-R1, the judge gets the prompt without "a photo of", and no rationale.
  public static func text(_ prompt: String) -> String {
    var asked = prompt.trimmingCharacters(in: .whitespaces)
    if asked.lowercased().hasPrefix(Vocabulary.prefix + " ") { asked.removeFirst(Vocabulary.prefix.count + 1) }
    while asked.last == "." || asked.last == "?" { asked.removeLast() }
    return "does this show \(asked) ?"
  }
}
