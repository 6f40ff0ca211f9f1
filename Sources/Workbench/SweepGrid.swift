import Primitives
import Script

/// The trials that the axes of a sweep stand for.
///
/// Lists and ranges are crossed. Sampled axes are one axis together: trial i has point i of all of them. A closure is
/// called with the values of the axes left of it, and gives the values that go with those.
struct SweepGrid {
  /// Names that a sweep's table has for itself.
  static let reserved = ["trial", "status", "seconds", "reason"]
  /// More trials than this are a mistake.
  private static let most = 100_000

  private struct Point {
    var values: [(name: String, value: Value)] = []
    /// Which of the sampled points it is, once an axis was sampled.
    var sample: Int?
  }

  private let arguments: Arguments
  private let context: Context
  private var points = [Point()]
  /// How many samples there are, and which axis said so.
  private var samples: (count: Int, axis: String)?
  private var dimensions: [String] = []

  /// The parameters of all trials, in order; the axis written last changes fastest.
  ///
  /// - Parameters:
  ///   - axes: values by name.
  ///   - filter: gives `true` for those that are to be tried; `nil` for all.
  ///   - arguments: of the call, for messages.
  ///   - context: the session; its seed is that of random axes.
  static func trials(
    _ axes: Record, where filter: Function?, _ arguments: Arguments, _ context: Context
  ) throws -> [Record] {
    guard !axes.names.isEmpty else {
      throw arguments.problem("axes", "a sweep needs an axis", fix: "write sweep(lr: [1e-5, 1e-4]) { p in … }")
    }
    var grid = SweepGrid(arguments, context)
    for name in axes.names { try grid.cross(name, axes[name] ?? .none) }
    let all = grid.points.map { Record($0.values) }
    guard let filter else { return all }
    return try all.filter { record in
      let kept = try context.call(filter, [.record(record)])
      guard case .bool(let isKept) = kept else {
        throw arguments.problem("where", "'where' gives true or false for a trial, but gave \(kept.brief)")
      }
      return isKept
    }
  }

  private init(_ arguments: Arguments, _ context: Context) { (self.arguments, self.context) = (arguments, context) }

  private mutating func cross(_ name: String, _ axis: Value) throws {
    guard !Self.reserved.contains(name) else {
      throw arguments.problem("axes", "an axis cannot be called '\(name)': the sweep's table has a column of that name")
    }
    var crossed: [Point] = []
    for point in points {
      try context.checkStop()
      var values = axis
      if case .function(let function) = axis {
        values = try context.call(function, [.record(Record(point.values))])
      }
      let next = try self.values(name, values, at: point, isConditional: values != axis)
      guard crossed.count + next.count <= Self.most else {
        throw arguments.problem("axes", "the sweep would have more than \(Self.most) trials")
      }
      for (value, sample) in next {
        crossed.append(Point(values: point.values + [(name: name, value: value)], sample: sample))
      }
    }
    points = crossed
  }

  private mutating func values(
    _ name: String, _ axis: Value, at point: Point, isConditional: Bool
  ) throws -> [(value: Value, sample: Int?)] {
    if case .object(let object) = axis, let axis = object as? AxisObject {
      return try samples(name, axis, at: point)
    }
    let isList = if case .list = axis { true } else if case .range = axis { true } else { axis.type == .series }
    guard isList, let items = [Value].from(axis) else {
      throw arguments.problem(
        "axes", "the axis '\(name)' gives its values as a list, but its closure gave \(axis.brief)",
        fix: "let it give [\(axis.brief)]")
    }
    guard !items.isEmpty || isConditional else {
      throw arguments.problem("axes", "the axis '\(name)' has no values")
    }
    for item in items {
      do {
        _ = try item.plainJSON(context)
      } catch is StoredValueError {
        throw arguments.problem(
          "axes", "the axis '\(name)' holds \(item.brief), which names no trial",
          fix: "give names, and choose by name in the trial: judges[p.\(name)]")
      }
    }
    return items.map { ($0, point.sample) }
  }

  private mutating func samples(
    _ name: String, _ axis: AxisObject, at point: Point
  ) throws -> [(value: Value, sample: Int?)] {
    if let samples, samples.count != axis.count {
      throw arguments.problem(
        "axes",
        "sampled axes are drawn together, but '\(samples.axis)' has \(samples.count) and '\(name)' \(axis.count)",
        fix: "give both the same number")
    }
    samples = samples ?? (axis.count, name)
    if axis.method == .sobol, !dimensions.contains(name) { dimensions.append(name) }
    let dimension = dimensions.firstIndex(of: name) ?? 0
    guard dimension < SobolSequence.mostDimensions else {
      throw arguments.problem("axes", "Sobol's sequence has \(SobolSequence.mostDimensions) dimensions here, no more")
    }
    let stream = RandomStream(seed: context.seed, purpose: "sweep.axis.\(name)")
    return (point.sample.map { [$0] } ?? Array(0..<axis.count)).map { index in
      let place =
        switch axis.method {
        case .random: Double(stream.uniform(sample: index))
        case .sobol: SobolSequence.coordinate(index, dimension: dimension)
        }
      return (axis.value(place), index)
    }
  }
}
