internal import CWeights
import Foundation

/// The models whose weights come with Easel.
enum ShippedWeights {
  /// The painter.
  case tiny
  /// The judge.
  case vlm

  /// The bytes of the safetensors file that was compiled in, or `nil` if there was none.
  var data: Data? {
    let (start, count) =
      switch self {
      case .tiny: (cweights_tiny_bytes(), cweights_tiny_count())
      case .vlm: (cweights_vlm_bytes(), cweights_vlm_count())
      }
    guard count > 0, let start else { return nil }
    return Data(bytes: start, count: count)
  }
}
