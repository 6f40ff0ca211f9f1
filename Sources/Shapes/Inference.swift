/// What a prompt says only indirectly: numbers, shapes and colours that follow from what everybody knows.
enum Inference {
  /// A number that a shape has of something: `as many stars as a triangle has corners`.
  struct Number {
    let shape: ShapeName
    let part: String
    let count: Int

    /// `triangle has corners`, without the article.
    var words: [String] { [shape.rawValue, "has", part] }
    /// What has to be known: `a triangle has three corners`.
    var sentence: String { "a \(shape.rawValue) has \(Vocabulary.numbers[count]) \(part)" }
  }

  static let numbers = [
    Number(shape: .triangle, part: "corners", count: 3), Number(shape: .square, part: "corners", count: 4),
    Number(shape: .star, part: "points", count: 5), Number(shape: .cross, part: "arms", count: 4),
  ]

  /// A shape by what it looks like: the words after `a`, the shape, and what has to be known.
  static let shapes: [(words: String, shape: ShapeName)] = [
    ("shape with three corners", .triangle), ("shape with five points", .star), ("shape with four arms", .cross),
    ("round shape with a hole", .ring), ("round shape without a hole", .circle), ("shape of love", .heart),
  ]

  /// A colour by something that has it.
  static let colors: [(word: String, color: ColorName)] = [
    ("grass", .green), ("snow", .white), ("coal", .black), ("tomato", .red), ("lemon", .yellow),
    ("chocolate", .brown), ("plum", .purple), ("flamingo", .pink), ("carrot", .orange), ("ocean", .blue),
  ]

  /// A shape named by an adjective: `a triangular red object`.
  static let adjectives: [(word: String, shape: ShapeName)] = [
    ("round", .circle), ("square", .square), ("triangular", .triangle), ("star-shaped", .star),
    ("diamond-shaped", .diamond), ("cross-shaped", .cross), ("ring-shaped", .ring), ("heart-shaped", .heart),
  ]
}
