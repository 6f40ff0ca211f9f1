import Foundation
import Models
import Primitives
import Records
import Script

/// Gives the trials of a sweep to workers until none is left.
///
/// The files of the trials are the truth: what is here is gone with the process, and whoever runs the sweep next finds
/// out again which trials are done, which a worker that outlived this process still does, and which are to go on.
final class SweepRunner {
  /// How a sweep is run.
  struct Options {
    /// How many trials run at a time.
    var workers = 1
    /// Whether trials that are done are done again.
    var isForced = false
    /// Whether trials that failed are done again.
    var retriesFailed = false
    /// Early stopping.
    var halving: Halving?
    /// The cluster that runs trials instead of this machine.
    var batch: SlurmBatch?
  }

  private let sweep: SweepFolder
  private let options: Options
  private let run: Run
  private let context: Context
  private(set) var trials: [SweepTrial]
  private var queue: SlurmQueue
  private var asked: ContinuousClock.Instant?
  /// Whether there is anything to tell.
  private var isChanged = true
  private var saidWaiting = false

  /// How often workers are looked at, in microseconds.
  private static let patience: UInt32 = 10_000
  /// How often Slurm's queue is asked.
  private static let queuePatience = Duration.seconds(1)
  /// How often a trial is started again whose worker has died.
  private static let mostRetries = 1
  /// So many failures of one cause end a sweep.
  private static let fewestAlike = 3

  init(_ sweep: SweepFolder, _ trials: [TrialFolder], _ options: Options, _ run: Run, _ context: Context) {
    (self.sweep, self.options, self.run, self.context) = (sweep, options, run, context)
    self.trials = trials.map(SweepTrial.init)
    queue = SlurmQueue(sweep: sweep.path)
  }

  /// Runs until all trials have ended, or a stop is asked for.
  ///
  /// - Throws: if trials cannot be started, or three fail alike.
  func work() throws {
    guard let lock = try takeLock() else { return }
    defer { close(lock) }
    defer { context.output.progress(nil) }
    try options.halving?.write(in: sweep.path)
    var record = RunRecord(id: sweep.facts.id, name: sweep.facts.name, kind: .sweep, started: sweep.facts.started)
    run.recorder?.note(record, in: sweep.folder)
    defer {
      let isDone = trials.allSatisfy { $0.phase == .ended || $0.phase == .paused }
      record.status = !isDone ? .stopped : trials.contains { $0.status == "failed" } ? .failed : .finished
      record.ended = Date()
      run.recorder?.note(record, in: sweep.folder)
    }
    try takeStock()
    tellStock()
    var cause: Diagnostic?
    while true {
      try look()
      if isChanged {
        report()
        cause = alike
        isChanged = false
      }
      if context.stop.isRaised, options.batch != nil {
        break
      } else if context.stop.isRaised {
        signal(context.stop.stage >= .abandonStep ? 2 : 1)
      } else if let cause {
        signal(1)
        if !trials.contains(where: \.isRunning) { throw cause }
      } else if try start() {
        isChanged = true
        continue
      }
      guard trials.contains(where: \.isRunning) else { break }
      usleep(Self.patience)
    }
    if context.stop.isRaised { leaveWaiting() }
  }

  /// Waits for whoever runs the sweep already.
  private func takeLock() throws -> Int32? {
    var isWaiting = false
    while true {
      if let lock = try sweep.lockIfFree() { return lock }
      if !isWaiting { context.output.write("another process runs this sweep; waiting for it") }
      isWaiting = true
      guard !context.stop.isRaised else {
        leaveWaiting()
        return nil
      }
      usleep(10 * Self.patience)
    }
  }

