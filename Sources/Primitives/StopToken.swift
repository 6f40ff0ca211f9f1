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

  private let raw = Atomic<Int>(0)
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

  /// Goes one stage further. Safe to call from a signal handler.
  public func raise() { raw.add(1, ordering: .relaxed) }

  /// Goes back to running.
  public func reset() { raw.store(0, ordering: .relaxed) }
}
