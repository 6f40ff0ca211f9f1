public import Primitives

/// Pictures of scenes: 64×64, a plain background, edges anti-aliased by 8×8 samples a pixel.
public enum Renderer {
  /// The background of every picture of which nothing else is said.
  public static let background = Bitmap.Color(196, 200, 204)

  /// The colour of a background. Any two, and each and any paint, are at least 80 apart (Euclid in RGB).
  public static func paint(_ background: BackgroundName) -> Bitmap.Color {
    switch background {
    case .gray: Self.background
    case .beige: Bitmap.Color(222, 188, 125)
    case .teal: Bitmap.Color(10, 120, 140)
    case .sky: Bitmap.Color(120, 185, 240)
    }
  }

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
  public static func radius(_ size: SizeName) -> Double {
    switch size {
    case .small: 5.5
    case .large: 7.5
    case .huge: 14.5
    }
  }

  /// Draws a scene.
  ///
  /// - Parameter scene: what to draw.
  /// - Returns: the picture, ``Scene/side`` pixels square; a pure function of the scene.
  public static func draw(_ scene: Scene) -> Bitmap {
    var bitmap = Bitmap(width: Scene.side, height: Scene.side, fill: paint(scene.background))
    for object in scene.objects { draw(object, on: &bitmap) }
    return bitmap
  }

  private static func draw(_ object: SceneObject, on bitmap: inout Bitmap) {
    let mask = masks[Mask.index(object.shape, object.size, object.texture)]
    let paint = paint(object.color)
    let (left, top) = (object.cell.centerPoint.x - mask.side / 2, object.cell.centerPoint.y - mask.side / 2)
    for y in 0..<mask.side {
      for x in 0..<mask.side where mask.shares[mask.side * y + x] > 0 {
        let share = Int(mask.shares[mask.side * y + x])
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

  /// Every mask by ``Mask/index(_:_:_:)``. Cells are whole pixels apart, so that one mask serves them all.
  private static let masks: [Mask] = ShapeName.allCases.flatMap { shape in
    Mask.sizes.flatMap { size in TextureName.allCases.map { Mask(shape, size, $0) } }
  }
}

/// Coverage in 64ths of each pixel of a square window around an object.
private struct Mask {
  static let sizes: [SizeName] = [.small, .large, .huge]
  let side: Int
  let shares: [UInt8]

  static func index(_ shape: ShapeName, _ size: SizeName, _ texture: TextureName) -> Int {
    (shape.index * sizes.count + (sizes.firstIndex(of: size) ?? 0)) * TextureName.allCases.count + texture.index
  }

  init(_ shape: ShapeName, _ size: SizeName, _ texture: TextureName) {
    let (radius, side) = (Renderer.radius(size), size == .huge ? 32 : 16)
    self.side = side
    shares = (0..<(side * side)).map { pixel in
      var share = 0.0
      for sample in 0..<64 {
        let x = (Double(pixel % side) + (Double(sample % 8) + 0.5) / 8 - Double(side / 2)) / radius
        let y = (Double(pixel / side) + (Double(sample / 8) + 0.5) / 8 - Double(side / 2)) / radius
        share += Outline.paint(shape, texture, x, y)
      }
      return UInt8(share)
    }
  }
}
