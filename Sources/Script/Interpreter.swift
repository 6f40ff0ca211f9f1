import OrderedCollections
import Primitives

/// The parts of the language that run it land next; these declarations are what others build on.
final class Variable {}
final class FunctionSyntax { var signature: [Parameter] { [] } }

final class Interpreter {
  let library: Library
  let output: any SessionOutput
  let stop: StopToken
  let host: AnyObject?
  let limits: Limits
  var seed = 0
  var globalValues: [(name: String, value: Value)] = []

  init(library: Library, output: any SessionOutput, stop: StopToken, host: AnyObject?, limits: Limits) {
    (self.library, self.output, self.stop, self.host, self.limits) = (library, output, stop, host, limits)
  }
  func callFromSwift(_ function: Function, _ values: [Value]) throws -> Value { .none }
  func poll(_ span: SourceSpan?) throws {}
}
extension Library {
  /// The language's own functions and the members of its values.
  public static let standard = Library()
}
