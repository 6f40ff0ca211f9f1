/// A reference that is followed without being counted, because counting would take as long as what is done with it.
/// Whoever makes one sees to it that something else holds the object for as long.
@safe
struct Borrowed<Object: AnyObject> {
  private let object: Unmanaged<Object>

  init(_ object: Object) { unsafe self.object = .passUnretained(object) }

  @inline(__always)
  func use<Result>(_ body: (Object) throws -> Result) rethrows -> Result {
    try unsafe object._withUnsafeGuaranteedRef(body)
  }
}
