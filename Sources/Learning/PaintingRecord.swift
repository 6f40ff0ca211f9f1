import Foundation
public import Shapes

/// What a data set says of one picture, under the field names of ReasonGen-R1-SFT-230k, so that files of the built-in world and
/// of the published set are read alike. Fields that are not listed are ignored.
///
/// Source: ReasonGen-R1 (arXiv 2505.24875), data of stage 1.
public struct PaintingRecord: Codable, Hashable, Sendable {
  /// Prompts for the picture, by the way they came about.
  public struct Prompts: Codable, Hashable, Sendable {
    /// The shortest one.
    public var shortCaption: String?
    /// The same in other words.
    public var paraphrases: [String] = []
    /// Descriptions of different detail.
    public var variedCaptions: [String] = []
    /// Catchwords.
    public var tags: [String] = []
    /// One prompt for each object.
    public var objectPrompts: [String] = []

    enum CodingKeys: String, CodingKey {
      case shortCaption = "short_caption"
      case paraphrases
      case variedCaptions = "varied_captions"
      case tags
      case objectPrompts = "object_prompts"
    }
  }

  /// Thoughts that lead to the picture, by style.
  public struct Rationales: Codable, Hashable, Sendable {
    /// A thought in steps.
    public var stepByStep: String?
    /// A sentence for each object.
    public var objectCentric: [String] = []
    /// A sentence for each region.
    public var regionDescriptions: [String] = []
    /// Catchwords.
    public var tags: [String] = []

    enum CodingKeys: String, CodingKey {
      case stepByStep = "step_by_step"
      case objectCentric = "object_centric"
      case regionDescriptions = "region_descriptions"
      case tags
    }
  }

  /// The prompt, where nothing is drawn from ``prompts``.
  public var briefCaption: String
  /// The thought in its usual style.
  public var detailedCaption: String
  /// The picture: a data URL with base64, or a file's name.
  public var image: String
  /// Other prompts.
  public var prompts = Prompts()
  /// Thoughts in other styles.
  public var rationales = Rationales()

  enum CodingKeys: String, CodingKey {
    case briefCaption = "brief_caption"
    case detailedCaption = "detailed_caption"
    case image
    case prompts = "augmented_prompts"
    case rationales = "augmented_cots"
  }

  /// A record that knows one prompt and one thought.
  public init(briefCaption: String, detailedCaption: String, image: String = "") {
    (self.briefCaption, self.detailedCaption, self.image) = (briefCaption, detailedCaption, image)
  }

  /// A record of a scene of the built-in world.
  ///
  /// - Parameters:
  ///   - prompt: what is asked for.
  ///   - scene: a true scene of it.
  public init(_ prompt: Prompt, scene: Scene) {
    self.init(briefCaption: prompt.text, detailedCaption: Rationale.write(scene, for: prompt))
    prompts.shortCaption = PromptWriter.short(prompt)
    prompts.paraphrases = PromptWriter.paraphrases(prompt)
    prompts.variedCaptions = PromptWriter.captions(scene)
    prompts.tags = PromptWriter.tags(prompt)
    prompts.objectPrompts = PromptWriter.things(prompt)
    func parts(_ style: RationaleStyle) -> [String] { Rationale.parts(scene, style: style, prompt: prompt.text) }
    rationales.stepByStep = parts(.stepByStep).first
    rationales.objectCentric = parts(.objectCentric)
    rationales.regionDescriptions = parts(.regionDescriptions)
    rationales.tags = parts(.tags)
  }

  /// The thought in a style, or `nil` if the record has none in it. Lists are joined by semicolons.
  public func rationale(_ style: RationaleStyle) -> String? {
    let parts: [String] =
      switch style {
      case .plan: [detailedCaption]
      case .stepByStep: rationales.stepByStep.map { [$0] } ?? []
      case .objectCentric: rationales.objectCentric
      case .regionDescriptions: rationales.regionDescriptions
      case .tags: rationales.tags
      }
    let text = parts.joined(separator: " ; ")
    return text.isEmpty ? nil : text
  }
}

// MARK: - JSON

extension PaintingRecord {
  /// A line that is no record: the file, its line, and why.
  public struct Refusal: Error, CustomStringConvertible, Equatable {
    /// The file's name.
    public let file: String
    /// The line, counted from 1.
    public let line: Int
    /// What is wrong with it.
    public let reason: String

    /// A refusal.
    public init(file: String, line: Int, reason: String) { (self.file, self.line, self.reason) = (file, line, reason) }

    /// Where it is and what is wrong.
    public var description: String {
      "line \(line) of '\(file)' is no picture's record: \(reason); each line must be a JSON object with brief_caption, "
        + "detailed_caption and image"
    }
  }

  /// The records of a JSON Lines text; blank lines are passed over.
  ///
  /// - Parameters:
  ///   - text: one JSON object a line.
  ///   - file: the file's name, for errors.
  /// - Returns: each record with its line, counted from 1.
  /// - Throws: ``Refusal`` for the first line that is no record.
  public static func lines(of text: String, file: String) throws(Refusal) -> [(line: Int, record: PaintingRecord)] {
    var records: [(line: Int, record: PaintingRecord)] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
    where !line.allSatisfy(\.isWhitespace) {
      do {
        records.append((index + 1, try JSONDecoder().decode(PaintingRecord.self, from: Data(line.utf8))))
      } catch DecodingError.keyNotFound(let key, _) {
        throw Refusal(file: file, line: index + 1, reason: "it has no '\(key.stringValue)'")
      } catch DecodingError.typeMismatch(_, let context) {
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        throw Refusal(file: file, line: index + 1, reason: "'\(path)' has a value of the wrong kind")
      } catch {
        throw Refusal(file: file, line: index + 1, reason: "it is not JSON")
      }
    }
    return records
  }

  /// Reads a row; only `brief_caption` and `detailed_caption` must be there.
  public init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    briefCaption = try row.decode(String.self, forKey: .briefCaption)
    detailedCaption = try row.decode(String.self, forKey: .detailedCaption)
    image = try row.decodeIfPresent(String.self, forKey: .image) ?? ""
    prompts = try row.decodeIfPresent(Prompts.self, forKey: .prompts) ?? Prompts()
    rationales = try row.decodeIfPresent(Rationales.self, forKey: .rationales) ?? Rationales()
  }
}

extension PaintingRecord.Prompts {
  /// Reads the fields that are there.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    shortCaption = try fields.decodeIfPresent(String.self, forKey: .shortCaption)
    paraphrases = try fields.texts(.paraphrases)
    variedCaptions = try fields.texts(.variedCaptions)
    tags = try fields.texts(.tags)
    objectPrompts = try fields.texts(.objectPrompts)
  }
}

extension PaintingRecord.Rationales {
  /// Reads the fields that are there.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    stepByStep = try fields.decodeIfPresent(String.self, forKey: .stepByStep)
    objectCentric = try fields.texts(.objectCentric)
    regionDescriptions = try fields.texts(.regionDescriptions)
    tags = try fields.texts(.tags)
  }
}

extension KeyedDecodingContainer {
  /// A list of texts; a text alone counts as a list of one, a missing field as an empty list.
  fileprivate func texts(_ key: Key) throws -> [String] {
    if let text = try? decodeIfPresent(String.self, forKey: key) { return [text] }
    return try decodeIfPresent([String].self, forKey: key) ?? []
  }
}
