/// Judgements read from what a judge wrote.
public enum JudgementText {
  /// Yes is 1 and no is 0; anything else is a failure that quotes the answer.
  public static func yesOrNo(_ text: String) -> Judgement {
    switch text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased() {
    case JudgeQuestion.yes: Judgement(1)
    case JudgeQuestion.no: Judgement(0)
    default: failure(text)
    }
  }

  /// The number in `\boxed{…}`: exactly `1` is 1 and exactly `0` is 0.
  ///
  /// Anything else is a failure: no box, an unclosed or empty one, `" 1"`, `"1.0"`, and boxes that contradict each other.
  ///
  /// Source: ReasonGen-R1 (arXiv 2505.24875), published code, `RewardModelWorker`.
  ///
  /// - Parameters:
  ///   - text: what the judge wrote, its reasons included.
  ///   - isLenient: whether every failure counts as 0, as in the published code, which a model learns from as if the
  ///     judge had said no.
  public static func boxed(_ text: String, isLenient: Bool = false) -> Judgement {
    let boxes = text.split(separator: #"\boxed{"#, omittingEmptySubsequences: false).dropFirst().map { rest in
      rest.firstIndex(of: "}").map { String(rest[..<$0]) }
    }
    switch Set(boxes) {
    case ["1"]: return Judgement(1)
    case ["0"]: return Judgement(0)
    default: return isLenient ? Judgement(0) : failure(text)
    }
  }

  private static func failure(_ text: String) -> Judgement {
    let end = text.count > 60 ? "…" + text.suffix(60) : text
    return Judgement(failure: text.isEmpty ? "the judge answered nothing" : "the judge answered '\(end)'")
  }
}