  /// Finds out how each trial stands.
  func takeStock() throws {
    let active = try options.batch == nil ? [:] : queue.active()
    for index in trials.indices {
      let folder = trials[index].folder
      if let task = active[folder.id], folder.end == nil {
        trials[index].phase = .queued
        trials[index].task = task.task
        continue
      }
      if folder.job.isHeld {
        trials[index].phase = .running(process: nil)
        continue
      }
      trials[index].end = folder.end
      let isFailed = trials[index].end?.status == .failed
      if options.isForced && trials[index].end != nil || options.retriesFailed && isFailed {
        guard let lock = try folder.job.lockIfFree() else { continue }
        folder.reset()
        close(lock)
        trials[index].end = nil
      }
      trials[index].rungs = folder.rungs
      guard trials[index].end != nil else {
        settle(index)
        continue
      }
      trials[index].phase = .ended
      // The worker may have been killed between its last two deeds.
      try? FileManager.default.removeItem(atPath: folder.checkpoints)
    }
  }

  private func tellStock() {
    let (done, running) = (trials.count { $0.phase == .ended }, trials.count(where: \.isRunning))
    if done > 0 || running > 0 {
      context.output.write(
        "of \(trials.count) trials \(done) are over" + (running > 0 ? ", \(running) still run" : "")
          + (done + running < trials.count ? ", \(trials.count - done - running) to go" : ""))
    }
  }

  /// Whether a trial that does not run waits for its turn or for others.
  private func settle(_ index: Int) {
    let isPaused = options.halving.map { $0.level(trials[index].rungs) > 0 } ?? false
    trials[index].phase = isPaused ? .paused : .waiting
  }

  // MARK: Looking

  private func look() throws {
    try lookAtQueue()
    for index in trials.indices where trials[index].isRunning {
      guard case .running(let process) = trials[index].phase else { continue }
      var status: Int32?
      if let process {
        var code: Int32 = 0
        guard waitpid(process, &code, WNOHANG) != 0 else { continue }
        status = code
      } else if trials[index].folder.job.isHeld {
        continue
      }
      try settle(index, mayBeClean: status.map { $0 & 0x7F == 0 } != false) {
        WorkerDeath.reason(status, kills: $0.kills, now: ProcessMemory.kills)
      }
    }
  }

  private func lookAtQueue() throws {
    guard options.batch != nil, trials.contains(where: { $0.phase == .queued }),
      asked.map({ ContinuousClock.now - $0 > Self.queuePatience }) != false
    else { return }
    asked = ContinuousClock.now
    let active = try queue.active()
    for index in trials.indices where trials[index].phase == .queued && active[trials[index].folder.id] == nil {
      guard !trials[index].folder.job.isHeld else { continue }
      try settle(index, mayBeClean: true) { SlurmQueue.death(of: $0.task) }
    }
  }

  /// What a trial becomes whose worker is gone.
  ///
  /// - Parameters:
  ///   - index: the trial.
  ///   - mayBeClean: whether the worker may have ended in good order.
  ///   - reason: why it is gone, if it has not said so.
  private func settle(
    _ index: Int, mayBeClean: Bool, _ reason: (SweepTrial) -> (failure: TrialFolder.End.Failure, problem: String)
  ) throws {
    isChanged = true
    let folder = trials[index].folder
    (trials[index].end, trials[index].rungs) = (folder.end, folder.rungs)
    if let end = trials[index].end {
      trials[index].phase = .ended
      try sweep.note(end.status.rawValue, of: folder.id, ["reason": trials[index].reason ?? ""])
      return context.output.write(row(trials[index]))
    }
    if mayBeClean, folder.job.state.last?.phase == .stopped {
      if let until = trials[index].until, trials[index].rungs.contains(where: { $0.step >= until }) {
        trials[index].phase = .paused
        return try sweep.note("paused", of: folder.id, ["step": "\(until)"])
      }
      trials[index].phase = .left
      return try sweep.note("stopped", of: folder.id)
    }
    trials[index].phase = .left
    // Before it could listen, a worker just dies of what asks it to stop.
    guard trials[index].signals == 0 else { return try sweep.note("stopped", of: folder.id) }
    let death = reason(trials[index])
    (trials[index].failure, trials[index].problem) = (death.failure, death.problem)
    guard trials[index].retries < Self.mostRetries else {
      try sweep.note("left", of: folder.id, ["reason": death.problem])
      return context.output.write(row(trials[index]))
    }
    trials[index].retries += 1
    trials[index].isAlone = death.failure == .memory
    trials[index].phase = .waiting
    try sweep.note("again", of: folder.id, ["reason": death.problem])
    context.output.write("\(folder.spec.text): \(death.problem); it goes on" + (trials[index].isAlone ? ", alone" : ""))
  }

