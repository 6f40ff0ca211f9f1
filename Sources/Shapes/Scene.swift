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

  /// An object from its four facts.
  public init(_ shape: ShapeName, _ color: ColorName, _ size: SizeName, at cell: Cell) {
    (self.shape, self.color, self.size, self.cell) = (shape, color, size, cell)
  }
}

/// What stands where in a picture: at most one object a cell, kept in reading order.
public struct Scene: Codable, Hashable, Sendable {
  /// Width and height of the picture in pixels.
  public static let side = 64

  /// The objects in reading order of their cells.
  public let objects: [SceneObject]

  /// A scene of objects in any order; of two in one cell the first stays.
  public init(_ objects: [SceneObject]) {
    self.objects = Cell.allCases.compactMap { cell in objects.first { $0.cell == cell } }
  }

  enum CodingKeys: String, CodingKey {
    case objects
  }

  /// A scene from its coded form, put in reading order again.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try container.decode([SceneObject].self, forKey: .objects))
  }
}
