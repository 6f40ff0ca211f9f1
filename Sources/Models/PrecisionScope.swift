import Tensors

extension Janus {
  /// Does something with products in a precision; the model's own comes back afterwards, also after an error.
  ///
  /// A machine that lacks the instructions goes on in single precision.
  ///
  /// - Parameters:
  ///   - name: one of ``Processor/precisions``, or `nil` for the model's own.
  ///   - body: what to do.
  public func inPrecision<Result>(_ name: String?, _ body: () throws -> Result) rethrows -> Result {
    guard let name, let wanted = Precision(rawValue: name) else { return try body() }
    let own = precision
    precision = Engine.supports(wanted) ? wanted : .fp32
    defer { precision = own }
    return try body()
  }
}

extension Processor {
  /// The precisions that products can have, by name: `"fp32"`, `"bf16"`, `"int8"`.
  public static var precisions: [String] { Precision.allCases.map(\.rawValue) }

  /// Whether this machine has instructions for products in a precision.
  ///
  /// - Parameter name: one of ``precisions``.
  public static func supports(precision name: String) -> Bool {
    Precision(rawValue: name).map { Engine.supports($0) } ?? false
  }
}
