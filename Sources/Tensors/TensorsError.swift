/// What is wrong with a file of tensors.
public enum TensorsError: Error, CustomStringConvertible, Equatable {
  /// The file ends early: what was being read, how many bytes that needs, how many there are.
  case truncated(String, needed: Int, found: Int)
  /// The header is not what the format asks for.
  case malformedHeader(String)
  /// A tensor's bytes are not where its shape says: name, reason.
  case inconsistentTensor(String, String)
  /// A tensor has numbers of a kind that is not read: name, kind.
  case unknownNumberKind(String, String)
  /// Two tensors of one name.
  case duplicateName(String)

  /// What happened and the way out.
  public var description: String {
    switch self {
    case .truncated(let part, let needed, let found):
      "the safetensors file ends early: \(part) needs \(needed) bytes and there are \(found); copy the file again"
    case .malformedHeader(let reason): "the safetensors header cannot be read: \(reason); is it a safetensors file?"
    case .inconsistentTensor(let name, let reason):
      "the safetensors file contradicts itself about '\(name)': \(reason); write or download the file again"
    case .unknownNumberKind(let name, let kind):
      "the tensor '\(name)' holds numbers of kind \(kind); F32, F16 and BF16 can be read"
    case .duplicateName(let name): "two tensors are called '\(name)'; names must differ"
    }
  }
}
