import Foundation
import Learning
import Primitives
import Records
import Script

/// What can be done with jobs.
enum JobFunctions {
  static let all: [Member] = [
    .function(
      "start", "Runs work in a process of its own and goes on at once; start trainer.run(…) is the short form",
      [Parameter("work", .function, "what is to run, with all that it refers to as it now is")],
      result: .object("job"), example: "job = start trainer.run(steps: 500)"
    ) { arguments, context in
      let work: Function = try arguments["work"]
      let folder = try Outside.text("start", work.text, context) {
        try JobStart.start(work, context).folder.path
      }
      guard let job = JobFolder(folder) else { throw WorkbenchError.job("the job in '\(folder)' is gone") }
      return .object(JobObject(job))
    },
    .value("jobs", "The jobs here, whichever prompt or script started them", result: .table) { context in
      try Outside.value("jobs", "all", context) { .table(Jobs.table(in: try outputs(context))) }
    },
    .function(
      "tail", "Prints the last lines of what a job has printed",
      [
        parameter, Parameter("lines", .int, default: 10, limits: 0...1e6, "how many"),
        Parameter("follow", .bool, default: false, "go on until the job or Ctrl-C ends it"),
      ], example: "tail(job, follow: true)"
    ) { arguments, context in
      try Run.of(context).journal.ignoringOutput {
        try tail(job(arguments, context), lines: arguments["lines"], follows: arguments["follow"], context)
      }
      return .none
    },
    .function(
      "stop", "Asks a job to finish its step, save and end; asked again, to abandon the step", [parameter],
      example: "stop(job)"
    ) { arguments, context in
      try Run.of(context).journal.ignoringOutput { try stop(job(arguments, context), context) }
      return .none
    },
    .function(
      "attach",
      "Shows a job's progress until it ends, then gives what its work gave: of training, the trainer as it now is",
      [parameter], result: .any, example: "trainer = attach(job)"
    ) { arguments, context in try attach(job(arguments, context), context) },
  ]

  private static let parameter = Parameter(
    "job", .either([.object("job"), .string]), "a job, or its id", suggestions: Jobs.suggestions)

  private static func outputs(_ context: Context) throws -> String {
    guard let run = context.host(as: Run.self) else { throw WorkbenchError.noRun }
    return run.outputs
  }

  private static func job(_ arguments: Arguments, _ context: Context) throws -> JobFolder {
    guard case .string(let id) = arguments.value("job") else { return try (arguments["job"] as JobObject).files }
    let all = JobFolder.all(in: try outputs(context))
    if let job = all.first(where: { $0.id == id }) { return job }
    throw arguments.problem(
      "job", "there is no job '\(id)'" + (all.isEmpty ? "; there are none in '\(try outputs(context))'" : ""),
      fix: all.first.map { "such as \"\($0.id)\"; jobs lists all" })
  }

  // MARK: Looking

  /// How often a job's files are looked at, in microseconds.
  private static let patience: UInt32 = 100_000

  private static func tail(_ job: JobFolder, lines: Int, follows: Bool, _ context: Context) throws {
    var data = try AtomicFile.read(job.log)
    let all = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let last = all.dropLast(all.last?.isEmpty == true ? 1 : 0).suffix(lines)
    if !last.isEmpty { context.output.write(last.joined(separator: "\n")) }
    guard follows else { return }
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: job.log))
    try file.seek(toOffset: UInt64(data.count))
    watch(job, context) {
      data = (try? file.readToEnd()) ?? Data()
      if data.last == UInt8(ascii: "\n") { data.removeLast() }
      if !data.isEmpty { context.output.write(String(decoding: data, as: UTF8.self)) }
    }
    // To stop looking is no mistake.
    if job.state.phase.isAlive { context.stop.reset() }
  }

  private static func attach(_ job: JobFolder, _ context: Context) throws -> Value {
    var shown: JobFolder.State?
    let detached = "detached"
    let end = try Outside.text("job \(job.id)", "attach", context) {
      watch(job, context) {
        guard let state = job.state.last, state != shown, !state.label.isEmpty else { return }
        shown = state
        context.output.progress(
          ProgressReport(
            label: "job \(job.id) \(state.label)", done: state.done, total: state.total, text: state.text,
            watched: state.watched))
      }
      return job.state.phase.isAlive ? detached : job.state.phase.rawValue
    }
    context.output.progress(nil)
    let (phase, last) = job.state
    if end == detached {
      throw Diagnostic(.stopped, "detached from job \(job.id), which goes on", fix: "attach(\"\(job.id)\") comes back")
    }
    if phase == .failed || phase == .lost {
      let problem = JobObject.problem(phase, last)
      guard last?.latest != nil else {
        throw WorkbenchError.job(
          "job \(job.id) has no result: \(problem); what it printed is in '\(job.log)'; start its work again")
      }
      context.output.write("job \(job.id): \(problem). This is the trainer as it was last saved.")
    }
    guard let archive = last?.result ?? last?.latest else {
      throw WorkbenchError.job("job \(job.id) has no result: \(last?.problem ?? "its work gave none")")
    }
    let value = try Archive.read("\(job.folder.path)/\(archive)", context).value
    if case .object(let object) = value, let trainer = object as? TrainerObject, trainer.trainer.remaining > 0 {
      context.output.write(
        "job \(job.id) \(phase.rawValue) after step \(trainer.trainer.step), \(trainer.trainer.remaining) to go; "
          + "resume() goes on from here, as does start trainer.resume()")
    }
    return value
  }

  /// Looks at a job again and again until it ends, or a stop is asked for.
  private static func watch(_ job: JobFolder, _ context: Context, _ look: () -> Void) {
    context.stop.isWatching = true
    defer { context.stop.isWatching = false }
    while !context.stop.isRaised, job.state.phase.isAlive {
      look()
      usleep(patience)
    }
    look()
  }

  // MARK: Stopping

  private static func stop(_ job: JobFolder, _ context: Context) throws {
    let (phase, last) = job.state
    guard phase.isAlive, let process = last?.process else {
      context.output.write("job \(job.id) does not run: it is \(phase.rawValue)")
      return
    }
    let isAgain = job.wasAskedToStop
    try job.noteStop()
    guard kill(process, SIGTERM) == 0 else {
      throw WorkbenchError.job("job \(job.id) cannot be stopped: \(String(cString: strerror(errno)))")
    }
    context.output.write(
      isAgain
        ? "job \(job.id) abandons its step" : "job \(job.id) finishes its step and saves; stop again abandons the step")
  }
}
