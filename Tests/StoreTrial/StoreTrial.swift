import Foundation
import Primitives
import Records

/// The store of runs under stress, for `scripts/store-trial`: each trial ends with a line that says what held, or with
/// what did not and status 1.
@main enum StoreTrial {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    func number(_ place: Int, _ other: Int) -> Int { words.count > place ? Int(words[place]) ?? other : other }
    guard words.count > 1 else {
      throw Failure("store-trial contend|kill|full|size FOLDER [NUMBER …]")
    }
    let outputs = words[1]
    do {
      switch words[0] {
      case "contend": try Contention(outputs).run(processes: number(2, 4), seconds: number(3, 60))
      case "kill": try Killing(outputs).run(times: number(2, 20))
      case "full": try FullDisk(outputs).run()
      case "size": try Size(outputs).run(runs: number(2, 10_000), steps: number(3, 1000), columns: number(4, 20))
      case "write": try Contention(outputs).write(name: words[2], seconds: number(3, 10))
      case "resume": try Killing(outputs).write()
      default: throw Failure("there is no trial '\(words[0])'")
      }
    } catch {
      FileHandle.standardError.write(Data("store-trial \(words[0]): \(error)\n".utf8))
      exit(1)
    }
  }
}

/// What did not hold.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// This program again, in a process of its own.
func spawn(_ words: [String]) throws -> Process {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
  process.arguments = words
  try process.run()
  return process
}

/// The number that a step has in a column, whoever computes it.
func value(_ step: Int, _ column: Int) -> Double { Double(step) / 8 + Double(column) / 3 }

/// What a step records.
func values(_ step: Int, columns: Int = 20) -> [(key: String, value: Double)] {
  (0..<columns).map { (key: $0 == 0 ? "reward" : "metric_\($0)", value: value(step, $0)) }
}

/// Fails unless a run has exactly some steps, in its file and in the store, with the right numbers.
func check(_ store: RunStore, _ id: String, _ folder: RunFolder, steps: Int) throws {
  let all = Array(0..<steps).map { $0 + 1 }
  let lines = try MetricsFile.read(folder.path + "/metrics-grpo.jsonl")
  guard lines.map(\.step) == all else { throw Failure("run \(id): its file has \(lines.count) steps, not \(steps)") }
  let (found, columns) = try store.curves(of: "grpo", of: id)
  guard found == all else { throw Failure("run \(id): the store has \(found.count) steps, not \(steps)") }
  for (place, column) in columns.enumerated() where column.values != all.map({ value($0, place) }) {
    throw Failure("run \(id): the numbers of '\(column.name)' are not those that were recorded")
  }
}
