import Models
import Script

/// The tokens of many samples as one table, for figures over their places.
enum TokenTable {
  static let functions: [Member] = [
    .function(
      "tokens", "The tokens of samples as one table: sample, position, kind, token, and what inspect says of each",
      [
        Parameter(
          "samples", .either([.object("sample"), .list(.object("sample"))]), "such as trainer.samples")
      ], result: .table,
      example: "plot(tokens(trainer.samples), y: [\"entropy\", \"ratio\"], by: \"kind\", band: \"sample\")"
    ) { arguments, context in
      let samples: [SampleObject] = try arguments.objects("samples")
      var rows: [Record] = []
      for (number, sample) in samples.enumerated() {
        try context.checkStop()
        let inspection = try InspectionObject(sample).inspection
        let kinds = inspection.words.map { ($0, "text") } + inspection.cells.map { ($0, "image") }
        rows += kinds.enumerated().map { position, token in row(token.0, number, position, token.1) }
      }
      return .table(Table(rows: rows))
    }
  ]

  /// Forced tokens have no probability of their own.
  private static func row(_ token: Inspection.Token, _ sample: Int, _ position: Int, _ kind: String) -> Record {
    Record([
      (name: "sample", value: .int(sample)), (name: "position", value: .int(position)),
      (name: "kind", value: .string(kind)), (name: "token", value: .string(token.text)),
      (name: "probability", value: token.isForced ? .none : .float(token.probability)),
      (name: "entropy", value: token.isForced ? .none : .float(token.entropy)),
      (name: "ratio", value: token.isForced ? .none : .float(token.ratio)),
    ])
  }
}
