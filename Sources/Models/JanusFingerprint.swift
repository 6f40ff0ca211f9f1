public import Primitives
import Tensors

extension Janus {
  /// A digest of every weight, those of the image tokenizer and the vision encoder included, bit for bit.
  public var fingerprint: Fingerprint {
    var digest = Fingerprint()
    for parameter in storedParameters { digest.combine(parameter.value) }
    return digest
  }
}
