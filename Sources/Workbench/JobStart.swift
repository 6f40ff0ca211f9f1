import Foundation
import Primitives
import Records
import Script

/// Starts the worker of a job: a process in a session of its own, so that neither the end of this one nor its
/// terminal's reaches it.
enum JobStart {
  /// The descriptor on which a worker finds its lock.
  static let lockDescriptor: Int32 = 3
  /// How long a worker may take to begin, in seconds.
  private static let patience = 20.0

  /// Archives the work and starts a worker on it.
  ///
  /// - Returns: the job, its worker having begun.
  /// - Throws: what keeps the work from being archived, or the worker from beginning.
  static func start(_ work: Function, _ context: Context) throws -> JobFolder {
    let run = try Run.of(context)
    guard !run.worker.isEmpty else {
      throw WorkbenchError.job("this session cannot start jobs; 'easel' and 'easel run' can")
    }
    let job = try prepare(work, run, context)
    let lock = try job.lock()
    defer { close(lock) }
    let process = try spawn(run.worker + [job.folder.path], log: job.log, lock: lock)
    run.jobs.append(job)
    let deadline = ContinuousClock.now + .seconds(patience)
    while job.state.last == nil {
      guard waitpid(process, nil, WNOHANG) == 0, ContinuousClock.now < deadline else {
        let said = (try? AtomicFile.read(job.log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        throw WorkbenchError.job("the worker of job \(job.id) did not begin: \(said.isEmpty ? "no word of it" : said)")
      }
      usleep(2_000)
    }
    return job
  }

  /// Makes the job's folder with all that its worker needs.
  static func prepare(_ work: Function, _ run: Run, _ context: Context) throws -> JobFolder {
    let date = Date()
    let text = work.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let number = Int(ProcessInfo.processInfo.processIdentifier) << 16 + run.jobs.count
    let shown = text.count > 60 ? text.prefix(59) + "…" : text
    guard let recorder = run.recorder else { throw WorkbenchError.noRun }
    let (record, folder) = try recorder.makeRun(RunRecord(id: "", name: "job", kind: .job, started: date)) {
      Run.identity(text, date, number, attempt: $0)
    }
    try Archive.write(.function(work), to: folder.path + "/work", context)
    return try JobFolder(.init(id: record.id, work: shown, started: date), in: folder, outputs: run.outputs)
  }

  /// Starts a process in a session of its own, with a lock that it holds from then on.
  static func spawn(_ command: [String], log: String, lock: Int32) throws -> pid_t {
    do {
      return try ChildProcess.start(command, output: log, descriptors: [(here: lock, there: lockDescriptor)])
    } catch let error as POSIXError {
      throw WorkbenchError.job("cannot start '\(command[0])': \(String(cString: strerror(error.code.rawValue)))")
    }
  }
}
