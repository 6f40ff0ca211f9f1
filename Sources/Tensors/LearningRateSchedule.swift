import Foundation

/// How the learning rate changes over a run, as a factor of the highest one.
public enum LearningRateSchedule: Sendable, Hashable {
  /// The same at every step.
  case constant
  /// A linear rise over `warmup` steps, then half a cosine down to 0 at step `total`.
  ///
  /// Source: I. Loshchilov, F. Hutter, ICLR 2017, arXiv 1608.03983, equation 5, with one period.
  case cosine(warmup: Int, total: Int)
  /// Half a cosine up from 1/25 over `rise` of the steps, then half a cosine down to 1/250 000.
  ///
  /// Source: L. Smith, N. Topin, 2017, arXiv 1708.07120, with the shape and the numbers of PyTorch's
  /// `OneCycleLR`.
  case oneCycle(total: Int, rise: Double = 0.3)

  /// The factor for a step.
  ///
  /// - Parameter step: counted from 0.
  /// - Returns: between 0 and 1.
  public func factor(at step: Int) -> Float {
    switch self {
    case .constant: return 1
    case .cosine(let warmup, let total):
      if step < warmup { return Float(Double(step + 1) / Double(warmup)) }
      let progress = Double(step - warmup) / Double(max(1, total - warmup))
      return Float(Self.glide(from: 1, to: 0, at: min(1, progress)))
    case .oneCycle(let total, let rise):
      let (first, last) = (1.0 / 25, 1.0 / 250_000)
      let peak = rise * Double(total) - 1
      let step = Double(min(step, total - 1))
      if step <= peak { return Float(Self.glide(from: first, to: 1, at: peak == 0 ? 1 : step / peak)) }
      let span = Double(total - 1) - peak
      return Float(Self.glide(from: 1, to: last, at: span == 0 ? 1 : (step - peak) / span))
    }
  }

  /// Half a cosine from one value to another.
  private static func glide(from start: Double, to end: Double, at progress: Double) -> Double {
    end + (start - end) * (1 + cos(Double.pi * progress)) / 2
  }
}
