public import Primitives
import Tensors

extension Trainer {
  /// A digest of the weights that are trained, in the trainer's order: what a step has made of them, bit for bit.
  public var fingerprint: Fingerprint {
    var digest = Fingerprint()
    for parameter in parameters { digest.combine(parameter.value) }
    return digest
  }
}