  /// The one message about failures of one cause, if there are three, and more than trials that are done.
  private var alike: Diagnostic? {
    let ends = trials.compactMap(\.end)
    let failures = Dictionary(grouping: ends.filter { $0.failure == .error }) { $0.cause ?? "" }
    guard let most = failures.values.max(by: { $0.count < $1.count }), most.count >= Self.fewestAlike,
      most.count > ends.count(where: { $0.status == .done })
    else { return nil }
    let example = trials.first { $0.end?.failure == .error && $0.end?.cause == most.first?.cause }
    return Diagnostic(
      .failed, "\(most.count) trials failed alike, so the sweep stops: \(most.first?.problem ?? "")",
      hint: example.map { "such as the one with \($0.folder.spec.text); its log is in '\($0.folder.job.log)'" },
      fix: "mend the trial's work; or, if the cause was outside, write retry: true")
  }

  // MARK: Starting

  /// Starts a trial, if there is one to start and room for it.
  private func start() throws -> Bool {
    if let batch = options.batch { return try submit(batch) }
    let running = trials.indices.filter { trials[$0].isRunning }
    guard running.count < options.workers, !running.contains(where: { trials[$0].isAlone }),
      let (index, until) = try next(), !trials[index].isAlone || running.isEmpty, hasMemory(beside: running)
    else { return false }
    let folder = trials[index].folder
    try folder.make()
    guard let lock = try folder.job.lockIfFree() else {
      trials[index].phase = .running(process: nil)
      return true
    }
    defer { close(lock) }
    // It may have ended since stock was taken.
    guard folder.end == nil else {
      (trials[index].end, trials[index].phase) = (folder.end, .ended)
      return true
    }
    let threads = max(1, ProcessInfo.processInfo.activeProcessorCount / options.workers)
    let command = run.worker + [folder.path, "--threads", "\(threads)"] + (until.map { ["--until", "\($0)"] } ?? [])
    trials[index].kills = ProcessMemory.kills
    let process = try JobStart.spawn(command, log: folder.job.log, lock: lock)
    trials[index].phase = .running(process: process)
    trials[index].until = until
    try sweep.note("started", of: folder.id, ["until": until.map(String.init) ?? "its end"])
    return true
  }

  /// Submits all trials that wait.
  private func submit(_ batch: SlurmBatch) throws -> Bool {
    let waiting = trials.indices.filter { trials[$0].phase == .waiting }
    guard !waiting.isEmpty else { return false }
    for index in waiting { try trials[index].folder.make() }
    let folders = waiting.map { trials[$0].folder }
    let job = try queue.submit(folders, batch, name: sweep.facts.name, worker: run.worker)
    for (task, index) in waiting.enumerated() {
      (trials[index].phase, trials[index].task) = (.queued, "\(job)_\(task)")
      try sweep.note("submitted", of: trials[index].folder.id, ["task": "\(job)_\(task)"])
    }
    context.output.write("Slurm has \(waiting.count) trials as job \(job)")
    return true
  }

