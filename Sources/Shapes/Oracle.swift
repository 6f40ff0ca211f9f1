public import Primitives

/// One object that the oracle found.
public struct Detection: Hashable, Sendable, Codable {
  /// The shape that fits best.
  public let shape: ShapeName
  /// The colour of most of its inner pixels.
  public let color: ColorName
  /// How well shape and colour fit, 0…1: linear in the soft intersection over union from 0.50 (0) to 0.85 (1), lowered
  /// where inner pixels disagree on the colour.
  public let confidence: Double
  /// The box around the pixels that are at least half covered.
  public let box: Box
  /// Covered pixels.
  public let area: Double
  /// Half the side of the box of a drawn shape that fits, in pixels; 0 where it is not known.
  public let radius: Double
  /// What the surface looks like.
  public let texture: TextureName

  /// A detection from its parts.
  public init(
    _ shape: ShapeName, _ color: ColorName, _ texture: TextureName = .solid, confidence: Double, box: Box,
    area: Double = 0, radius: Double = 0
  ) {
    (self.shape, self.color, self.confidence, self.box, self.area) = (shape, color, confidence, box, area)
    (self.texture, self.radius) = (texture, radius)
  }

  /// The nearest size: the limits lie in the middle between the radii of drawn objects.
  public var size: SizeName { radius < 6.5 ? .small : radius < 11 ? .large : .huge }
}

/// What the oracle sees in a picture.
public struct Sighting: Hashable, Sendable {
  /// Objects, the surest first; equal ones from the top left.
  public let detections: [Detection]
  /// Patches that are too small or fit no shape.
  public let debris: Int
  /// What is behind the objects.
  public let background: BackgroundName

  /// What was seen, the surest object first.
  public init(detections: [Detection], debris: Int = 0, background: BackgroundName = .gray) {
    (self.detections, self.debris, self.background) = (detections, debris, background)
  }
}

/// The exact judge of the world: finds objects in pixels and checks a prompt's facts against them.
///
/// The background is the known one that most pixels are near to; pixels that differ from it form components. A component's colour is the palette entry nearest to most of
/// its inner pixels; its coverage map is the share of that colour in each pixel. Every shape is drawn at the map's own
/// area and centre of gravity, and the one with the largest soft intersection over union wins; what fits no solid
/// shape is compared with textured and hollow ones in the same way. A pure function of the pixels, in single precision with a fixed order of additions.
public enum Oracle {
  /// The confidence above which a component counts as an object: a soft intersection over union of 0.745.
  ///
  /// GenEval's detector stops at 0.3. Here every true object survives a blur of 1 px at 0.7, while halves of shapes, and
  /// nearly all shapes with a quarter in another colour, are no objects.
  public static let presence = 0.7
  /// The most objects of one shape that are counted, as in GenEval.
  static let most = 16

  /// Pixels nearer to the background than this (Euclid in RGB) belong to it. Six times the noise of deviation 6 that the
  /// oracle must stand, and less than 0.4 of the distance of the nearest colour, white.
  private static let backgroundLimit: Float = 36
  /// Components smaller than this are debris; the smallest true object, a small star, covers 37 px.
  private static let leastArea: Float = 14
  /// Templates average over squares of this side, in pixels: a clean picture's pixels are 1, one that an image tokenizer
  /// has painted is softer. Clean pictures lose up to 0.1 of confidence by it, soft ones gain more.
  private static let spread: Float = 2

  /// The objects of a picture.
  ///
  /// - Parameter bitmap: a picture of any size; shapes are looked for at the scale of its pixels.
  /// - Returns: every object whose confidence exceeds ``presence``.
  public static func detect(_ bitmap: Bitmap) -> [Detection] { look(at: bitmap).detections }

  /// The objects of a picture, and how much there is besides.
  public static func look(at bitmap: Bitmap) -> Sighting {
    let ground = Ground.behind(bitmap)
    let field = Segmentation(bitmap, background: ground.color, limit: backgroundLimit)
    var corners = [Float](repeating: 0, count: 2 * bitmap.width + 8)
    var found: [Detection] = []
    for component in field.components {
      guard let detection = identify(component, in: field, on: ground, corners: &corners) else { continue }
      found.append(detection)
    }
    let debris = field.components.count - found.count
    // Sorting by place as well makes the order total, so that it does not depend on the sorting algorithm.
    found.sort {
      ($1.confidence, $0.box.top, $0.box.left) < ($0.confidence, $1.box.top, $1.box.left)
    }
    return Sighting(detections: found, debris: debris, background: ground.name)
  }

  /// Whether a picture shows what a prompt asks for.
  ///
  /// - Parameters:
  ///   - bitmap: the picture.
  ///   - prompt: the prompt.
  /// - Returns: GenEval's verdict, with a graded score beside it.
  public static func judge(_ bitmap: Bitmap, _ prompt: Prompt) -> Verdict {
    Verdict(of: look(at: bitmap), for: prompt)
  }

