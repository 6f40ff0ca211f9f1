/// How a thought is put into words: the plan of the built-in world, and the four styles of the published data set under its
/// field names.
public enum RationaleStyle: String, CaseIterable, Codable, Hashable, Sendable {
  /// `two objects : small red star at bottom left ; large blue circle at center .`, in reading order.
  case plan
  /// First what is asked for, then the plan: `one : red star ; blue circle . two : small red star at …`.
  case stepByStep = "step_by_step"
  /// Object by object in the order in which the prompt names them, what was asked for first and what was left open after it:
  /// `two objects : red star : small at bottom left`, then `blue circle : large at center`.
  case objectCentric = "object_centric"
  /// Place by place in reading order: `bottom left : small red star`.
  case regionDescriptions = "region_descriptions"
  /// What there is, without places, in the order in which the prompt names it: `small red star`.
  case tags
}

extension Rationale {
  /// The thought that leads to a scene, in a style.
  ///
  /// - Parameters:
  ///   - scene: the scene.
  ///   - style: the style.
  ///   - prompt: what was asked for, which decides the order of styles that follow it.
  /// - Returns: the parts of the thought: one of a plan or of steps, else one an object; none for an empty scene.
  public static func parts(_ scene: Scene, style: RationaleStyle, prompt: String) -> [String] {
    guard !scene.objects.isEmpty else { return [] }
    let asked = named(scene.objects, by: prompt)
    switch style {
    case .plan: return [write(scene)]
    case .stepByStep:
      let things = asked.map { "\($0.color.rawValue) \($0.shape.rawValue)" }.joined(separator: " ; ")
      let places = scene.objects.map { "\(phrase($0)) at \($0.cell.rawValue)" }.joined(separator: " ; ")
      return ["one : \(things) . two : \(places) ."]
    case .objectCentric:
      var parts = asked.map {
        "\($0.color.rawValue) \($0.shape.rawValue) : \($0.size.rawValue) at \($0.cell.rawValue)"
      }
      parts[0] = "\(count(scene)) : \(parts[0])"
      return parts
    case .regionDescriptions: return scene.objects.map { "\($0.cell.rawValue) : \(phrase($0))" }
    case .tags: return asked.map(phrase)
    }
  }

  /// The thought that leads to a scene, its parts joined by ` ; `.
  ///
  /// - Parameters:
  ///   - scene: the scene.
  ///   - style: the style.
  ///   - prompt: what was asked for.
  public static func write(_ scene: Scene, style: RationaleStyle, prompt: String) -> String {
    parts(scene, style: style, prompt: prompt).joined(separator: " ; ")
  }

  /// Objects in the order in which a prompt names them; those that it does not name come last, in reading order.
  private static func named(_ objects: [SceneObject], by prompt: String) -> [SceneObject] {
    let words = prompt.split(separator: " ").map(String.init)
    func place(_ object: SceneObject) -> Int {
      let mentions = words.indices.filter { [object.shape.rawValue, object.shape.plural].contains(words[$0]) }
      // Of two circles the red one is that whose colour stands before it.
      return mentions.first { $0 > 0 && words[$0 - 1] == object.color.rawValue } ?? mentions.first ?? words.count
    }
    return objects.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
      .map(\.element)
  }
}
