import Foundation
import Learning
public import Primitives
import Records
public import Script

/// The process that does the work of a job.
public final class JobWorker {
  private let job: JobFolder
  private let run: Run
  private let output: JobOutput
  private let session: Session
  private var saved = (time: ContinuousClock.now, cost: Duration.zero)

  /// Training goes on while nothing is saved: saving takes one part in so many of the time, no more.
  private static let share = 20.0

  /// A worker in a job's folder.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - output: where all that the work prints goes.
  ///   - stop: raised from outside to end it.
  ///   - worker: what starts workers, for work that starts jobs.
  /// - Throws: if there is no job in the folder, or its state cannot be written.
  public init(_ path: String, output: any SessionOutput, stop: StopToken, worker: [String]) throws {
    guard let job = JobFolder(path) else { throw WorkbenchError.job("there is no job in '\(path)'") }
    self.job = job
    // Programs that the work starts must not hold the lock.
    _ = fcntl(JobStart.lockDescriptor, F_SETFD, FD_CLOEXEC)
    run = Run(of: job, worker: worker)
    self.output = try JobOutput(output, job: job)
    session = Workbench.session(output: self.output, run: run, stop: stop)
  }

  /// Lets go of all descriptors that the process was born with but the standard streams and its lock: who waits for
  /// their end must not wait for the work's. To be called before anything else is opened.
  public static func closeInherited() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for descriptor in names.compactMap({ Int32($0) }) where descriptor > JobStart.lockDescriptor { close(descriptor) }
  }

  /// Does the work.
  ///
  /// - Returns: what went wrong, if anything did; the job's state says so as well.
  public func work() -> Diagnostic? {
    let context = session.context
    run.watch = { [weak self] trainer in try self?.keep(trainer) }
    do {
      let (work, seed) = try Archive.read(job.work, context)
      context.seed = seed
      try run.begin(seed: seed)
      guard case .function(let function) = work else { throw WorkbenchError.job("the job's work is no function") }
      output.state.phase = .running
      try output.write()
      let outcome = run.journal.work(job.facts.work, function, context)
      if let problem = outcome.diagnostics.first { throw problem }
      try end(context.stop.isRaised ? .stopped : .finished, outcome.value)
      return nil
    } catch {
      let problem = error as? Diagnostic ?? Diagnostic(.failed, "\(error)")
      output.state.problem = problem.isStop ? "it was stopped" : problem.message
      do {
        try end(problem.isStop ? .stopped : .failed, .none)
      } catch {
        return Diagnostic(.failed, "\(error)")
      }
      return problem
    }
  }

  /// Archives what the work gave: the trainer, if it is what a run gave that trained it.
  private func end(_ phase: JobFolder.Phase, _ value: Value) throws {
    var result = value
    if let trained = run.trained, value == trained.result || phase != .finished && value == .none {
      result = .object(trained.trainer)
    }
    if result != .none {
      do {
        try Archive.write(result, to: job.folder.path + "/result", session.context)
        output.state.result = "result"
      } catch let error as WorkbenchError {
        output.state.problem = "\(error)"
      }
    }
    output.state.phase = phase
    try output.write()
    run.end(phase == .finished ? .finished : phase == .stopped ? .stopped : .failed)
    if output.state.result != nil, let latest = output.state.latest {
      output.state.latest = nil
      try output.write()
      try? FileManager.default.removeItem(atPath: "\(job.folder.path)/\(latest)")
    }
  }

  /// Archives a trainer after a step, now and then, so that a worker that is killed has not worked in vain.
  private func keep(_ trainer: TrainerObject) throws {
    let start = ContinuousClock.now
    guard start - saved.time >= saved.cost * Self.share else { return }
    let name = "\(trainer.label)-step-\(trainer.trainer.step)"
    let old = output.state.latest
    guard old != name else { return }
    try Archive.write(.object(trainer), to: "\(job.folder.path)/\(name)", session.context)
    output.state.latest = name
    try output.write()
    if let old { try? FileManager.default.removeItem(atPath: "\(job.folder.path)/\(old)") }
    saved = (ContinuousClock.now, ContinuousClock.now - start)
  }
}

/// A worker's output: what is printed goes on, progress also into the job's state.
final class JobOutput: SessionOutput {
  var state: JobFolder.State
  private let output: any SessionOutput
  private let job: JobFolder
  private var written = ContinuousClock.now
  private var pace = Pace()
  private let start = ContinuousClock.now

  /// How often the state is written while steps follow each other.
  private static let interval = Duration.milliseconds(200)

  init(_ output: any SessionOutput, job: JobFolder) throws {
    (self.output, self.job) = (output, job)
    state = JobFolder.State(process: ProcessInfo.processInfo.processIdentifier)
    try write()
  }

  func write() throws {
    try job.write(state)
    written = ContinuousClock.now
  }

  func write(_ text: String) { output.write(text) }
  func show(_ display: Display) { output.show(display) }

  func progress(_ report: ProgressReport?) {
    output.progress(report)
    guard let report else { return }
    let now = ContinuousClock.now
    _ = pace.follow(report, at: (now - start) / .seconds(1))
    state.secondsLeft = pace.secondsLeft(report)
    (state.label, state.done, state.total) = (report.label, report.done, report.total)
    (state.text, state.watched) = (report.text, report.watched)
    guard report.done == report.total || now - written >= Self.interval else { return }
    // Who looks at the state has to do with an older one then; the work goes on.
    try? write()
  }
}
