import Primitives

/// Objects and places for the facts of a prompt: what a true scene must have, the rest left to chance.
struct SceneLayout {
  private var objects: [Thing] = []
  private var relations: [(subject: ShapeName, relation: SceneRelation, reference: ShapeName)] = []
  private var lines: [(Arrangement, [ShapeName])] = []
  private var background: BackgroundName?

  /// What the facts ask for.
  init(_ facts: [Fact]) {
    for fact in facts { add(fact) }
  }

  private mutating func add(_ fact: Fact) {
    switch fact {
    case .exists(let thing): merge(thing)
    case .count(let thing, let count): for _ in 0..<max(count, 0) { objects.append(thing) }
    case .attribute(let shape, let attribute):
      var thing = Thing(shape)
      switch attribute {
      case .color(let color): thing.color = color
      case .size(let size): thing.size = size
      case .texture(let texture): thing.texture = texture
      }
      merge(thing)
    case .relation(let subject, let relation, let reference):
      merge(subject)
      merge(reference)
      relations.append((subject.shape, relation, reference.shape))
    case .background(let name): background = name
    case .arrangement(let arrangement, let shapes): lines.append((arrangement, shapes))
    }
  }

  private mutating func merge(_ thing: Thing) {
    guard let index = objects.firstIndex(where: { $0.shape == thing.shape }) else {
      return objects.append(thing)
    }
    objects[index].color = objects[index].color ?? thing.color
    objects[index].size = objects[index].size ?? thing.size
    objects[index].texture = objects[index].texture ?? thing.texture
  }

  /// A scene of these objects, or `nil` if the places drawn allow none; another draw may.
  func draw(with generator: inout RandomGenerator) -> Scene? {
    var things = objects
    dress(&things, with: &generator)
    let ground = background ?? .gray
    guard let cells = place(things, with: &generator) else { return nil }
    return Scene(
      zip(things, cells).map { thing, cell in
        SceneObject(
          thing.shape, thing.color ?? .red, thing.size ?? .large, thing.texture ?? .solid, at: cell)
      }, background: ground)
  }

  /// Chooses what is left open: sizes that relations and textures ask for first, then the rest.
  private func dress(_ things: inout [Thing], with generator: inout RandomGenerator) {
    func index(_ shape: ShapeName) -> Int? { things.firstIndex { $0.shape == shape } }
    for (subject, relation, reference) in relations {
      guard let first = index(subject), let second = index(reference) else { continue }
      switch relation {
      case .inside:
        (things[second].size, things[second].texture) = (.huge, .hollow)
        things[first].size = .small
      case .largerThan:
        things[first].size = things[first].size ?? .large
        things[second].size = things[second].size ?? .small
      case .smallerThan:
        things[first].size = things[first].size ?? .small
        things[second].size = things[second].size ?? .large
      case .sameColor:
        let color = things[first].color ?? things[second].color ?? generator.pick(ColorName.allCases)
        things[first].color = things[first].color ?? color
        things[second].color = things[second].color ?? color
      default: break
      }
    }
    let hasContainer = things.contains { $0.size == .huge || $0.texture == .hollow }
    for index in things.indices {
      if things[index].size == nil {
        things[index].size =
          switch things[index].texture {
          case .hollow: .huge
          case .striped, .checkered: .large
          default: hasContainer ? .small : SizeName.ordinary[generator.below(SizeName.ordinary.count)]
          }
      }
      things[index].texture = things[index].texture ?? (things[index].size == .huge ? .hollow : .solid)
      things[index].color = things[index].color ?? ColorName.allCases[generator.below(ColorName.allCases.count)]
    }
  }

  /// A cell for each object so that every relation between two of them is clear: the first that a search in random order
  /// finds, so that crowded descriptions cost no luck.
  private func place(_ things: [Thing], with generator: inout RandomGenerator) -> [Cell]? {
    let hasContainer = things.contains { $0.size == .huge }
    let contents = relations.filter { $0.relation == .inside }.map(\.subject)
    var orders: [[Cell]] = []
    for thing in things {
      if thing.size == .huge || contents.contains(thing.shape) {
        orders.append([.center])
      } else {
        orders.append(generator.shuffled(Cell.allCases).filter { !hasContainer || $0 != .center })
      }
    }
    var placed: [SceneObject] = []
    return search(things, orders, &placed) ? placed.map(\.cell) : nil
  }

  private func search(_ things: [Thing], _ orders: [[Cell]], _ placed: inout [SceneObject]) -> Bool {
    guard placed.count < things.count else { return true }
    let thing = things[placed.count]
    for cell in orders[placed.count] {
      let object = SceneObject(
        thing.shape, thing.color ?? .red, thing.size ?? .large, thing.texture ?? .solid, at: cell)
      guard !placed.contains(where: { $0.cell == cell && $0.isContainer == object.isContainer }) else { continue }
      placed.append(object)
      if holds(placed), search(things, orders, &placed) { return true }
      placed.removeLast()
    }
    return false
  }

  /// Whether everything that concerns the last object and those before it holds.
  private func holds(_ placed: [SceneObject]) -> Bool {
    guard let last = placed.last else { return true }
    func object(_ shape: ShapeName) -> SceneObject? { placed.first { $0.shape == shape } }
    return relations.allSatisfy { subject, relation, reference in
      guard subject == last.shape || reference == last.shape, let first = object(subject),
        let second = object(reference)
      else { return true }
      return relation.isClear(first, second)
    }
      && lines.allSatisfy { arrangement, shapes in arrangement.holds(shapes.compactMap(object)) }
  }
}
