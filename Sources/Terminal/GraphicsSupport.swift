import Synchronization

/// How a terminal takes pictures, as it says itself.
///
/// It is asked once, when the first prompt is drawn; its answers come through the key reader whenever they come, so
/// that nothing waits for them and a late one is not typed into the text.
final class GraphicsSupport: Sendable {
  /// A way to send pictures.
  enum Way: Equatable {
    case kitty, iterm, sixel
    /// Two pixels a character, in colour.
    case blocks
  }

  /// A one-pixel picture that is not to be shown (answered by terminals that know kitty's protocol), name and version,
  /// the size of a character in pixels, and what kind of terminal it is, which all of them answer.
  static let question = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[>q\u{1B}[16t\u{1B}[c"

  private struct Answers {
    var isKitty = false
    var isITerm = false
    var isSixel = false
    var cell: (width: Int, height: Int)?
  }

  private let answers = Mutex(Answers())
  private let hasColour: Bool

  /// - Parameter hasColour: whether the environment wants colour and the terminal has more than sixteen; blocks
  ///   need both.
  init(hasColour: Bool) { self.hasColour = hasColour }

  /// Takes in what the terminal said, without its Escape: `_Gi=31;OK`.
  func take(_ reply: String) {
    answers.withLock { answers in
      if reply == "_Gi=31;OK" { answers.isKitty = true }
      let knowsITerm = ["P>|iTerm2", "P>|WezTerm", "P>|mintty"]
      if knowsITerm.contains(where: reply.hasPrefix) { answers.isITerm = true }
      if reply.hasPrefix("[?"), reply.hasSuffix("c") {
        let attributes = reply.dropFirst(2).dropLast().split(separator: ";").dropFirst()
        if attributes.contains("4") { answers.isSixel = true }
      }
      let numbers = reply.dropFirst().dropLast().split(separator: ";").compactMap { Int($0) }
      if reply.hasPrefix("[6;"), reply.hasSuffix("t"), numbers.count == 3, numbers[1] > 0, numbers[2] > 0 {
        answers.cell = (width: numbers[2], height: numbers[1])
      }
    }
  }

  /// The best way that the terminal has answered for; `nil` if there is none.
  var way: Way? {
    answers.withLock { answers in
      if answers.isKitty { return .kitty }
      if answers.isITerm { return .iterm }
      if answers.isSixel { return .sixel }
      return hasColour ? .blocks : nil
    }
  }

  /// The pixels of one character: what the terminal or the kernel says, else a usual size.
  func cell(_ size: TerminalSize) -> (width: Int, height: Int) {
    answers.withLock { $0.cell } ?? size.cell ?? (width: 9, height: 18)
  }
}
