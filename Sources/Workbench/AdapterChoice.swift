import Models
import Script

/// The `lora` argument of calls that train: one declaration, and what it means.
enum AdapterChoice {
  static let parameter = Parameter(
    "lora", .either([.int, .record]), default: .nothing,
    "train low-rank adapters of this rank only; (rank: 8, alpha: 16) also sets their scale alpha / rank, else 2")

  /// The adapters that a call asks for, or `nil` for training of all weights.
  static func settings(_ arguments: Arguments) throws -> LowRankAdapters.Settings? {
    if let rank = Int.from(arguments.value("lora")) { return .init(rank: rank) }
    guard let record: Record = try arguments["lora"] else { return nil }
    if let name = record.names.first(where: { !["rank", "alpha"].contains($0) }) {
      throw arguments.problem("lora", "adapters have no '\(name)'", fix: "give rank and alpha")
    }
    guard let rank = record["rank"].flatMap(Int.from) else {
      throw arguments.problem("lora", "adapters need a rank, a whole number", fix: "write lora: (rank: 8, alpha: 16)")
    }
    guard let alpha = record["alpha"] else { return .init(rank: rank) }
    guard let number = Double.from(alpha) else {
      throw arguments.problem("lora", "alpha is \(alpha), but must be a number", fix: "write alpha: \(2 * rank)")
    }
    return .init(rank: rank, alpha: number)
  }
}