  private static func identify(
    _ component: Segmentation.Component, in field: Segmentation, on ground: Ground, corners: inout [Float]
  ) -> Detection? {
    guard Float(component.pixels) >= leastArea else { return nil }
    let (color, purity) = color(of: component, in: field, on: ground)
    let map = field.coverage(of: component, paint: Ground.paints[color.index])
    guard map.area >= leastArea else { return nil }
    // Solid shapes first: a picture without textures is judged as if there were none.
    for templates in [ShapeTemplate.all, map.isWide ? ShapeTemplate.containers : ShapeTemplate.textured] {
      let (template, overlap) = best(of: templates, map, corners: &corners)
      // Up to a tenth of stray pixels is noise; two fifths are a second colour.
      let confidence = clamp((overlap - 0.5) / 0.35) * clamp((purity - 0.6) / 0.3)
      guard Double(confidence) > presence else { continue }
      return Detection(
        template.shape, color, template.texture, confidence: Double(confidence), box: map.box,
        area: Double(map.area), radius: Double((map.area / template.area).squareRoot()))
    }
    return nil
  }

  private static func clamp(_ value: Float) -> Float { min(max(value, 0), 1) }

  /// The colour that most inner pixels are nearest to, and their share.
  ///
  /// A soft edge reaches inwards, so a pixel may be up to half background: it is compared with the stretch from there to
  /// the full paint. Compared with the paints alone, half purple looks as much like pink.
  private static func color(
    of component: Segmentation.Component, in field: Segmentation, on ground: Ground
  ) -> (color: ColorName, purity: Float) {
    var votes = [Float](repeating: 0, count: ground.lines.count)
    var total: Float = 0
    field.forEachInnerPixel(of: component) { pixel in
      var (nearest, least) = (0, Float.infinity)
      let offset = pixel - ground.color
      for (index, line) in ground.lines.enumerated() {
        let share = min(max((offset * line.vector).sum() * line.inverse, 0.5), 1)
        let rest = offset - share * line.vector
        let distance = (rest * rest).sum()
        if distance < least { (nearest, least) = (index, distance) }
      }
      votes[nearest] += 1
      total += 1
    }
    var winner = 0
    for index in votes.indices where votes[index] > votes[winner] { winner = index }
    return (ColorName.allCases[winner], total > 0 ? votes[winner] / total : 0)
  }

  /// The template that covers the map best when drawn at the map's own area and centre of gravity.
  private static func best(
    of templates: [ShapeTemplate], _ map: CoverageMap, corners: inout [Float]
  ) -> (template: ShapeTemplate, overlap: Float) {
    var (winner, best) = (templates[0], -Float.infinity)
    for template in templates {
      let radius = (map.area / template.area).squareRoot()
      let overlap = template.overlap(
        map.values, width: map.width, center: map.centroid - radius * template.centroid, radius: radius,
        spread: spread, corners: &corners)
      if overlap > best { (winner, best) = (template, overlap) }
    }
    return (winner, best)
  }
}

/// A background with what is needed to tell paints on it apart.
private struct Ground: Sendable {
  let name: BackgroundName
  let color: SIMD4<Float>
  /// From the background to each paint, and one over the squared length.
  let lines: [(vector: SIMD4<Float>, inverse: Float)]

  static let paints = ColorName.allCases.map { vector(Renderer.paint($0)) }
  private static let all = BackgroundName.allCases.map(Ground.init)
  /// Half of the least distance of two backgrounds, squared.
  private static let reach: Float = 40 * 40

  private init(_ name: BackgroundName) {
    let color = Self.vector(Renderer.paint(name))
    (self.name, self.color) = (name, color)
    lines = Self.paints.map { paint in
      let vector = paint - color
      return (vector: vector, inverse: 1 / (vector * vector).sum())
    }
  }

  private static func vector(_ color: Bitmap.Color) -> SIMD4<Float> {
    SIMD4(Float(color.red), Float(color.green), Float(color.blue), 0)
  }

  /// The background that most pixels are near to; grey where none is, or where two are equal.
  static func behind(_ bitmap: Bitmap) -> Ground {
    var counts = [Int](repeating: 0, count: all.count)
    let bytes = bitmap.bytes
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let pixel = SIMD4(Float(bytes[start]), Float(bytes[start + 1]), Float(bytes[start + 2]), 0)
      for (index, ground) in all.enumerated() {
        let offset = pixel - ground.color
        if (offset * offset).sum() < reach {
          counts[index] += 1
          break
        }
      }
    }
    var most = 0
    for index in counts.indices where counts[index] > counts[most] { most = index }
    return all[most]
  }
}
