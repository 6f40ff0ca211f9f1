import CKernels

/// What the engine runs on and with how many threads; results depend on neither the threads nor the
/// instruction set of the kernels.
public enum Engine {
  /// How many threads share the work; at first one for each core.
  public static var threads: Int {
    get { ckernels_threads() }
    set { ckernels_set_threads(newValue) }
  }

  /// The instruction set of the kernels in use: `"baseline"`, `"avx2"`, `"avx512"` or
  /// `"avx512bf16"`.
  public static var instructionSet: String { String(cString: ckernels_instruction_set()) }

  /// Makes the kernels use another instruction set, for tests.
  ///
  /// - Parameter name: `"baseline"`, `"avx2"`, `"avx512"` or
  /// `"avx512bf16"`.
  /// - Returns: whether this machine has it.
  @discardableResult
  public static func use(instructionSet name: String) -> Bool { ckernels_use_instruction_set(name) == 0 }

  /// Whether this machine has instructions for products in a precision. Without them the same numbers come
  /// out, but slower than in single precision.
  public static func supports(_ precision: Precision) -> Bool {
    precision != .bf16 || instructionSet == "avx512bf16"
  }

  /// Memory that the engine has taken from the system, in bytes; it is kept for reuse.
  public static var memory: Int { ckernels_pool_bytes() }

  /// Memory that tensors take at present, in bytes.
  public static var memoryInUse: Int { ckernels_pool_live() }

  /// The memory that the work since the last call needs if nothing was taken before, in bytes: a block that is given back serves
  /// only tensors of about its size.
  public static func takePeakMemory() -> Int { ckernels_pool_peak() }
}
