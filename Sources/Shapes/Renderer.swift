public import Primitives

/// Pictures of scenes: 64×64, one grey background, edges anti-aliased by 8×8 samples a pixel.
public enum Renderer {
  /// The background of every picture.
  public static let background = Bitmap.Color(196, 200, 204)

  /// The paint of a colour. Any two, and each and the background, are at least 80 apart (Euclid in RGB).
  public static func paint(_ color: ColorName) -> Bitmap.Color {
    switch color {
    case .red: Bitmap.Color(214, 38, 38)
    case .orange: Bitmap.Color(245, 140, 25)
    case .yellow: Bitmap.Color(250, 222, 50)
    case .green: Bitmap.Color(40, 150, 65)
    case .blue: Bitmap.Color(40, 85, 205)
    case .purple: Bitmap.Color(130, 50, 165)
    case .pink: Bitmap.Color(248, 125, 180)
    case .brown: Bitmap.Color(125, 78, 40)
    case .black: Bitmap.Color(22, 22, 24)
    case .white: Bitmap.Color(255, 255, 255)
    }
  }

  /// Half the side of an object's box in pixels.
  public static func radius(_ size: SizeName) -> Double { size == .large ? 7.5 : 5.5 }

  /// Draws a scene.
  ///
  /// - Parameter scene: what to draw.
  /// - Returns: the picture, ``Scene/side`` pixels square; a pure function of the scene.
  public static func draw(_ scene: Scene) -> Bitmap {
    var bitmap = blank
    for object in scene.objects { draw(object, on: &bitmap) }
    return bitmap
  }

  private static let blank = Bitmap(width: Scene.side, height: Scene.side, fill: background)

  private static func draw(_ object: SceneObject, on bitmap: inout Bitmap) {
    let mask = masks[2 * object.shape.index + (object.size == .large ? 1 : 0)]
    let paint = paint(object.color)
    let (left, top) = (object.cell.centerPoint.x - 8, object.cell.centerPoint.y - 8)
    for y in 0..<16 {
      for x in 0..<16 where mask[16 * y + x] > 0 {
        let share = Int(mask[16 * y + x])
        let under = bitmap[left + x, top + y]
        bitmap[left + x, top + y] = Bitmap.Color(
          mix(under.red, paint.red, share), mix(under.green, paint.green, share),
          mix(under.blue, paint.blue, share))
      }
    }
  }

  /// Sixty-fourths, rounded to nearest.
  private static func mix(_ under: UInt8, _ over: UInt8, _ share: Int) -> UInt8 {
    UInt8((Int(under) * (64 - share) + Int(over) * share + 32) / 64)
  }

  /// Coverage in 64ths of each pixel of a 16×16 box: by shape, then small and large. Cells are whole pixels apart, so
  /// that one mask serves them all.
  private static let masks: [[UInt8]] = ShapeName.allCases.flatMap { shape in
    SizeName.allCases.map { size in mask(shape, radius: radius(size)) }
  }

  private static func mask(_ shape: ShapeName, radius: Double) -> [UInt8] {
    (0..<256).map { pixel in
      var count: UInt8 = 0
      for sample in 0..<64 {
        let x = (Double(pixel % 16) + (Double(sample % 8) + 0.5) / 8 - 8) / radius
        let y = (Double(pixel / 16) + (Double(sample / 8) + 0.5) / 8 - 8) / radius
        if Outline.contains(shape, x, y) { count += 1 }
      }
      return count
    }
  }
}
