/// One of the nine places of an object, in reading order.
///
/// Centres are 24 px apart at 8, 32 and 56 px, so that every object covers exactly 2×2 patches of an 8-px patch grid:
/// an object that straddles patches would cost the image tokenizer codes.
public enum Cell: String, CaseIterable, Codable, Hashable, Sendable {
  case topLeft = "top left"
  case top
  case topRight = "top right"
  case left
  case center
  case right
  case bottomLeft = "bottom left"
  case bottom
  case bottomRight = "bottom right"

  /// The place in reading order, 0…8.
  public var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// The row, 0 at the top.
  public var row: Int { index / 3 }

  /// The column, 0 at the left.
  public var column: Int { index % 3 }

  /// The centre's column and row in pixels; pixel k covers k…k+1.
  public var centerPoint: (x: Int, y: Int) { (8 + 24 * column, 8 + 24 * row) }
}

/// One object of a scene.
public struct SceneObject: Codable, Hashable, Sendable {
  /// What it is.
  public var shape: ShapeName
  /// Its colour.
  public var color: ColorName
  /// Its size.
  public var size: SizeName
  /// Where it stands.
  public var cell: Cell
  /// What its surface looks like.
  public var texture: TextureName

  /// An object from its facts.
  public init(
    _ shape: ShapeName, _ color: ColorName, _ size: SizeName, _ texture: TextureName = .solid, at cell: Cell
  ) {
    (self.shape, self.color, self.size, self.cell, self.texture) = (shape, color, size, cell, texture)
  }

  /// An object from its coded form; one without a texture is solid.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    shape = try container.decode(ShapeName.self, forKey: .shape)
    color = try container.decode(ColorName.self, forKey: .color)
    size = try container.decode(SizeName.self, forKey: .size)
    cell = try container.decode(Cell.self, forKey: .cell)
    texture = try container.decodeIfPresent(TextureName.self, forKey: .texture) ?? .solid
  }

  /// Whether it is a hollow object that others may stand in.
  public var isContainer: Bool { size == .huge }
}

/// What stands where in a picture: at most one object a cell, and at most one huge one around the middle cell; kept in
/// reading order, the huge one first of its cell.
public struct Scene: Codable, Hashable, Sendable {
  /// Width and height of the picture in pixels.
  public static let side = 64

  /// The objects in reading order of their cells.
  public let objects: [SceneObject]

  /// What is behind them.
  public let background: BackgroundName

  /// A scene of objects in any order; of two in one cell the first stays.
  public init(_ objects: [SceneObject], background: BackgroundName = .gray) {
    self.background = background
    self.objects = Cell.allCases.flatMap { cell in
      [
        objects.first { $0.cell == cell && $0.isContainer }, objects.first { $0.cell == cell && !$0.isContainer },
      ].compactMap { $0 }
    }
  }

  enum CodingKeys: String, CodingKey {
    case objects, background
  }

  /// A scene from its coded form, put in reading order again.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try container.decode([SceneObject].self, forKey: .objects),
      background: try container.decodeIfPresent(BackgroundName.self, forKey: .background) ?? .gray)
  }
}
