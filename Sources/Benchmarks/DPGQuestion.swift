import Primitives
public import Shapes

/// One row of DPG-Bench's question table.
public struct DPGQuestion: Hashable, Sendable {
  /// The item that it asks about.
  public var item: String
  /// The item's prompt.
  public var text: String
  /// Its number in the item, from 1.
  public var number: Int
  /// The numbers of the questions that must be answered yes for this one to count; none of a root.
  public var parents: [Int]
  /// The kind, such as `attribute`.
  public var category: String
  /// The kind within the kind, such as `color`; empty for `global`.
  public var detail: String
  /// What is asked about, such as `star, red`.
  public var subject: String
  /// The question in words.
  public var question: String

  /// A question from its parts.
  public init(
    item: String, text: String, number: Int, parents: [Int], category: String, detail: String, subject: String,
    question: String
  ) {
    (self.item, self.text, self.number, self.parents) = (item, text, number, parents)
    (self.category, self.detail, self.subject, self.question) = (category, detail, subject, question)
  }

  /// The official tuple: `attribute - color (star, red)`.
  public var tuple: String { "\(category) - \(detail)\(detail.isEmpty ? "" : " ")(\(subject))" }

  /// The questions of a description, parents before children, with the fact behind each.
  ///
  /// - Parameters:
  ///   - prompt: a description of the world.
  ///   - item: its id.
  public static func questions(of prompt: Prompt, item: String) -> [(question: DPGQuestion, fact: Fact)] {
    var rows: [(question: DPGQuestion, fact: Fact)] = []
    var roots: [ShapeName: Int] = [:]
    func add(_ fact: Fact, _ category: String, _ detail: String, _ subject: String, parents: [ShapeName]) {
      rows.append(
        (
          DPGQuestion(
            item: item, text: prompt.text, number: rows.count + 1, parents: parents.compactMap { roots[$0] },
            category: category, detail: detail, subject: subject, question: fact.question), fact
        ))
    }
    for fact in prompt.facts {
      guard case .exists(let thing) = fact else { continue }
      add(fact, "entity", "whole", thing.shape.rawValue, parents: [])
      roots[thing.shape] = rows.count
    }
    for fact in prompt.facts {
      switch fact {
      case .exists: break
      case .count(let thing, let count):
        add(.exists(thing), "entity", "whole", thing.words(plural: true), parents: [])
        roots[thing.shape] = rows.count
        add(fact, "other", "count", "\(thing.words(plural: true)), ==\(count)", parents: [thing.shape])
      case .attribute(let shape, let attribute):
        add(fact, "attribute", attribute.kind, "\(shape.rawValue), \(attribute.word)", parents: [shape])
      case .relation(let first, let relation, let second):
        let detail = relation.isSpatial ? "spatial" : "non-spatial"
        let subject = "\(first.shape.rawValue), \(second.shape.rawValue), \(relation.rawValue)"
        add(fact, "relation", detail, subject, parents: [first.shape, second.shape])
      case .background(let name): add(fact, "global", "", "\(name.rawValue) background", parents: [])
      case .arrangement(let arrangement, let shapes):
        add(fact, "global", "", arrangement.rawValue, parents: shapes)
      }
    }
    return rows
  }
}

/// How DPG-Bench makes a score of answers.
public enum DPGScoring {
  /// Whose answers count: an answer becomes no if a parent's is.
  ///
  /// - Parameters:
  ///   - raw: the answers, 0 or 1, in the table's order.
  ///   - numbers: the number of each question.
  ///   - parents: the numbers of each question's parents.
  ///   - isOfficial: takes the questions in the table's order, as the official scorer does: a parent that stands behind
  ///     its child has not yet been looked at itself. Otherwise parents come first wherever they stand.
  /// - Returns: the answers that count.
  /// - Throws: ``BenchmarksError/malformed(_:line:problem:)`` for a parent that is not there, or a circle of parents.
  public static func gated(
    _ raw: [Double], numbers: [Int], parents: [[Int]], isOfficial: Bool = false
  ) throws(BenchmarksError) -> [Double] {
    let places = Dictionary(zip(numbers, numbers.indices), uniquingKeysWith: { first, _ in first })
    var links: [[Int]] = []
    for (index, list) in parents.enumerated() {
      var row: [Int] = []
      for number in list where number != 0 {
        guard let place = places[number] else {
          throw .malformed("questions", line: index + 1, problem: "there is no question \(number) to depend on")
        }
        row.append(place)
      }
      links.append(row)
    }
    var gated = raw
    let order = isOfficial ? Array(raw.indices) : try sorted(links)
    for index in order where links[index].contains(where: { gated[$0] == 0 }) { gated[index] = 0 }
    return gated
  }

  /// The places with parents before children, otherwise as they stand.
  private static func sorted(_ links: [[Int]]) throws(BenchmarksError) -> [Int] {
    var (order, isDone) = ([Int](), [Bool](repeating: false, count: links.count))
    while order.count < links.count {
      let before = order.count
      for index in links.indices where !isDone[index] && links[index].allSatisfy({ isDone[$0] }) {
        order.append(index)
        isDone[index] = true
      }
      guard order.count > before else {
        throw .malformed("questions", line: 1, problem: "questions depend on each other in a circle")
      }
    }
    return order
  }
}
