import Foundation
import Records

/// A trial as the sweep that runs knows it.
struct SweepTrial {
  /// How it stands.
  enum Phase: Equatable {
    /// It is to be done, or to go on.
    case waiting
    /// A process works on it; one of ours if its number is known for waiting.
    case running(process: Int32?)
    /// It is in the queue of a cluster, where it waits or runs.
    case queued
    /// It has come to a rung of early stopping.
    case paused
    /// It is over, and says so itself.
    case ended
    /// It was stopped, or given up for now: it goes on when the sweep is run again.
    case left
  }

  let folder: TrialFolder
  var phase = Phase.waiting
  /// Whether it must be the only one that runs.
  var isAlone = false
  /// How often it was started again after its worker had died.
  var retries = 0
  /// Its task in Slurm, such as `17_3`.
  var task: String?
  /// Up to which step it was started.
  var until: Int?
  /// How many processes the kernel had killed for memory when it was started.
  var kills = 0
  /// What went wrong with the last worker, or why it was left.
  var failure: TrialFolder.End.Failure?
  var problem: String?
  /// What `end.json` says, once it is there.
  var end: TrialFolder.End?
  /// The rungs that it has come to.
  var rungs: [TrialFolder.Rung] = []
  /// How often and how it was asked to stop.
  var signals = 0

  init(_ folder: TrialFolder) { self.folder = folder }

  /// Whether it is in somebody's hands.
  var isRunning: Bool {
    switch phase {
    case .running, .queued: true
    case .waiting, .paused, .ended, .left: false
    }
  }

  /// The worker, for signals.
  var process: Int32? {
    guard case .running(let process) = phase else { return nil }
    return process ?? folder.job.state.last?.process
  }

  /// One word for the table.
  var status: String {
    switch phase {
    case .waiting: "waiting"
    case .running, .queued: "running"
    case .paused: "pruned"
    case .ended: end?.status.rawValue ?? "done"
    case .left: failure == nil ? "stopped" : "failed"
    }
  }

  /// Why it has no result, if it has none.
  var reason: String? {
    let failure = end?.failure ?? failure
    var problem = end?.problem ?? problem
    if phase == .paused, let rung = rungs.last {
      problem = "not among the best after \(rung.step) steps, with \((rung.value * 1e4).rounded() / 1e4)"
    }
    guard let failure else { return problem }
    return failure.rawValue + (problem.map { ": \($0)" } ?? "")
  }
}

/// What became of a worker that is gone without saying how.
enum WorkerDeath {
  /// Tells why a worker died.
  ///
  /// - Parameters:
  ///   - status: what `waitpid` gave; `nil` for a process that is not our child.
  ///   - kills: how many processes the kernel had killed for memory when it was started.
  ///   - now: how many now.
  /// - Returns: the kind of failure and its words.
  static func reason(
    _ status: Int32?, kills: Int, now: Int
  ) -> (failure: TrialFolder.End.Failure, problem: String) {
    guard let status else { return (.signal, "its worker is gone without a word") }
    let signal = status & 0x7F
    guard signal != 0 else { return (.error, "its worker ended with status \((status >> 8) & 0xFF) without a word") }
    if signal == SIGKILL, now > kills { return (.memory, "the system killed its worker for want of memory") }
    return (.signal, "its worker was ended by signal \(signal) (\(String(cString: strsignal(signal))))")
  }
}
