/// Prompts from facts: the canonical text, and the task that the facts belong to.
enum PromptWriter {
  /// A list of things: `a photo of a red star and two circles`.
  static func prompt(_ clauses: [Prompt.Clause]) -> Prompt {
    Prompt(
      text: "\(Vocabulary.prefix) \(clauses.map(phrase).joined(separator: " and "))", task: task(of: clauses),
      include: clauses, exclude: exclusions(clauses))
  }

  /// Two things and how they stand: `a photo of a star left of a circle`. The reference becomes clause 0.
  static func prompt(_ subject: Prompt.Clause, _ relation: Relation, _ reference: Prompt.Clause) -> Prompt {
    var placed = subject
    placed.position = .init(relation, to: 0)
    let isPlain = [subject, reference].allSatisfy { $0.count == 1 && $0.color == nil }
    return Prompt(
      text: "\(Vocabulary.prefix) \(phrase(subject)) \(relation.rawValue) \(phrase(reference))",
      task: isPlain ? .position : nil, include: [reference, placed], exclude: exclusions([reference, placed]))
  }

  /// A number is meant exactly: GenEval forbids one more than was asked for.
  private static func exclusions(_ clauses: [Prompt.Clause]) -> [Prompt.Clause] {
    clauses.filter { $0.count > 1 }.map { .init($0.shape, count: $0.count + 1) }
  }

  private static func phrase(_ clause: Prompt.Clause) -> String {
    let color = clause.color.map { $0.rawValue + " " } ?? ""
    if clause.count > 1 { return "\(Vocabulary.numbers[clause.count]) \(color)\(clause.shape.plural)" }
    return "\(clause.color?.article ?? "a") \(color)\(clause.shape.rawValue)"
  }

  private static func task(of clauses: [Prompt.Clause]) -> Prompt.Task? {
    let colored = clauses.count { $0.color != nil }
    if clauses.count == 1, clauses[0].count > 1 {
      return colored == 0 && clauses[0].count <= 4 ? .counting : nil
    }
    guard clauses.allSatisfy({ $0.count == 1 }) else { return nil }
    switch (clauses.count, colored) {
    case (1, 0): return .singleObject
    case (1, 1): return .colors
    case (2, 0): return .twoObject
    case (2, 2): return clauses[0].color == clauses[1].color ? nil : .colorAttribution
    default: return nil
    }
  }
}
