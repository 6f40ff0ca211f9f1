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

  /// The processor family whose kernels OpenBLAS has picked; the bits of a matrix product depend on it.
  public static var blasKernel: String { Engine.blasKernel }

  /// Whether the environment forces OpenBLAS to kernels that may be slower than this processor's own.
  public static var isBLASRestrained: Bool { Engine.isBLASRestrained }
}
