public import Models
public import Shapes

/// How a judge compares with the truth on pictures: how often it agrees, in which direction it errs, and whether its
/// probabilities mean what they say.
public struct JudgeCheck: Sendable, Hashable {
  /// One judged picture.
  public struct Case: Sendable, Hashable {
    /// The task of its prompt, or `nil` for none.
    public var task: Prompt.Task?
    /// What the judge gives, at least 0.5 for yes, or `nil` if its judgement failed.
    public var score: Double?
    /// Whether it is so.
    public var isTrue: Bool

    /// A case from its parts.
    public init(task: Prompt.Task?, score: Double?, isTrue: Bool) {
      (self.task, self.score, self.isTrue) = (task, score, isTrue)
    }
  }

  /// Pictures whose scores are alike.
  public struct Bin: Sendable, Hashable {
    /// Its scores are in `range`.
    public let range: ClosedRange<Double>
    /// How many there are.
    public let count: Int
    /// The mean of the scores.
    public let score: Double
    /// The share that is true.
    public let truth: Double
  }

  /// Every judged picture.
  public let cases: [Case]

  /// A check of cases that are known.
  public init(_ cases: [Case]) { self.cases = cases }

  /// A check on samples.
  ///
  /// - Parameters:
  ///   - judge: what is checked; a graded one shows calibration as well.
  ///   - truth: the exact judge.
  ///   - samples: pictures with prompts of the world.
  /// - Throws: what the two judges throw.
  public init(_ judge: any Reward, against truth: any Reward = OracleReward(), on samples: [Sample]) throws {
    let scores = try judge.checkedJudgements(samples, step: 0)
    let known = try truth.checkedScore(samples, step: 0)
    cases = samples.indices.map { index in
      Case(
        task: (try? PromptParser.parse(samples[index].prompt))?.task, score: scores[index].score,
        isTrue: known[index] >= 0.5)
    }
  }

  /// The cases of one task.
  public subscript(task: Prompt.Task) -> JudgeCheck { JudgeCheck(cases.filter { $0.task == task }) }

  /// The share of all cases, failed ones included, where judge and truth agree.
  public var agreement: Double { share(of: cases) { $0.score.map { $0 >= 0.5 } == $0.isTrue } }
  /// The share of true cases that the judge accepts; NaN without any.
  public var truePositive: Double { share(of: cases.filter(\.isTrue)) { ($0.score ?? 0) >= 0.5 } }
  /// The share of false cases that the judge accepts; NaN without any.
  public var falsePositive: Double { share(of: cases.filter { !$0.isTrue }) { ($0.score ?? 0) >= 0.5 } }
  /// How many judgements failed.
  public var failures: Int { cases.count { $0.score == nil } }

  /// The scores in `count` equal intervals of 0…1; empty ones are left out.
  public func bins(_ count: Int = 10) -> [Bin] {
    let (count, scored) = (max(count, 1), cases.compactMap { one in one.score.map { (score: $0, isTrue: one.isTrue) } })
    return (0..<count).compactMap { place in
      let members = scored.filter { min(max(Int($0.score * Double(count)), 0), count - 1) == place }
      guard !members.isEmpty else { return nil }
      return Bin(
        range: Double(place) / Double(count)...Double(place + 1) / Double(count), count: members.count,
        score: members.reduce(0) { $0 + $1.score } / Double(members.count),
        truth: Double(members.count { $0.isTrue }) / Double(members.count))
    }
  }

  /// The expected calibration error: Σ (n_b / n) |score_b − truth_b| over the bins; NaN without cases.
  ///
  /// Source: C. Guo et al., 2017, arXiv 1706.04599, equation 3, with the probability of yes as the confidence.
  public func calibrationError(bins count: Int = 10) -> Double {
    let bins = bins(count)
    let total = bins.reduce(0) { $0 + $1.count }
    guard total > 0 else { return .nan }
    return bins.reduce(0) { $0 + Double($1.count) * abs($1.score - $1.truth) } / Double(total)
  }

  /// The true share of successes behind the share that the judge accepts, from the judge's errors: (q − FPR) / (TPR − FPR),
  /// kept within 0…1.
  ///
  /// Source: W. Rogan, B. Gladen, 1978, American Journal of Epidemiology 107, equation 1.
  ///
  /// - Parameters:
  ///   - accepted: the share q that the judge accepts, 0…1.
  ///   - truePositive: the share of true cases that it accepts.
  ///   - falsePositive: the share of false cases that it accepts.
  /// - Returns: the corrected share, or `nil` if the judge tells nothing: TPR is not above FPR.
  public static func corrected(_ accepted: Double, truePositive: Double, falsePositive: Double) -> Double? {
    guard truePositive > falsePositive else { return nil }
    return min(max((accepted - falsePositive) / (truePositive - falsePositive), 0), 1)
  }

  private func share(of cases: [Case], _ holds: (Case) -> Bool) -> Double {
    cases.isEmpty ? .nan : Double(cases.count(where: holds)) / Double(cases.count)
  }
}
