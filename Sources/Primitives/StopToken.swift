import Synchronization

/// A request to stop, raised from anywhere, a signal handler included, and polled by long loops.
///
/// Stages follow the prompt's Ctrl-C: the first asks to finish the step, the second to abandon it, the third to leave.
public final class StopToken: Sendable {
  /// How urgent the request is.
  public enum Stage: Int, Sendable, Comparable {
    /// Nothing was asked.
    case running = 0
    /// Finish the optimizer step, then return.
    case finishStep
    /// Abandon the step and go back to the state before it.
    case abandonStep
    /// Leave the process as soon as files are safe.
    case leave

    /// Later stages are greater.
    public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
  }

  /// A look that found a stage that no look before it had found: where a request took effect.
  public struct Sighting: Sendable, Hashable {
    /// The number of the look, from 1.
    public let look: Int
    /// What it found.
    public let stage: Stage

    /// A look and what it found.
    public init(look: Int, stage: Stage) { (self.look, self.stage) = (look, stage) }
  }

  /// What loops have looked at since the count began.
  private struct Looks {
    var count = 0
    var found: [Sighting] = []
    var planned: [Sighting] = []
  }

  private let raw = Atomic<Int>(0)
  private let looks = Mutex(Looks())
  private let watching = Atomic<Bool>(false)

  /// A token that nobody has raised.
  public init() {}

  /// The stage asked for.
  public var stage: Stage { Stage(rawValue: min(raw.load(ordering: .relaxed), 3)) ?? .leave }

  /// Whether any stop was asked for.
  public var isRaised: Bool { stage > .running }

  /// Whether what runs only looks at something, so that a stop has nothing to finish.
  public var isWatching: Bool {
    get { watching.load(ordering: .relaxed) }
    set { watching.store(newValue, ordering: .relaxed) }
  }

  /// The stage asked for, as a loop takes it that heeds it.
  ///
  /// Looks are counted: the same work takes the same looks, so that the number of a look says where in it a request
  /// took effect, and the request can be made again there. Who only watches reads ``stage``.
  public func look() -> Stage {
    looks.withLock { looks in
      looks.count += 1
      if let next = looks.planned.first, looks.count >= next.look {
        looks.planned.removeFirst()
        if stage < next.stage { raw.store(next.stage.rawValue, ordering: .relaxed) }
      }
      let stage = stage
      if stage > looks.found.last?.stage ?? .running { looks.found.append(Sighting(look: looks.count, stage: stage)) }
      return stage
    }
  }

  /// Where requests took effect since the count of looks began.
  public var sightings: [Sighting] { looks.withLock { $0.found } }

  /// Begins to count looks.
  ///
  /// - Parameter planned: requests that are made by themselves, in order, when their look comes.
  public func countLooks(planned: [Sighting] = []) { looks.withLock { $0 = Looks(planned: planned) } }

  /// Goes one stage further. Safe to call from a signal handler.
  public func raise() { raw.add(1, ordering: .relaxed) }

  /// Goes back to running.
  public func reset() { raw.store(0, ordering: .relaxed) }
}
