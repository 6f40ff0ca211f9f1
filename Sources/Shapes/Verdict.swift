/// What a judge says of a picture and a prompt.
public struct Verdict: Hashable, Sendable {
  /// Whether every clause holds, by GenEval's rules.
  public let passes: Bool
  /// The share of facts that hold, each weighted by the confidence of the objects that it rests on: 0…1.
  ///
  /// A clause states one fact for its objects, one for their colour, one for their place; an exclusion states one, which
  /// counts only where its objects are there at all, since an empty picture excludes everything. For a passing picture
  /// the score is the mean confidence, close to 1.
  public let score: Double
  /// What is wrong, a sentence each; empty for a passing picture.
  public let reasons: [String]
  /// Whether the picture passes and shows nothing else: no other objects, no debris. GenEval never asks for that.
  public let isStrict: Bool

  /// The verdict on what was seen in a picture.
  ///
  /// GenEval's rules: of each shape the surest objects count, at most 16. A clause takes as many of them as it names;
  /// each must have the colour, and every one must stand in the relation to every object of the reference clause. A
  /// clause whose reference failed fails. An exclusion fails where as many objects as it names are there. Other objects
  /// are not held against the picture.
  ///
  /// Source: D. Ghosh, H. Hajishirzi, L. Schmidt, *GenEval*, 2023 (arXiv 2310.11513), `evaluate_images`.
  ///
  /// - Parameters:
  ///   - sighting: objects and debris, the surest object first.
  ///   - prompt: what was asked for.
  public init(of sighting: Sighting, for prompt: Prompt) {
    var hearing = Hearing(detections: sighting.detections)
    for clause in prompt.include { hearing.include(clause) }
    for clause in prompt.exclude { hearing.exclude(clause) }
    for fact in prompt.facts {
      let value = fact.value(in: sighting)
      hearing.facts.append(value)
      if value == 0 { hearing.reasons.append(fact.reason(in: sighting)) }
    }
    passes = hearing.reasons.isEmpty
    reasons = hearing.reasons
    score = hearing.facts.isEmpty ? 1 : hearing.facts.reduce(0, +) / Double(hearing.facts.count)
    let wanted = prompt.objectCount
    isStrict = passes && sighting.debris == 0 && sighting.detections.count == wanted
  }
}

/// The state of judging one picture clause by clause.
private struct Hearing {
  let detections: [Detection]
  var reasons: [String] = []
  var facts: [Double] = []
  /// The objects of each include clause so far; `nil` where the clause failed.
  var matched: [[Detection]?] = []

  init(detections: [Detection]) { self.detections = detections }

  private func all(_ shape: ShapeName) -> [Detection] {
    Array(detections.lazy.filter { $0.shape == shape }.prefix(Oracle.most))
  }

  mutating func include(_ clause: Prompt.Clause) {
    let found = all(clause.shape)
    let objects = Array(found.prefix(max(clause.count, 0)))
    let share = 1 / Double(max(clause.count, 1))
    var holds = objects.count == clause.count
    facts.append(objects.reduce(0) { $0 + $1.confidence } * share)
    if !holds { reasons.append("expected \(Self.name(clause)), found \(found.count)") }
    if let color = clause.color {
      let colored = objects.filter { $0.color == color }
      facts.append(colored.reduce(0) { $0 + $1.confidence } * share)
      if holds, colored.count < clause.count {
        holds = false
        let seen = objects.filter { $0.color != color }.map(\.color.rawValue).joined(separator: ", ")
        reasons.append("expected \(color.rawValue) for the \(clause.shape.rawValue), found \(seen)")
      }
    }
    if let position = clause.position {
      if !place(clause, objects, position, isWhole: holds) { holds = false }
    }
    matched.append(holds ? objects : nil)
  }

  private mutating func place(
    _ clause: Prompt.Clause, _ objects: [Detection], _ position: Prompt.Position, isWhole: Bool
  ) -> Bool {
    guard isWhole, matched.indices.contains(position.reference), let references = matched[position.reference] else {
      facts.append(0)
      if isWhole { reasons.append("expected \(clause.shape.rawValue) \(position.relation.rawValue) what is not there") }
      return false
    }
    var (sum, holds) = (0.0, true)
    for object in objects {
      for reference in references {
        if object.box.relations(to: reference.box).contains(position.relation) {
          sum += min(object.confidence, reference.confidence)
        } else {
          holds = false
        }
      }
    }
    facts.append(sum / Double(max(objects.count * references.count, 1)))
    if !holds, let object = objects.first, let reference = references.first {
      let seen = object.box.relations(to: reference.box).map(\.rawValue).joined(separator: ", ")
      reasons.append(
        "expected \(object.shape.rawValue) \(position.relation.rawValue) \(reference.shape.rawValue), "
          + "found \(seen.isEmpty ? "no relation" : seen)")
    }
    return holds
  }

  mutating func exclude(_ clause: Prompt.Clause) {
    let found = all(clause.shape)
    let isExcluded = found.count < clause.count
    // Only as many as are allowed is a merit; fewer is already counted against the include clause.
    let isReached = found.count >= clause.count - 1
    let confidence = found.reduce(0) { $0 + $1.confidence } / Double(max(found.count, 1))
    facts.append(isExcluded && isReached ? confidence : 0)
    if !isExcluded {
      reasons.append("expected fewer than \(Self.name(clause)), found \(found.count)")
    }
  }

  private static func name(_ clause: Prompt.Clause) -> String {
    "\(clause.count) \(clause.count == 1 ? clause.shape.rawValue : clause.shape.plural)"
  }
}
