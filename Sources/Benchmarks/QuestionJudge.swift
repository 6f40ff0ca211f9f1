public import Primitives
public import Shapes

/// Whoever answers yes-or-no questions about pictures: the oracle, a learned judge, or one with errors put in.
///
/// A judge that reads takes `question.question`, the words; one that looks takes the fact itself.
public protocol QuestionJudge {
  /// What cards call it.
  var name: String { get }

  /// How likely the answer is yes.
  ///
  /// - Parameters:
  ///   - image: the picture.
  ///   - questions: what is asked about it, each for itself.
  /// - Returns: a probability for each question; from one half up it counts as yes.
  func answers(_ image: Bitmap, _ questions: [Fact]) throws -> [Double]
}

/// The exact judge: 1 where the fact holds, else 0.
public struct OracleJudge: QuestionJudge {
  /// The exact judge.
  public init() {}

  /// `oracle`.
  public var name: String { "oracle" }

  /// Certain answers.
  public func answers(_ image: Bitmap, _ questions: [Fact]) -> [Double] {
    let sighting = Oracle.look(at: image)
    return questions.map { $0.value(in: sighting) > 0 ? 1 : 0 }
  }
}

/// A judge whose answers are turned around with given chances, by an address of picture and question.
public struct NoisyJudge: QuestionJudge {
  private let judge: any QuestionJudge
  private let falseYes: Double, falseNo: Double
  private let seed: Int

  /// A judge with errors.
  ///
  /// - Parameters:
  ///   - judge: the judge without them.
  ///   - falseYes: the chance that a no becomes a yes, 0…1.
  ///   - falseNo: the chance that a yes becomes a no, 0…1.
  ///   - seed: the seed.
  public init(_ judge: any QuestionJudge, falseYes: Double, falseNo: Double, seed: Int = 0) {
    (self.judge, self.falseYes, self.falseNo, self.seed) = (judge, falseYes, falseNo, seed)
  }

  /// The judge's name with the chances of its errors.
  public var name: String { "\(judge.name) with errors \(falseYes) and \(falseNo)" }

  /// The judge's answers, some of them turned around.
  public func answers(_ image: Bitmap, _ questions: [Fact]) throws -> [Double] {
    let stream = RandomStream(seed: seed, purpose: "benchmarks.noisy")
    return zip(try judge.answers(image, questions), questions).map { answer, question in
      var digest = Fingerprint()
      digest.combine(bytes: image.bytes)
      digest.combine(question.question)
      let draw = stream.uniform(
        sample: Int(truncatingIfNeeded: digest.value & 0xFFFF_FFFF), position: Int(digest.value >> 32))
      return Double(draw) < (answer >= 0.5 ? falseNo : falseYes) ? 1 - answer : answer
    }
  }
}
