import CKernels
import COpenBLAS
import Foundation

/// What the engine runs on and with how many threads; results depend on neither the threads nor the
/// instruction set of the kernels, but the bits of a matrix product may depend on the kernel that OpenBLAS
/// picks for a processor.
public enum Engine {
  /// How many threads share the work; at first one for each core.
  public static var threads: Int {
    get { ckernels_threads() }
    set { ckernels_set_threads(newValue) }
  }

  /// The instruction set of the kernels in use: `"baseline"`, `"avx2"` or `"avx512"`.
  public static var instructionSet: String { String(cString: ckernels_instruction_set()) }

  /// Makes the kernels use another instruction set, for tests.
  ///
  /// - Parameter name: `"baseline"`, `"avx2"` or `"avx512"`.
  /// - Returns: whether this machine has it.
  @discardableResult
  public static func use(instructionSet name: String) -> Bool { ckernels_use_instruction_set(name) == 0 }

  /// The processor family whose kernels OpenBLAS has picked, such as `"SkylakeX"`.
  public static var blasKernel: String { String(cString: openblas_get_corename()) }

  /// Whether the environment forces OpenBLAS to kernels that may be slower than this processor's own.
  public static var isBLASRestrained: Bool {
    ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"].map { !$0.isEmpty } ?? false
  }

  /// Memory that the engine has taken from the system, in bytes; it is kept for reuse.
  public static var memory: Int { ckernels_pool_bytes() }
}
