import Primitives

/// The colours of sheets and figures.
enum Palette {
  /// Okabe and Ito's eight colours without their grey, told apart by every kind of colour vision, in fixed order.
  ///
  /// Source: M. Okabe, K. Ito, *Color Universal Design*, 2008; the order is the house style's.
  static let lines = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]

  static let ground = Bitmap.Color(255, 255, 255)
  static let text = Bitmap.Color(34, 36, 40)
  static let quiet = Bitmap.Color(110, 114, 122)
  static let rule = Bitmap.Color(222, 224, 228)
  static let passed = Bitmap.Color(0, 158, 115)
  static let failed = Bitmap.Color(213, 94, 0)
  static let probability = Bitmap.Color(0, 114, 178)
  static let entropy = Bitmap.Color(230, 159, 0)

  /// The colour of the line at an index; the seven repeat.
  static func line(_ index: Int) -> String { lines[index % lines.count] }
}

/// The three sizes of text on sheets.
extension TextStyle {
  static let title = TextStyle(scale: 2.5, weight: 2.6, color: Palette.text)
  static let heading = TextStyle(scale: 1.5, weight: 1.3, color: Palette.quiet)
  static let body = TextStyle(scale: 1.5, weight: 1.3, color: Palette.text)
}
