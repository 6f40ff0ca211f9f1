import Foundation
import Primitives
import Records

/// A disk that fills up while a run writes, and has room again later. The folder is on a disk of a few megabytes.
struct FullDisk {
  private let outputs: String

  init(_ outputs: String) { self.outputs = outputs }

  func run() throws {
    var warnings: [String] = []
    let record = RunRecord(id: "", name: "full", kind: .script, started: Date())
    let run = try RunRecorder(in: outputs, record, draw: { "\(100_000 + $0)" }, warn: { warnings.append($0) })
    let series = try run.series("grpo", after: 0)
    func take(_ steps: ClosedRange<Int>) throws {
      for step in steps {
        try series.append(step: step, values(step))
        if step % 50 == 0 { run.flush(finally: true) }
      }
    }
    try take(1...300)
    guard warnings.isEmpty else { throw Failure("the disk was full too early: \(warnings)") }
    for round in 0..<2 {
      let start = 300 + round * 600
      let count = warnings.count
      let filler = try fill()
      try take(start + 1...start + 300)
      guard warnings.count > count || round > 0 else { throw Failure("nobody was warned of the full disk") }
      let there = try MetricsFile.read(run.folder.path + "/metrics-grpo.jsonl")
      guard there.last?.step ?? 0 < start + 300 else { throw Failure("the disk was not full") }
      try FileManager.default.removeItem(atPath: filler)
      try take(start + 301...start + 600)
    }
    run.end(.finished)
    let store = try RunStore(outputs: outputs)
    guard let row = try store.rows().first, row.record.status == .finished else { throw Failure("the run has no end") }
    try check(store, row.record.id, run.folder, steps: 1500)
    // What the store lacks while the disk is full is only late: another process finds nothing damaged.
    _ = try RunStore.rebuild(outputs)
    try check(RunStore(outputs: outputs), row.record.id, run.folder, steps: 1500)
    print("the disk was full twice, for 300 steps each: 1500 steps in file and store. The user read:")
    for warning in warnings { print("  warning: \(warning)") }
  }

  /// Takes all room that there is, to the last byte.
  private func fill() throws -> String {
    let path = outputs + "/filler"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard descriptor >= 0 else { throw Failure("no filler: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    for size in [65_536, 4096, 1] {
      let piece = [UInt8](repeating: 1, count: size)
      while write(descriptor, piece, size) == size {}
    }
    return path
  }
}
