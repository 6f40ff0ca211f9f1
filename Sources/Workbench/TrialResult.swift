import Benchmarks
import Learning
import Primitives
import Records
import Script

/// What a trial is called with and what it gave, as fields of its files and columns of its sweep's table.
enum TrialResult {
  /// A value as a field.
  static func field(_ name: String, _ value: Value, _ context: Context) throws -> TrialFolder.Field {
    TrialFolder.Field(name: name, text: value.text, value: try value.plainJSON(context))
  }

  /// The value of a field.
  static func value(_ field: TrialFolder.Field, _ context: Context) throws -> Value {
    try Value(plainJSON: field.value, context)
  }

  /// What a trial gave, a column each.
  ///
  /// A record gives a column for each field, a scorecard its headline and interval, a trainer the numbers of its last
  /// step, and anything else the column `value`. Of objects, only what they say of themselves can be kept.
  static func fields(_ value: Value, _ context: Context) throws -> [TrialFolder.Field] {
    let columns: [(name: String, value: Value)] =
      switch value {
      case .none: []
      case .record(let record): record.fields.flatMap { Self.columns($0.key, $0.value) }
      case .object(let object) where object is ScorecardObject: Self.columns("overall", value)
      case .object(let object): (object as? TrainerObject).map(last) ?? Self.columns("value", value)
      default: Self.columns("value", value)
      }
    return try columns.map { name, value in
      try (try? field(name, value, context)) ?? field(name, .string(value.brief), context)
    }
  }

  private static func columns(_ name: String, _ value: Value) -> [(name: String, value: Value)] {
    guard case .object(let object) = value else { return [(name, value)] }
    guard let headline = (object as? ScorecardObject)?.card.headline else { return [(name, .string(object.summary))] }
    return [
      (name, .float(headline.value)), (name + " low", .float(headline.low)), (name + " high", .float(headline.high)),
    ]
  }

  private static func last(_ trainer: TrainerObject) -> [(name: String, value: Value)] {
    let history = trainer.trainer.history
    return history.row(history.count - 1).filter { $0.name != "step" }.map { (name: $0.name, value: .float($0.value)) }
  }
}
