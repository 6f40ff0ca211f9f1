import Models
import Script

/// What a model's works will take, as a table of the language.
enum CostTable {
  static let member = Member.method(
    "cost", of: ModelObject.self, "Predicts time and memory of a training step and of sampling, on this machine",
    [
      Parameter("batch", .int, default: 16, limits: 1...65536, "sequences of a step, or pictures that are sampled"),
      Parameter("tokens", .int, default: 128, limits: 1...1e6, "tokens of a sequence: prompt, thought and codes"),
      Parameter("guidance", .number, default: 1, limits: 0...100, "other than 1 it doubles the rows that are sampled"),
      PrecisionChoice.sampling,
    ], result: .table, example: "model.cost(batch: 48, tokens: 128)"
  ) { model, arguments, context in
    let guidance: Double = try arguments["guidance"]
    let precision = try PrecisionChoice.name(arguments, context)
    return try Outside.value("clock", "cost of \(model.summary)", context) {
      let cost = try model.janus.inPrecision(precision) {
        try model.janus.cost(
          batch: try arguments["batch"], tokens: try arguments["tokens"], isGuided: guidance != 1)
      }
      return .table(table(cost))
    }
  }

  private static func table(_ cost: ModelCost) -> Table {
    let works = [("training step", cost.training), ("sampling", cost.sampling)]
    func column(_ name: String, _ value: (ModelCost.Work) -> Double) -> (name: String, values: [Value]) {
      (name: name, values: works.map { .float(value($0.1)) })
    }
    func megabytes(_ bytes: Int) -> Double { Double(bytes) / 1e6 }
    return Table([
      (name: "work", values: works.map { .string($0.0) }),
      column("seconds") { $0.seconds },
      column("tokens_per_second") { Double($0.tokens) / $0.seconds },
      column("gflop") { $0.arithmetic / 1e9 },
      column("weights_mb") { megabytes($0.memory.weights) },
      column("gradients_mb") { megabytes($0.memory.gradients) },
      column("optimizer_mb") { megabytes($0.memory.optimizer) },
      column("undo_mb") { megabytes($0.memory.undo) },
      column("activations_mb") { megabytes($0.memory.activations) },
      column("total_mb") { megabytes($0.memory.total) },
    ])
  }
}
