/// The thought before the picture: a plan of the scene in words.
///
/// `two objects : small red star at bottom left ; large blue circle at center .` Objects come in reading order of their
/// cells, so that a scene has one plan and the plan is painted in the order in which it is read.
public enum Rationale {
  /// The plan of a scene.
  ///
  /// - Parameter scene: the scene.
  /// - Returns: words of ``Vocabulary/words`` with one space between; empty for an empty scene.
  public static func write(_ scene: Scene) -> String {
    guard !scene.objects.isEmpty else { return "" }
    let body = scene.objects.map { "\(phrase($0)) at \($0.cell.rawValue)" }
    return "\(count(scene)) : \(body.joined(separator: " ; ")) ."
  }

  /// How many objects there are: `two objects`.
  static func count(_ scene: Scene) -> String {
    "\(Vocabulary.numbers[scene.objects.count]) \(scene.objects.count == 1 ? "object" : "objects")"
  }

  /// An object in words, without its place.
  static func phrase(_ object: SceneObject) -> String {
    "\(object.size.rawValue) \(object.color.rawValue) \(object.shape.rawValue)"
  }

  /// The scene that a plan describes, or `nil` if the text is not one plan and nothing else.
  ///
  /// - Parameter text: a plan, with or without spaces before its punctuation.
  public static func read(_ text: String) -> Scene? {
    let spaced = String(text.flatMap { ":;.".contains($0) ? " \($0) " : "\($0)" })
    let words = spaced.split(separator: " ").map(String.init)
    guard words.count > 3, words[2] == ":", words.last == "." else { return nil }
    let pieces = words[3..<(words.count - 1)].split(separator: ";", omittingEmptySubsequences: false)
    let scene = Scene(pieces.compactMap { object(Array($0)) })
    // Writing it again catches wrong numbers, wrong order and doubled cells at once.
    return write(scene) == words.joined(separator: " ") ? scene : nil
  }

  private static func object(_ words: [String]) -> SceneObject? {
    guard words.count >= 5, words[3] == "at",
      let size = SizeName(rawValue: words[0]), let color = ColorName(rawValue: words[1]),
      let shape = ShapeName(rawValue: words[2]), let cell = Cell(rawValue: words[4...].joined(separator: " "))
    else { return nil }
    return SceneObject(shape, color, size, at: cell)
  }
}
