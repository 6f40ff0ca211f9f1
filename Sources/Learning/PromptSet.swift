public import Models
import Primitives
public import Shapes

/// Prompts with what a true picture of each must show, and where they come from.
public struct PromptSet: Sendable, Hashable, Codable {
  /// Where the prompts come from, for messages: a file's name, or "world".
  public let name: String
  /// The prompts, in order; prompts may repeat.
  public let prompts: [Prompt]
  /// The line of each prompt in its file, counted from 1.
  public let lines: [Int]

  /// Prompts that are there already.
  ///
  /// - Parameters:
  ///   - prompts: at least one.
  ///   - name: where they come from.
  ///   - lines: the line of each in its file; by default 1, 2, 3 …
  /// - Throws: ``LearningError/nothing(_:fix:)``.
  public init(_ prompts: [Prompt], name: String = "prompts", lines: [Int]? = nil) throws {
    guard !prompts.isEmpty else {
      throw LearningError.nothing("the list of prompts '\(name)'", fix: "give at least one prompt")
    }
    (self.name, self.prompts) = (name, prompts)
    self.lines = lines.flatMap { $0.count == prompts.count ? $0 : nil } ?? Array(1...prompts.count)
  }

  /// Random prompts of the built-in world.
  ///
  /// - Parameters:
  ///   - count: how many; they may repeat.
  ///   - tasks: the tasks that they are drawn from.
  ///   - split: the side of the line between training and evaluation.
  ///   - seed: the seed.
  /// - Throws: ``LearningError/nothing(_:fix:)`` if there is nothing to draw from.
  public static func world(
    count: Int, tasks: [Prompt.Task] = Prompt.Task.allCases, split: PromptGrammar.Split = .training, seed: Int = 0
  ) throws -> PromptSet {
    try PromptSet(PromptGrammar.random(count, tasks: tasks, split: split, seed: seed), name: "world")
  }

  /// Random prompts of the built-in world, of GenEval's tasks and of the families beyond them.
  ///
  /// - Parameters:
  ///   - count: how many; they may repeat.
  ///   - kinds: names of tasks and families that they are drawn from, evenly; unknown names are left out.
  ///   - grown: the share of prompts, 0…1, that are drawn from all families instead.
  ///   - split: the side of the line between training and evaluation.
  ///   - seed: the seed.
  /// - Throws: ``LearningError/nothing(_:fix:)`` if there is nothing to draw from.
  public static func world(
    count: Int, kinds: [String], grown: Double = 0, split: PromptGrammar.Split = .training, seed: Int = 0
  ) throws -> PromptSet {
    let tasks = kinds.compactMap(Prompt.Task.init)
    let families = kinds.compactMap(PromptFamily.init)
    let plain = PromptGrammar.random(count, tasks: tasks, split: split, seed: seed)
    guard !families.isEmpty || grown > 0 else { return try PromptSet(plain, name: "world") }
    let stream = RandomStream(seed: seed, purpose: "learning.kind")
    let share = Double(families.count) / Double(max(tasks.count + families.count, 1))
    let prompts = (0..<max(count, 0)).compactMap { index -> Prompt? in
      var generator = stream.generator(sample: index)
      let (isGrown, isFamily) = (Double(generator.uniform()) < grown, Double(generator.uniform()) < share)
      guard isGrown || isFamily || index >= plain.count else { return plain[index] }
      return generator.pick(isGrown ? PromptFamily.allCases : families)?.draw(split: split, with: &generator)
    }
    return try PromptSet(prompts, name: "world")
  }

  /// One line of a list that somebody else has read.
  public struct Line: Sendable, Hashable {
    /// Its number in the file, counted from 1.
    public let number: Int
    /// Its text.
    public let text: String

    /// A line.
    public init(number: Int, text: String) { (self.number, self.text) = (number, text) }
  }

  /// A line that is not a prompt of the world.
  public struct Refusal: Sendable, Hashable {
    /// The line.
    public let line: Line
    /// Why, in words: the word and what could stand there.
    public let reason: String
  }

  /// The lines of a text that hold a prompt: without carriage returns, what follows a tab, and blank lines.
  public static func lines(of text: String) -> [Line] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap { index, line in
      let prompt = line.prefix { $0 != "\t" }
      let isBlank = prompt.allSatisfy(\.isWhitespace)
      return isBlank ? nil : Line(number: index + 1, text: String(prompt))
    }
  }

  /// Prompts read from lines of text.
  ///
  /// - Parameters:
  ///   - lines: the lines; see ``lines(of:)``.
  ///   - name: the file's name, for messages.
  /// - Throws: ``LearningError`` if there are none, and what ``PromptParser/parse(_:line:)`` throws: an error
  ///   that names the first word that is wrong, and its line.
  public init(lines: [Line], name: String) throws {
    try self.init(
      lines.map { try PromptParser.parse($0.text, line: $0.number) }, name: name, lines: lines.map(\.number))
  }

  /// Lines parted into prompts and refusals, for files that only partly fit the world.
  ///
  /// - Returns: the prompts, and each line that is none, with the reason; the two counts sum to that of the
  ///   lines.
  public static func sorted(_ lines: [Line]) -> (prompts: [Prompt], refusals: [Refusal]) {
    var prompts: [Prompt] = []
    var refusals: [Refusal] = []
    for line in lines {
      do throws(ShapesError) {
        prompts.append(try PromptParser.parse(line.text, line: line.number))
      } catch {
        refusals.append(Refusal(line: line, reason: error.description))
      }
    }
    return (prompts, refusals)
  }

  /// Checks that a tokenizer has every word.
  ///
  /// - Throws: `ModelError` with the first word that it does not know and its line.
  public func check(against tokenizer: any TextTokenizer) throws {
    var known: Set<String> = []
    for (prompt, line) in zip(prompts, lines) where known.insert(prompt.text).inserted {
      _ = try tokenizer.encode(prompt.text, line: line)
    }
  }

  /// Checks that a model can read every prompt: that it knows the words, and that they are not too many.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - options: how it will sample, which decides how long a prompt may be.
  /// - Throws: `ModelError` with the first line that has an unknown word or too many words.
  public func check(for model: Janus, options: SamplingOptions = SamplingOptions()) throws {
    var known: Set<String> = []
    for (prompt, line) in zip(prompts, lines) where known.insert(prompt.text).inserted {
      _ = try model.prompt(
        prompt.text, think: options.think, maximumRationale: options.maximumRationale, line: line)
    }
  }
}
