import Primitives
import Shapes

/// Prompts that differ from another in one fact, which are the hardest for a judge to tell from it.
enum PromptVariant {
  /// Words that may stand for each other.
  private static let classes: [[String]] = [
    ShapeName.allCases.map(\.rawValue), ShapeName.allCases.map(\.plural), ColorName.allCases.map(\.rawValue),
    ["two", "three", "four", "five"], SceneRelation.allCases.map(\.rawValue), SizeName.ordinary.map(\.rawValue),
    TextureName.allCases.map(\.rawValue), BackgroundName.allCases.map(\.rawValue),
  ]

  /// Prompts with another word in one place, an adjective less, or one thing of two.
  ///
  /// - Returns: what the world can read, each once, without the prompt itself; in a fixed order.
  static func all(of prompt: Prompt) -> [Prompt] {
    let words = prompt.text.split(separator: " ").map(String.init)
    var texts: [String] = []
    for place in words.indices {
      for list in classes {
        for word in list where matches(word, words, at: place) {
          let length = word.split(separator: " ").count
          for other in list where other != word {
            texts.append((words[..<place] + [other] + words[(place + length)...]).joined(separator: " "))
          }
        }
      }
      if ColorName(rawValue: words[place]) != nil {
        texts.append((words[..<place] + words[(place + 1)...]).joined(separator: " "))
      }
      if words[place] == "and" {
        texts.append(words[..<place].joined(separator: " "))
        texts.append(words[(place + 1)...].joined(separator: " "))
      }
    }
    if let swapped = swapped(words) { texts.append(swapped) }
    return read(texts, besides: prompt)
  }

  /// True statements about what was seen, of several choices of objects: single things, numbers of them, and pairs.
  static func truths(of sighting: Sighting, with generator: inout RandomGenerator) -> [Prompt] {
    var texts: [String] = []
    for _ in 0..<3 {
      let seen = generator.shuffled(sighting.detections)
      guard let one = seen.first else { break }
      texts += ["a \(one.shape.rawValue)", "a \(one.color.rawValue) \(one.shape.rawValue)"]
      let count = seen.count { $0.shape == one.shape }
      let numbers = [2: "two", 3: "three", 4: "four"]
      if let number = numbers[count] { texts.append("\(number) \(one.shape.plural)") }
      guard let two = seen.first(where: { $0.shape != one.shape }) else { continue }
      texts += [
        "a \(one.shape.rawValue) and a \(two.shape.rawValue)",
        "a \(one.color.rawValue) \(one.shape.rawValue) and a \(two.color.rawValue) \(two.shape.rawValue)",
      ]
      texts += one.box.relations(to: two.box).map {
        "a \(one.shape.rawValue) \($0.rawValue) a \(two.shape.rawValue)"
      }
    }
    return read(texts, besides: nil)
  }

  private static func matches(_ word: String, _ words: [String], at place: Int) -> Bool {
    let pieces = word.split(separator: " ").map(String.init)
    return place + pieces.count <= words.count && Array(words[place..<(place + pieces.count)]) == pieces
  }

  /// The text with its two colours exchanged, or its two shapes.
  private static func swapped(_ words: [String]) -> String? {
    let colors = words.indices.filter { ColorName(rawValue: words[$0]) != nil }
    let shapes = words.indices.filter { ShapeName(rawValue: words[$0]) != nil }
    guard let pair = [colors, shapes].first(where: { $0.count == 2 }) else { return nil }
    var words = words
    words.swapAt(pair[0], pair[1])
    return words.joined(separator: " ")
  }

  private static func read(_ texts: [String], besides prompt: Prompt?) -> [Prompt] {
    var (found, seen) = ([Prompt](), Set([prompt?.text].compactMap(\.self)))
    for text in texts {
      guard let read = try? PromptParser.parse(text), seen.insert(read.text).inserted else { continue }
      found.append(read)
    }
    return found
  }
}
