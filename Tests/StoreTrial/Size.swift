import Foundation
import Primitives
import Records

/// How long things take in a store of many runs.
struct Size {
  private let outputs: String

  init(_ outputs: String) { self.outputs = outputs }

  func run(runs: Int, steps: Int, columns: Int) throws {
    let store = try RunStore(outputs: outputs)
    let start = ContinuousClock.now
    if try store.rows().count < runs { try fill(store, runs: runs, steps: steps, columns: columns) }
    print("filled in \(seconds(since: start)) s")
    let listing = try time(7) { _ in
      guard try RunStore(outputs: outputs).rows().count >= runs else { throw Failure("runs are missing") }
    }
    let curve = try time(50) { round in
      let id = Self.id((round * 7919) % runs)
      guard try store.curve("metric_\(columns / 2)", of: "grpo", of: id).values.count == steps else {
        throw Failure("run \(id) has no curve")
      }
    }
    let path = RunStore.path(in: outputs)
    let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    let number = Double(bytes) / Double(runs * steps * columns)
    print("\(runs) runs × \(steps) steps × \(columns) numbers: \(bytes >> 20) MiB, \(rounded(number)) bytes a number")
    print("listing: \(listing)\ncurve:   \(curve)")

    let record = RunRecord(id: "", name: "recording", kind: .script, started: Date())
    let run = try RunRecorder(in: outputs, record, draw: { _ in "r\(getpid())" }, warn: { print($0) })
    let series = try run.series("grpo", after: 0)
    var spent: [Double] = []
    for step in 1...300 {
      // As far apart as quick steps are, so that the store is written with every other one.
      usleep(10_000)
      let before = ContinuousClock.now
      try series.append(step: step, values(step, columns: columns))
      spent.append((ContinuousClock.now - before) / .milliseconds(1))
    }
    run.flush(finally: true)
    run.end(.finished)
    var each: [Double] = []
    for step in 301...400 {
      let before = ContinuousClock.now
      try series.append(step: step, values(step, columns: columns))
      run.flush(finally: true)
      each.append((ContinuousClock.now - before) / .milliseconds(1))
    }
    print("recording, store every 250 ms: \(summary(spent))\nrecording, store every step:   \(summary(each))")
  }

  private static func id(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// Runs with folders that hold only their metrics would take long to write: the store alone has them.
  private func fill(_ store: RunStore, runs: Int, steps: Int, columns: Int) throws {
    for number in 0..<runs {
      var record = RunRecord(
        id: Self.id(number), name: "run-\(number % 10)", kind: .trial, parent: "sweep1",
        started: Date(timeIntervalSince1970: 1_770_000_000 + Double(number)),
        configuration: ["grpo.lr": .number(1e-5), "grpo.group": .whole(8), "seed": .whole(number)])
      (record.status, record.ended) = (.finished, record.started.addingTimeInterval(60))
      try store.put(record, in: RunFolder.open(outputs))
      let all = (1...steps).map { (series: "grpo", step: $0, values: values($0, columns: columns)) }
      try store.add(all, of: record.id)
    }
  }

  private func time(_ rounds: Int, _ body: (Int) throws -> Void) throws -> String {
    var times: [Double] = []
    for round in 0..<rounds {
      let start = ContinuousClock.now
      try body(round)
      times.append((ContinuousClock.now - start) / .milliseconds(1))
    }
    return summary(times)
  }

  private func summary(_ times: [Double]) -> String {
    let sorted = times.sorted()
    let mean = times.reduce(0, +) / Double(times.count)
    return "first \(rounded(times[0])) ms, median \(rounded(sorted[sorted.count / 2])) ms, mean \(rounded(mean)) ms, "
      + "longest \(rounded(sorted[sorted.count - 1])) ms"
  }

  private func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    rounded((ContinuousClock.now - start) / .seconds(1))
  }
}
