import Learning
import Models
import Script

/// The `precision` argument of calls that sample or train: one declaration, and the note where the machine cannot.
enum PrecisionChoice {
  /// For sampling.
  static let sampling = Parameter(
    "precision", .choice(Processor.precisions), default: "fp32",
    "how products read numbers; bf16 and int8 are faster, and paint other pictures now and then")

  /// For training, whose products have no whole numbers.
  static let training = Parameter(
    "precision", .choice(TrainingPrecision.allCases.map(\.rawValue)), default: "fp32",
    "how products read numbers; weights, sums and the optimizer stay fp32")

  /// The precision that a call asks for. The first call that asks for what this machine lacks is told.
  static func name(_ arguments: Arguments, _ context: Context) throws -> String {
    let name: String = try arguments["precision"]
    if !Processor.supports(precision: name), context.host(as: Run.self)?.isFirst("no \(name)") ?? true {
      context.output.write("this processor has no instructions for \(name); fp32 is used instead")
    }
    return name
  }
}
