/// Why a picture or a figure could not be read, made or written.
public enum PicturesError: Error, CustomStringConvertible, Equatable {
  /// A file is no sound PNG: its path or name, the reason.
  case damaged(String, reason: String)
  /// A picture has more pixels than can be written: width and height in pixels.
  case tooLarge(width: Int, height: Int)
  /// The name of a text that goes into a PNG cannot be one.
  case textName(String)
  /// libpng refused to write: the reason.
  case unwritable(reason: String)
  /// A sheet or figure has nothing to show: what it is, and what it lacks.
  case nothingToShow(String, lacks: String)
  /// The pictures of an animation are not of one size.
  case frameSizes
  /// gnuplot is not installed; the script and the numbers were written to these paths.
  case gnuplotMissing(kept: [String])
  /// gnuplot refused a figure: its own message; the script and the numbers were written to these paths.
  case gnuplotFailed(String, kept: [String])

  /// What a figure has left although gnuplot did not draw it: its script and its numbers; `nil` of other errors.
  public var keptOfFigure: [String]? {
    switch self {
    case .gnuplotMissing(let kept), .gnuplotFailed(_, let kept): kept
    default: nil
    }
  }

  /// What happened and what to do about it.
  public var description: String {
    switch self {
    case .damaged(let name, let reason):
      "'\(name)' is not a whole PNG picture: \(reason); make it again or choose another file"
    case .tooLarge(let width, let height):
      "a picture of \(width)×\(height) pixels is too large to write; show fewer pictures or enlarge them less"
    case .textName(let name):
      "a picture cannot carry a text named '\(name)'; a name has 1 to 79 plain letters, digits or signs, "
        + "and no space at either end"
    case .unwritable(let reason): "libpng could not write the picture: \(reason)"
    case .nothingToShow(let what, let lacks): "\(what) has nothing to show: it needs \(lacks)"
    case .frameSizes: "the pictures of an animation must be of one size; choose those of one model"
    case .gnuplotMissing(let kept):
      "gnuplot is not installed, so no figure was drawn; "
        + "install it with 'apt-get install gnuplot-nox fonts-dejavu-core'" + PicturesError.tail(kept)
    case .gnuplotFailed(let message, let kept): "gnuplot did not draw the figure: \(message)" + PicturesError.tail(kept)
    }
  }

  private static func tail(_ kept: [String]) -> String {
    kept.isEmpty ? "" : "; its script and numbers are in " + kept.map { "'\($0)'" }.joined(separator: " and ")
  }
}
