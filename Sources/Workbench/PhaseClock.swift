import Learning

/// How long the parts of a trainer's steps took. It reads the clock, so its numbers belong to no record that is
/// replayed.
final class PhaseClock {
  /// Seconds spent in each part.
  private(set) var seconds = PolicyTrainer.Phase.allCases.map { (phase: $0, seconds: 0.0) }
  private var running: (phase: PolicyTrainer.Phase, since: ContinuousClock.Instant)?

  /// Ends the part that runs, and begins another or none.
  func begin(_ phase: PolicyTrainer.Phase?) {
    let now = ContinuousClock.now
    if let running, let place = seconds.firstIndex(where: { $0.phase == running.phase }) {
      seconds[place].seconds += (now - running.since) / .seconds(1)
    }
    running = phase.map { ($0, now) }
  }
}
