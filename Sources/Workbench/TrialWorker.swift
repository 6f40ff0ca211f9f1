import Foundation
import Models
public import Primitives
import Records
public import Script

/// The process that does a trial of a sweep.
public final class TrialWorker {
  private let trial: TrialFolder
  private let run: Run
  private let training: TrialTraining
  private let output: JobOutput
  private let session: Session

  /// A worker in a trial's folder.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - output: where all that the work prints goes.
  ///   - stop: raised from outside to end it.
  ///   - worker: what starts workers, for work that starts jobs.
  ///   - threads: how many threads share the work; `nil` for as many as there are cores.
  ///   - until: the steps after which it pauses; `nil` for none.
  ///   - takesLock: whether nobody has taken the trial's lock for this process.
  /// - Returns: `nil` if the folder is no trial's.
  /// - Throws: if its state cannot be written, or another process works on it.
  public init?(
    _ path: String, output: any SessionOutput, stop: StopToken, worker: [String], threads: Int? = nil,
    until: Int? = nil, takesLock: Bool = false
  ) throws {
    guard let trial = TrialFolder(path) else { return nil }
    self.trial = trial
    if takesLock {
      // Held until the process ends.
      _ = try trial.job.lock()
    } else {
      // Programs that the work starts must not hold the lock.
      _ = fcntl(JobStart.lockDescriptor, F_SETFD, FD_CLOEXEC)
    }
    if let threads { Processor.threads = threads }
    run = Run(of: trial, worker: worker)
    training = TrialTraining(trial, pause: try Halving.pause(in: trial.sweep, until: until))
    run.trial = training
    self.output = try JobOutput(output, job: trial.job)
    session = Workbench.session(output: self.output, run: run, stop: stop)
  }

  /// Does the work, unless it is done.
  ///
  /// - Returns: what went wrong, if anything did; the trial says so as well.
  public func work() -> Diagnostic? {
    guard trial.end == nil else { return nil }
    run.watch = { [training] trainer in try training.keep(trainer) }
    let context = session.context
    do {
      try trial.noteAttempt()
      let (work, seed) = try Archive.read(trial.sweep + "/work", context)
      context.seed = seed
      try run.begin(seed: seed)
      guard case .function(let function) = work else { throw WorkbenchError.job("the sweep's work is no function") }
      let parameters = try trial.spec.parameters.map { (name: $0.name, value: try TrialResult.value($0, context)) }
      output.state.phase = .running
      try output.write()
      let value = try context.run(function, [.record(Record(parameters))])
      // Work that a stop has cut short may have a value all the same.
      guard !context.stop.isRaised else { return try close(.stopped) }
      var end = TrialFolder.End(status: .done)
      end.results = try TrialResult.fields(value, context)
      return try close(.finished, end)
    } catch {
      let problem = error as? Diagnostic ?? Diagnostic(.failed, "\(error)")
      do {
        guard !problem.isStop, !training.isPaused else { return try close(.stopped) }
        var end = TrialFolder.End(status: .failed)
        end.failure = training.sawNotFinite ? .nan : .error
        end.problem = problem.message
        end.cause = problem.code.rawValue + " " + (problem.span.map { "\($0.line):\($0.column)" } ?? problem.message)
        _ = try close(.failed, end)
      } catch {
        return Diagnostic(.failed, "\(error)")
      }
      return problem
    }
  }

  /// Says how it ended.
  private func close(_ phase: JobFolder.Phase, _ end: TrialFolder.End? = nil) throws -> Diagnostic? {
    if var end {
      (end.seconds, end.memory) = (training.seconds, ProcessMemory.peak(of: nil) ?? 0)
      try trial.write(end)
      try? FileManager.default.removeItem(atPath: trial.checkpoints)
      output.state.problem = end.problem
    }
    output.state.phase = phase
    try output.write()
    run.end(phase == .finished ? .finished : phase == .failed ? .failed : .stopped)
    return nil
  }
}
