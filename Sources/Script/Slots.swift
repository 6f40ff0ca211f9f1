/// The variables of all running functions, one after the other; `nil` until they are assigned.
///
/// Every step reads or writes them, and an array would ask each time whether somebody else has it. So they lie in
/// memory of their own, addressed from where those of the innermost function start. No address leaves this file.
@safe
struct Slots {
  /// Initialized from end to end.
  @safe
  private final class Memory {
    let start: UnsafeMutablePointer<Value?>
    let count: Int

    init(count: Int) {
      self.count = count
      unsafe start = .allocate(capacity: count)
      unsafe start.initialize(repeating: nil, count: count)
    }

    /// Moves the values of a smaller one here.
    func take(_ other: Memory) {
      unsafe start.update(from: other.start, count: other.count)
      unsafe other.start.update(repeating: nil, count: other.count)
    }

    deinit {
      unsafe start.deinitialize(count: count)
      unsafe start.deallocate()
    }
  }

  private var memory: Memory
  private var frame: UnsafeMutablePointer<Value?>
  /// Where the slots of the innermost function start.
  private(set) var base = 0
  /// No slot from here on has a value.
  private var end = 0

  init() {
    memory = Memory(count: 64)
    unsafe frame = memory.start
  }

  /// A slot of the innermost function, counted from its first. The compiler numbers the slots, and counts them for
  /// ``enter(after:count:)``, which makes room for all: no number of a script's is ever an address here.
  subscript(slot: Int) -> Value? {
    @inline(__always) _read { yield unsafe frame[slot] }
    @inline(__always) _modify { yield unsafe &frame[slot] }
  }

  /// Enters a function.
  ///
  /// - Parameters:
  ///   - used: how many slots the caller has.
  ///   - count: how many it has itself.
  @inline(__always)
  mutating func enter(after used: Int, count: Int) {
    base += used
    unsafe frame += used
    if base + count > end { extend(to: base + count) }
  }

  /// Leaves the function that was entered so.
  @inline(__always)
  mutating func leave(after used: Int, count: Int) {
    for slot in 0..<count { unsafe frame[slot] = nil }
    base -= used
    unsafe frame -= used
  }

  /// Goes back to a function that calls other ones which failed.
  mutating func recover(base: Int, used: Int) {
    for slot in min(base + used, end)..<end { unsafe memory.start[slot] = nil }
    (self.base, end) = (base, base + used)
    unsafe frame = memory.start + base
  }

  private mutating func extend(to end: Int) {
    if end > memory.count {
      let larger = Memory(count: max(end, 2 * memory.count))
      larger.take(memory)
      memory = larger
      unsafe frame = larger.start + base
    }
    self.end = end
  }
}
