public import Primitives

/// Colours for shares from 0 to 1: dark blue over green to yellow, of steadily rising lightness, so that order stays visible
/// without colour vision and in print.
///
/// Source: nine steps of viridis, S. van der Walt, N. Smith, 2015, CC0.
public enum HeatScale {
  private static let steps: [SIMD3<Double>] = [
    [68, 1, 84], [71, 45, 123], [59, 82, 139], [44, 114, 142], [33, 145, 140], [40, 174, 128], [94, 201, 98],
    [173, 220, 48], [253, 231, 37],
  ]

  /// The colour of a share; shares outside of 0…1 have that of the nearer end, and NaN has grey.
  public static func color(_ share: Double) -> Bitmap.Color {
    guard share == share else { return Bitmap.Color(160, 160, 160) }
    let place = min(max(share, 0), 1) * Double(steps.count - 1)
    let index = min(Int(place), steps.count - 2)
    let mixed = steps[index] + (steps[index + 1] - steps[index]) * (place - Double(index))
    return Bitmap.Color(UInt8(mixed.x.rounded()), UInt8(mixed.y.rounded()), UInt8(mixed.z.rounded()))
  }

  /// Whether dark letters are easier to read on the colour of a share than pale ones.
  public static func isPale(_ share: Double) -> Bool { !(share < 0.55) }
}

extension Bitmap.Color {
  /// Red, green and blue as one number, as gnuplot takes it from data.
  var number: Int { Int(red) << 16 | Int(green) << 8 | Int(blue) }

  /// `#rrggbb`.
  var hex: String {
    let digits = String(number, radix: 16, uppercase: true)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
