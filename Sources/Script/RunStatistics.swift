import OrderedCollections
import Primitives

/// What tables of repeated runs are asked: estimates that few runs bear, differences by pairs, and which axis matters.
/// The best of several seeds is nobody's business.
enum RunStatistics {
  static let interquartileMean = Member.method(
    "iqm", of: Grouping.self,
    "The mean of the middle half of every column of numbers, by group, with a bootstrap interval; of fewer than five "
      + "runs the least and the greatest number, as the column interval says",
    [
      Confidence.parameter(95),
      Parameter(
        "of", .either([.string, .list(.string)]), default: .described("all"), "the columns", suggestions: .columns),
      Parameter(
        "strata", .string, default: .nothing, "the column whose values are resampled apart, such as the task",
        suggestions: .columns),
    ], result: .table, example: "runs.group(by: \"think\").iqm(ci: 95, of: \"geneval\")"
  ) { grouping, arguments, _ in
    .table(try estimates(grouping, arguments))
  }

  static let comparison = Member.function(
    "compare",
    "How a metric differs between the values of an axis, by pairs of runs that agree in something, such as the seed",
    [
      Parameter("axis", .string, "the column whose values are compared", suggestions: .columns),
      Parameter("metric", .string, "the column that is measured", suggestions: .columns),
      Parameter(
        "pair", .either([.string, .list(.string)]), default: "seed", "what the runs of a pair agree in",
        suggestions: .columns),
      Parameter("baseline", .any, default: .described("the first value"), "the value that others are compared with"),
      Confidence.parameter(95),
    ], result: .table, example: "runs.compare(axis: \"think\", metric: \"geneval\", pair: [\"group\", \"seed\"])"
  ) { arguments, _ in
    .table(try comparisons(arguments))
  }

  static let importance = Member.function(
    "importance",
    "Which axes a metric depends on: the share of its variance between the means of an axis's values (main effects of an "
      + "analysis of variance); the rest is interactions and noise",
    [
      Parameter("metric", .string, "the column that is measured", suggestions: .columns),
      Parameter(
        "axes", .list(.string), default: .described("columns left of the metric with values that recur"),
        "the columns that were varied", suggestions: .columns),
    ], result: .table, example: "runs.importance(\"geneval\")"
  ) { arguments, _ in
    .table(try shares(arguments))
  }

  /// How an interval was made, as its column says.
  private static func kind(_ count: Int, _ share: Double) -> String {
    count < Statistics.fewestRuns
      ? "min–max of \(count)" : "\(Value.whole((share * 1000).rounded() / 10))% bootstrap of \(count)"
  }

  /// An estimate with the interval that so many runs bear.
  private static func bounded(_ estimate: Estimate, _ values: [Double]) -> Estimate {
    guard values.count < Statistics.fewestRuns else { return estimate }
    return Estimate(value: estimate.value, low: values.min() ?? .nan, high: values.max() ?? .nan)
  }

  private static func estimates(_ grouping: Grouping, _ arguments: Arguments) throws -> Table {
    let share = try Confidence.share(arguments) ?? 0.95
    var columns = grouping.numbers
    if arguments.has("of") {
      columns = try names(arguments, "of").map { name in
        _ = try StandardTables.column(.table(grouping.table), name)
        guard let column = columns.first(where: { $0.name == name }) else {
          throw arguments.problem("of", "the column \"\(name)\" does not hold numbers, or is what the groups agree in")
        }
        return column
      }
    }
    let strata = try (arguments["strata"] as String?).map { try StandardTables.column(.table(grouping.table), $0) }
    var result: [(name: String, values: [Value])] = []
    var counts = Array(repeating: Int.max, count: grouping.groups.count)
    for (name, groups) in columns {
      let estimates = groups.enumerated().map { place, runs in
        counts[place] = min(counts[place], runs.count)
        var parts = OrderedDictionary<Value, [Double]>()
        for (row, number) in runs { parts[strata?[row] ?? .none, default: []].append(number) }
        return bounded(
          Statistics.interquartileMean(strata: Array(parts.values), share: share), runs.map(\.number))
      }
      result.append((name, estimates.map { .float($0.value) }))
      result.append((name + " low", estimates.map { .float($0.low) }))
      result.append((name + " high", estimates.map { .float($0.high) }))
    }
    result.append(("interval", counts.map { .string($0 == .max ? "" : kind($0, share)) }))
    return grouping.keyTable(adding: result)
  }

