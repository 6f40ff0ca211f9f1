public import Primitives

/// How a training prompt is drawn from the prompts that a data set has for a picture.
///
/// A key is drawn uniformly, then an item of its list; `tags` are joined by commas, `object_prompts` as `a, b and c`. Keys for
/// which the picture has nothing are not drawn. Source: ReasonGen-R1 (arXiv 2505.24875), data of stage 1, without its slip of
/// writing ` and x` for a list of one object.
public struct PromptAugmentation: Hashable, Sendable {
  /// A kind of prompt, by its field's name.
  public enum Key: String, CaseIterable, Codable, Hashable, Sendable {
    case shortCaption = "short_caption"
    case paraphrases, tags
    case variedCaptions = "varied_captions"
    case objectPrompts = "object_prompts"
  }

  /// The kinds that are drawn from; without any, the prompt is `brief_caption`.
  public var keys: [Key]
  /// What stands between tags, and between objects before the last. The built-in world's words have no comma.
  public var separator: String

  /// A rule.
  ///
  /// - Parameters:
  ///   - keys: the kinds that are drawn from.
  ///   - separator: what stands between the items of a list.
  public init(_ keys: [Key] = Key.allCases, separator: String = ",") { (self.keys, self.separator) = (keys, separator) }

  /// A prompt for a picture.
  ///
  /// - Parameters:
  ///   - record: what the data set says of the picture.
  ///   - generator: where the draws come from: one for the key, one for the item.
  public func draw(_ record: PaintingRecord, with generator: inout RandomGenerator) -> String {
    let choices = keys.map { texts(record.prompts, $0) }.filter { !$0.isEmpty }
    guard let texts = generator.pick(choices), let text = generator.pick(texts) else { return record.briefCaption }
    return text
  }

  /// The prompts of a kind.
  private func texts(_ prompts: PaintingRecord.Prompts, _ key: Key) -> [String] {
    switch key {
    case .shortCaption: prompts.shortCaption.map { [$0] } ?? []
    case .paraphrases: prompts.paraphrases
    case .variedCaptions: prompts.variedCaptions
    case .tags: prompts.tags.isEmpty ? [] : [prompts.tags.joined(separator: separator)]
    case .objectPrompts: listed(prompts.objectPrompts)
    }
  }

  /// `a`, `a and b`, `a, b and c`.
  private func listed(_ objects: [String]) -> [String] {
    guard let last = objects.last else { return [] }
    let first = objects.dropLast().joined(separator: separator + " ")
    return [first.isEmpty ? last : "\(first) and \(last)"]
  }
}