  /// The trial to start next, and up to which step it goes.
  private func next() throws -> (index: Int, until: Int?)? {
    guard let halving = options.halving else { return trials.firstIndex { $0.phase == .waiting }.map { ($0, nil) } }
    let paused = trials.indices.filter { trials[$0].phase == .paused }
    if let promotion = halving.promotion(trials.map(\.rungs), paused: paused) {
      try sweep.note(
        "promoted", of: trials[promotion.trial].folder.id,
        ["step": "\(promotion.step)", "place": "\(promotion.place)", "of": "\(promotion.of)"])
      return (promotion.trial, halving.until(trials[promotion.trial].rungs))
    }
    return trials.firstIndex { $0.phase == .waiting }.map { ($0, halving.until(trials[$0].rungs)) }
  }

  /// Whether there is memory for one more, going by what the others have needed.
  private func hasMemory(beside running: [Int]) -> Bool {
    guard !running.isEmpty, let free = ProcessMemory.free else { return true }
    let processes = running.compactMap { trials[$0].process }
    let need = (trials.compactMap { $0.end?.memory } + processes.compactMap { ProcessMemory.peak(of: $0) }).max() ?? 0
    // Those that have just begun will take theirs.
    let promised = processes.reduce(0) { $0 + max(0, need - (ProcessMemory.present(of: $1) ?? 0)) }
    guard free < need + promised else { return true }
    if !saidWaiting {
      context.output.write(
        "a trial needs \(Machine.mebibytes(need)), and \(Machine.mebibytes(free)) are free: fewer run at a time")
    }
    saidWaiting = true
    return false
  }

  // MARK: Stopping

  /// Asks all that run to stop: once to finish their step and save, twice to abandon it.
  private func signal(_ times: Int) {
    for index in trials.indices where trials[index].isRunning && trials[index].signals < times {
      guard let process = trials[index].process else { continue }
      trials[index].signals = times
      // A worker gives itself a deadline after SIGTERM; a step may take longer.
      kill(process, times == 1 ? SIGINT : SIGTERM)
    }
  }

  private func leaveWaiting() {
    let over = trials.count { $0.phase == .ended }
    let jobs = Set(trials.filter { $0.phase == .queued }.compactMap { $0.task?.split(separator: "_").first })
    context.output.write(
      jobs.isEmpty
        ? "the sweep stopped with \(over) of \(trials.count) trials over; run it again to go on"
        : "the sweep goes on in Slurm, \(over) of \(trials.count) trials over; run it again to look, or end it with "
          + "scancel \(jobs.sorted().joined(separator: " "))")
  }

  // MARK: Telling

  private func report() {
    let over = trials.count { $0.phase == .ended }
    let failed = trials.count { $0.status == "failed" }
    let running = trials.count(where: \.isRunning)
    let best = greatest
    let texts: [String?] = [
      "\(running) running", failed > 0 ? "\(failed) failed" : nil,
      best.map { "greatest \($0.name) \(Value.float($0.value).brief) (\($0.trial))" },
    ]
    let text = texts.compactMap { $0 }.joined(separator: "  ")
    context.output.progress(
      ProgressReport(label: sweep.facts.name, done: over, total: trials.count, text: text, watched: best?.value))
  }

  /// The trial whose first number is greatest.
  private var greatest: (name: String, value: Double, trial: String)? {
    let values = trials.compactMap { trial -> (name: String, value: Double, trial: String)? in
      guard let field = trial.end?.results.first, let number = Double(field.text), number.isFinite else { return nil }
      return (field.name, number, trial.folder.spec.text)
    }
    return values.max { $0.value < $1.value }
  }

  private func row(_ trial: SweepTrial) -> String {
    let text = trial.folder.spec.text
    guard let end = trial.end, end.status == .done else { return "\(text): failed, \(trial.reason ?? "")" }
    // Tables and lists have no room here.
    let results = end.results.filter { $0.short == $0.text }.prefix(4).map { field in
      "\(field.name) " + (Double(field.text).map { Value.float($0).brief } ?? field.text)
    }
    return ([text + ": " + results.joined(separator: ", ")] + ["\((end.seconds * 10).rounded() / 10) s"])
      .joined(separator: "  ")
  }
}
