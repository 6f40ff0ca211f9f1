import Foundation
import Primitives
import Records

/// A run that is killed at random moments, and goes on each time from its last step.
struct Killing {
  private let outputs: String
  private static let steps = 4000
  private static let name = "killed"

  init(_ outputs: String) { self.outputs = outputs }

  func run(times: Int) throws {
    let stream = RandomStream(seed: 7, purpose: "moments of death")
    var steps: [Int] = []
    for time in 0..<times {
      let writer = try spawn(["resume", outputs])
      usleep(20_000 + UInt32(stream.uniform(step: time) * 200_000))
      kill(writer.processIdentifier, SIGKILL)
      writer.waitUntilExit()
      guard let folder = try folder() else { continue }
      let store = try RunStore(outputs: outputs)
      try store.settle()
      guard let row = try store.rows().first else {
        // It died before it was anything but a folder.
        guard RunRecord(in: folder) == nil else { throw Failure("the run has no row") }
        continue
      }
      guard row.record.status == .lost else { throw Failure("the run is \(row.record.status), not lost") }
      let lines = (try? MetricsFile.read(folder.path + "/metrics-grpo.jsonl")) ?? []
      // Whatever the process had said to have finished.
      let said = (try? String(contentsOfFile: outputs + "/said", encoding: .utf8)).flatMap { Int($0.suffix(8)) } ?? 0
      guard lines.count >= said else { throw Failure("step \(said) was finished, but only \(lines.count) are left") }
      if !lines.isEmpty { try check(store, row.record.id, folder, steps: lines.count) }
      steps.append(lines.count)
    }
    let last = try spawn(["resume", outputs])
    last.waitUntilExit()
    guard last.terminationStatus == 0, let folder = try folder() else { throw Failure("the last run did not end") }
    let store = try RunStore(outputs: outputs)
    let rows = try store.rows()
    guard rows.count == 1, rows[0].record.status == .finished else { throw Failure("\(rows.count) rows, not one") }
    try check(store, rows[0].record.id, folder, steps: Self.steps)
    // And the store that is made again is the same.
    _ = try RunStore.rebuild(outputs)
    try check(RunStore(outputs: outputs), rows[0].record.id, folder, steps: Self.steps)
    print(
      "killed \(times) times, after steps \(steps.map(String.init).joined(separator: ", ")): no finished step lost, none "
        + "doubled, \(Self.steps) steps in the end")
  }

  private func folder() throws -> RunFolder? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: outputs)) ?? []
    return try names.first { $0.contains("-\(Self.name)-") }.map { try RunFolder.open(outputs + "/" + $0) }
  }

  /// Takes the steps that are left, and says of each that it is finished.
  func write() throws {
    try FileManager.default.createDirectory(atPath: outputs, withIntermediateDirectories: true)
    let record = RunRecord(id: "", name: Self.name, kind: .script, started: Date())
    let warn = { (text: String) in FileHandle.standardError.write(Data((text + "\n").utf8)) }
    let run: RunRecorder
    var done = 0
    if let folder = try folder() {
      // A killed process may have left its folder before its record.
      let id = String(folder.path.suffix(6))
      let known = RunRecord(id: id, name: Self.name, kind: .script, started: record.started)
      run = try RunRecorder(resuming: folder, in: outputs, or: known, warn: warn)
      done = (try? MetricsFile.read(folder.path + "/metrics-grpo.jsonl"))?.count ?? 0
    } else {
      run = try RunRecorder(in: outputs, record, draw: { "\(100_000 + $0)" }, warn: warn)
    }
    // As if from a checkpoint that is some steps old.
    let checkpoint = max(0, done - 5)
    let series = try run.series("grpo", after: checkpoint)
    let said = open(outputs + "/said", O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    for step in (checkpoint + 1)...Self.steps {
      try series.append(step: step, values(step))
      // Eight digits, in one write.
      let digits = String(step)
      let line = String(repeating: "0", count: 8 - digits.count) + digits
      if step > done { _ = line.withCString { pwrite(said, $0, 8, 0) } }
      usleep(500)
    }
    run.end(.finished)
  }
}
