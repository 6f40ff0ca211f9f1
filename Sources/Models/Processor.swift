import Tensors

/// What the numbers are computed with, for those who report it and may not touch the engine itself.
public enum Processor {
  /// How many threads share the work; results do not depend on it.
  public static var threads: Int {
    get { Engine.threads }
    set { Engine.threads = newValue }
  }

  /// The instruction set of Easel's own loops: `"baseline"`, `"avx2"` or `"avx512"`.
  public static var instructionSet: String { Engine.instructionSet }
}
