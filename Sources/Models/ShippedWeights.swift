internal import CWeights
import Foundation

extension Janus {
  /// The bytes of the safetensors file that was compiled in, or `nil` if there was none.
  static func shippedWeights() -> Data? {
    let count = cweights_tiny_count()
    guard count > 0, let start = cweights_tiny_bytes() else { return nil }
    return Data(bytes: start, count: count)
  }
}
