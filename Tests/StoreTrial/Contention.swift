import Foundation
import Primitives
import Records

/// Several processes that write, and one that lists, at once.
struct Contention {
  private let outputs: String
  private static let stepsEach = 60

  init(_ outputs: String) { self.outputs = outputs }

  func run(processes: Int, seconds: Int) throws {
    let writers = try (0..<processes).map { try spawn(["write", outputs, "writer-\($0)", "\(seconds)"]) }
    var listings = 0
    while writers.contains(where: \.isRunning) {
      let store = try RunStore(outputs: outputs)
      try store.settle()
      // A lost run would be one whose process is taken for dead while it works.
      for row in try store.rows() where row.record.status == .lost { throw Failure("run \(row.record.id) is lost") }
      listings += 1
      usleep(50_000)
    }
    for (number, writer) in writers.enumerated() where writer.terminationStatus != 0 {
      throw Failure("writer \(number) ended with status \(writer.terminationStatus)")
    }
    let store = try RunStore(outputs: outputs)
    let rows = try store.rows()
    for row in rows {
      guard row.record.status == .finished else { throw Failure("run \(row.record.id) is \(row.record.status)") }
      try check(store, row.record.id, RunFolder.open(outputs + "/" + row.folder), steps: Self.stepsEach)
    }
    let folders = try FileManager.default.contentsOfDirectory(atPath: outputs).filter { $0.contains("writer-") }
    guard folders.count == rows.count, Set(rows.map(\.record.id)).count == rows.count else {
      throw Failure("\(folders.count) folders, but \(rows.count) rows")
    }
    print(
      "\(processes) processes wrote \(rows.count) runs of \(Self.stepsEach) steps while one listed them \(listings) "
        + "times in \(seconds) s: no error, no row lost, every number right")
  }

  /// One run after the other, each step written at once.
  func write(name: String, seconds: Int) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    var number = 0
    while ContinuousClock.now < end {
      number += 1
      let stream = RandomStream(seed: number, purpose: name)
      let record = RunRecord(id: "", name: name, kind: .script, started: Date())
      var problem: String?
      // Few ids, so that some are drawn that are taken.
      let draw = { (attempt: Int) in "\(100_000 + Int(stream.uniform(step: attempt) * 50_000))" }
      let run = try RunRecorder(in: outputs, record, draw: draw, warn: { problem = $0 })
      let series = try run.series("grpo", after: 0)
      for step in 1...Self.stepsEach {
        try series.append(step: step, values(step))
        run.flush(finally: true)
      }
      run.end(.finished)
      if let problem { throw Failure(problem) }
    }
  }
}
