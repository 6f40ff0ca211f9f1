public import Testing

/// Expects two lists of numbers to agree in count and, number by number, to within `absolute + relative ·
/// |expected|`.
///
/// A NaN agrees with nothing, so it fails unless it is expected by other means.
///
/// - Parameters:
///   - actual: what was computed.
///   - expected: the reference.
///   - absolute: the tolerance near zero.
///   - relative: the tolerance in proportion to the expected number.
///   - label: what is compared, for the message.
///   - sourceLocation: where the failure is reported.
public func expectClose<Number: BinaryFloatingPoint>(
  _ actual: [Number], _ expected: [Number], absolute: Number, relative: Number = 0, _ label: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record("\(label): \(actual.count) numbers, expected \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  var worst: (index: Int, excess: Number)?
  for index in actual.indices where actual[index] != expected[index] {
    let error = (actual[index] - expected[index]).magnitude
    let excess = error - (absolute + relative * expected[index].magnitude)
    // Written so that a NaN is an excess.
    if !(excess <= 0), !(excess <= worst?.excess ?? 0) || excess.isNaN { worst = (index, excess) }
  }
  guard let worst else { return }
  Issue.record(
    "\(label)[\(worst.index)] is \(actual[worst.index]), expected \(expected[worst.index])",
    sourceLocation: sourceLocation)
}

/// Expects a gradient to agree with central differences of the function, one coordinate after the other.
///
/// - Parameters:
///   - gradient: what was computed, one number for each coordinate.
///   - point: where.
///   - step: half the distance of the two evaluations.
///   - absolute: the tolerance near zero.
///   - relative: the tolerance in proportion to the difference quotient.
///   - label: what is compared, for the message.
///   - sourceLocation: where the failure is reported.
///   - function: the function, summed in double.
public func checkGradient(
  _ gradient: [Float], at point: [Float], step: Float = 1e-2, absolute: Double = 2e-3, relative: Double = 2e-3,
  _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation, of function: ([Float]) -> Double
) {
  let quotients = point.indices.map { index in
    var (above, below) = (point, point)
    above[index] += step
    below[index] -= step
    return (function(above) - function(below)) / Double(above[index] - below[index])
  }
  expectClose(
    gradient.map(Double.init), quotients, absolute: absolute, relative: relative, label,
    sourceLocation: sourceLocation)
}