  private static func names(_ arguments: Arguments, _ name: String) throws -> [String] {
    try String.from(arguments.value(name)).map { [$0] } ?? arguments[name]
  }

  private static func comparisons(_ arguments: Arguments) throws -> Table {
    let share = try Confidence.share(arguments) ?? 0.95
    let (axis, metric): (String, String) = (try arguments["axis"], try arguments["metric"])
    let pair = try names(arguments, "pair")
    let levels = try StandardTables.column(arguments.receiver, axis)
    let numbers = try numbers(metric, arguments)
    let keys = try pair.map { try StandardTables.column(arguments.receiver, $0) }
    var runs = OrderedDictionary<Value, OrderedDictionary<[Value], Double>>()
    for (row, level) in levels.enumerated() {
      let key = keys.map { $0[row] }
      guard runs[level]?[key] == nil else {
        let place = zip(pair, key).map { "\($0) \($1)" }.joined(separator: " and ")
        throw arguments.problem(
          "pair", "several runs have \(axis) \(level) and \(place)",
          fix: "name all columns that runs of a pair agree in")
      }
      runs[level, default: [:]][key] = numbers[row]
    }
    let baseline = arguments.has("baseline") ? arguments.value("baseline") : runs.keys.first ?? .none
    guard let others = runs[baseline] else {
      throw arguments.problem("baseline", "no run has \(axis) \(baseline)")
    }
    return Table(
      rows: runs.filter { $0.key != baseline }.map { level, own in
        let differences = own.compactMap { key, number in others[key].map { number - $0 } }
        let estimate = bounded(Statistics.pairedMean(differences, share: share), differences)
        return Record([
          (name: axis, value: level), (name: "against", value: baseline),
          (name: metric + " difference", value: .float(estimate.value)), (name: "low", value: .float(estimate.low)),
          (name: "high", value: .float(estimate.high)), (name: "won", value: .int(differences.count { $0 > 0 })),
          (name: "lost", value: .int(differences.count { $0 < 0 })),
          (name: "interval", value: .string(kind(differences.count, share))),
        ])
      })
  }

  /// The numbers of a column; what is missing is `nil`.
  private static func numbers(_ metric: String, _ arguments: Arguments) throws -> [Double?] {
    try StandardTables.column(arguments.receiver, metric).map { value in
      guard value.number != nil || value == .none else {
        throw arguments.problem("metric", "the column \"\(metric)\" holds \(value.kindPhrase), which is no number")
      }
      return value.number
    }
  }

  private static func shares(_ arguments: Arguments) throws -> Table {
    let metric: String = try arguments["metric"]
    let table = try StandardTables.tableOf(arguments.receiver)
    let numbers = try numbers(metric, arguments)
    let rows = numbers.indices.filter { numbers[$0]?.isFinite == true }
    let values = rows.compactMap { numbers[$0] }
    var axes: [String] = try arguments["axes"] as [String]? ?? []
    if axes.isEmpty {
      axes = table.names.prefix { $0 != metric }.filter { name in
        let levels = Dictionary(grouping: rows.compactMap { table.columns[name]?[$0] }) { $0 }
        return levels.count > 1 && levels.values.allSatisfy { $0.count > 1 }
      }
    }
    guard !axes.isEmpty else {
      throw arguments.problem(
        "metric", "no column left of \"\(metric)\" has values that recur", fix: "name them: axes: […]")
    }
    var shares = try axes.map { name in
      let column = try StandardTables.column(arguments.receiver, name)
      let levels = rows.map { column[$0] }
      return (name: name, share: Statistics.mainEffect(values, levels: levels), levels: Set(levels).count)
    }
    shares.sort { $0.share > $1.share }
    let rest = 1 - shares.reduce(0) { $0 + $1.share }
    return Table([
      (name: "axis", values: shares.map { .string($0.name) } + [.string("rest")]),
      (name: "share", values: shares.map { .float($0.share) } + [.float(max(rest, 0))]),
      (name: "levels", values: shares.map { .int($0.levels) } + [.none]),
    ])
  }
}
