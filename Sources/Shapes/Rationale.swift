/// The thought before the picture: a plan of the scene in words.
///
/// `two objects : small red star at bottom left ; large blue circle at center .` Objects come in reading order of their
/// cells, so that a scene has one plan and the plan is painted in the order in which it is read. A texture that is not
/// solid stands before the colour, and a background that is not grey in a sentence before the plan: `teal background .`
public enum Rationale {
  /// The plan of a scene.
  ///
  /// - Parameter scene: the scene.
  /// - Returns: words of ``Vocabulary/words`` with one space between; empty for an empty scene.
  public static func write(_ scene: Scene) -> String {
    let ground = scene.background == .gray ? "" : "\(scene.background.rawValue) background . "
    guard !scene.objects.isEmpty else { return String(ground.dropLast()) }
    let body = scene.objects.map { "\(phrase($0)) at \($0.cell.rawValue)" }
    return "\(ground)\(count(scene)) : \(body.joined(separator: " ; ")) ."
  }

  /// How many objects there are: `two objects`.
  static func count(_ scene: Scene) -> String {
    "\(Vocabulary.numbers[scene.objects.count]) \(scene.objects.count == 1 ? "object" : "objects")"
  }

  /// An object in words, without its place; that it is solid goes without saying.
  static func phrase(_ object: SceneObject) -> String {
    let texture = object.texture == .solid ? "" : object.texture.rawValue + " "
    return "\(object.size.rawValue) \(texture)\(object.color.rawValue) \(object.shape.rawValue)"
  }

  /// The plan of a scene, after what has to be inferred to make it: `since a triangle has three corners . three objects …`
  ///
  /// - Parameters:
  ///   - scene: the scene.
  ///   - prompt: what was asked for.
  public static func write(_ scene: Scene, for prompt: Prompt) -> String {
    (prompt.inferences.map { "since \($0) . " } + [write(scene)]).joined()
  }

  /// The scene that a plan describes, or `nil` if the text is not one plan and nothing else.
  ///
  /// - Parameter text: a plan, with or without spaces before its punctuation.
  public static func read(_ text: String) -> Scene? {
    let spaced = String(text.flatMap { ":;.".contains($0) ? " \($0) " : "\($0)" })
    var words = spaced.split(separator: " ").map(String.init)
    while words.first == "since", let end = words.firstIndex(of: ".") { words.removeSubrange(...end) }
    var background = BackgroundName.gray
    if words.count > 3, words[1...2] == ["background", "."], let name = BackgroundName(rawValue: words[0]) {
      background = name
      words.removeFirst(3)
    }
    guard words.count > 3, words[2] == ":", words.last == "." else { return nil }
    let pieces = words[3..<(words.count - 1)].split(separator: ";", omittingEmptySubsequences: false)
    let scene = Scene(pieces.compactMap { object(Array($0)) }, background: background)
    // Writing it again catches wrong numbers, wrong order and doubled cells at once.
    let plan = write(Scene(scene.objects))
    return plan == words.joined(separator: " ") ? scene : nil
  }

  private static func object(_ words: [String]) -> SceneObject? {
    var words = words
    let texture = words.count > 1 ? TextureName(rawValue: words[1]) : nil
    if texture != nil { words.remove(at: 1) }
    guard words.count >= 5, words[3] == "at",
      let size = SizeName(rawValue: words[0]), let color = ColorName(rawValue: words[1]),
      let shape = ShapeName(rawValue: words[2]), let cell = Cell(rawValue: words[4...].joined(separator: " "))
    else { return nil }
    return SceneObject(shape, color, size, texture ?? .solid, at: cell)
  }
}
