/// Prompts from facts: the canonical text, other ways to say the same, and the task that the facts belong to.
public enum PromptWriter {
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

  /// What a prompt asks for, one thing at a time: `a red star`, `two circles`.
  public static func things(_ prompt: Prompt) -> [String] { prompt.include.map(phrase) }

  /// The things that a prompt asks for without articles, as tags: `red star`, `two circles`.
  public static func tags(_ prompt: Prompt) -> [String] {
    things(prompt).map {
      $0.hasPrefix("a ") ? String($0.dropFirst(2)) : $0.hasPrefix("an ") ? String($0.dropFirst(3)) : $0
    }
  }

  /// A prompt without the words that all begin with: `a star left of a circle`.
  public static func short(_ prompt: Prompt) -> String {
    prompt.text.hasPrefix(Vocabulary.prefix + " ")
      ? String(prompt.text.dropFirst(Vocabulary.prefix.count + 1)) : prompt.text
  }

  /// The same facts in other words, those of the prompt itself left out: things in another order, relations from the other
  /// side, `one` for `a`.
  public static func paraphrases(_ prompt: Prompt) -> [String] {
    let clauses = prompt.include
    let things = things(prompt)
    var bodies: [String] = []
    if clauses.allSatisfy({ $0.position == nil }) {
      bodies.append(things.reversed().joined(separator: " and "))
      bodies.append(zip(clauses, tags(prompt)).map { $0.count == 1 ? "one \($1)" : $1 }.joined(separator: " and "))
    } else if clauses.count == 2, let position = clauses[1].position, position.reference == 0 {
      bodies.append("\(things[1]) \(position.relation.rawValue) \(things[0])")
      bodies.append("\(things[0]) \(position.relation.opposite.rawValue) \(things[1])")
    }
    return bodies.map { "\(Vocabulary.prefix) \($0)" }.filter { $0 != prompt.text }
  }

  /// What a picture shows, said with more or less detail: with sizes, and with sizes and places.
  public static func captions(_ scene: Scene) -> [String] {
    guard !scene.objects.isEmpty else { return [] }
    let plain = scene.objects.map { "a " + Rationale.phrase($0) }
    let placed = zip(plain, scene.objects).map { "\($0) at \($1.cell.rawValue)" }
    return [plain, placed].map { "\(Vocabulary.prefix) " + $0.joined(separator: " and ") }
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
