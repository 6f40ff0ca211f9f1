import Foundation
import Script

/// How the trials of a sweep are submitted to Slurm, as one job array.
struct SlurmBatch: Equatable {
  /// The partition; `nil` for the cluster's default.
  var partition: String?
  /// How long a task may run, in seconds; `nil` for the partition's limit.
  var time: Double?
  /// How many tasks run at a time.
  var array = 8
  /// The cores of a task.
  var cores = 1
  /// The memory of a task, in bytes; `nil` for the cluster's default.
  var memory: Double?
  /// Further options of sbatch, such as `--account=lab`.
  var options: [String] = []

  /// How long before its limit a task is told, in seconds: time for a step and a checkpoint.
  private static let notice = 120

  /// The file for sbatch.
  ///
  /// A task finds its trial by its number in the manifest. Shortly before its limit it is sent USR1: the worker finishes
  /// its step and saves, and the task goes back into the queue. A task that is preempted does the same, and Slurm puts
  /// it back itself.
  ///
  /// - Parameters:
  ///   - name: what the queue calls it.
  ///   - count: how many trials the manifest has.
  ///   - manifest: the file with the folder of a trial on each line.
  ///   - logs: the folder for what tasks print.
  ///   - worker: the command of a worker, without the trial's folder.
  func script(name: String, count: Int, manifest: String, logs: String, worker: [String]) -> String {
    let plainName = name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" }
    var lines = [
      "#!/bin/bash", "#SBATCH --job-name=\(String(plainName))", "#SBATCH --array=0-\(count - 1)%\(array)",
      "#SBATCH --requeue", "#SBATCH --open-mode=append", "#SBATCH --signal=B:USR1@\(Self.notice)",
      "#SBATCH --output=\(logs.replacing("%", with: "%%"))/%A_%a.txt", "#SBATCH --cpus-per-task=\(cores)",
    ]
    if let partition { lines.append("#SBATCH --partition=\(partition)") }
    if let time { lines.append("#SBATCH --time=\(max(1, Int((time / 60).rounded(.up))))") }
    if let memory { lines.append("#SBATCH --mem=\(max(1, Int((memory / 1_048_576).rounded(.up))))M") }
    lines += options.map { "#SBATCH \($0)" }
    let command = (worker + ["--alone", "--threads", "\(cores)"]).map(Self.quoted).joined(separator: " ")
    lines += [
      "trial=$(sed -n \"$((SLURM_ARRAY_TASK_ID + 1))p\" \(Self.quoted(manifest)))",
      "\(command) \"$trial\" >> \"$trial/log.txt\" 2>&1 &", "worker=$!", "leave() {",
      "  kill -INT \"$worker\"", "  wait \"$worker\"", "}", "again() {", "  leave",
      "  [ -e \"$trial/end.json\" ] || scontrol requeue \"${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\"", "  exit",
      "}", "trap again USR1", "trap leave TERM", "wait \"$worker\"",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// A word as a shell takes it literally.
  private static func quoted(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }
}

/// Slurm as a value of the language.
final class SlurmObject: BoundObject {
  static let functions: [Member] = [
    .function(
      "slurm", "Runs the trials of a sweep on a cluster, as a job array of Slurm",
      [
        Parameter("partition", .string, default: .described("the cluster's"), "where tasks run"),
        Parameter(
          "time", .quantity(.duration), default: .described("the partition's limit"), "how long a task may run"),
        Parameter("array", .int, default: .int(SlurmBatch().array), limits: 1...1e6, "how many tasks run at a time"),
        Parameter("cores", .int, default: .int(SlurmBatch().cores), limits: 1...1024, "the cores of a task"),
        Parameter("memory", .quantity(.memory), default: .described("the cluster's"), "the memory of a task"),
        Parameter("options", .list(.string), default: .nothing, "more options of sbatch, such as \"--account=lab\""),
      ], result: .object("slurm"), example: "slurm(partition: \"debug\", time: 2h, array: 8)"
    ) { arguments, _ in
      var batch = SlurmBatch()
      batch.partition = try arguments["partition"]
      batch.time = arguments.has("time") ? try arguments.amount("time") : nil
      batch.array = try arguments["array"]
      batch.cores = try arguments["cores"]
      batch.memory = arguments.has("memory") ? try arguments.amount("memory") : nil
      batch.options = try arguments["options"] as [String]? ?? []
      for option in batch.options + [batch.partition ?? ""] where option.contains(where: \.isNewline) {
        throw arguments.problem("options", "an option of sbatch is one line")
      }
      return .object(SlurmObject(batch))
    }
  ]

  static let type = BoundType("slurm", "A cluster that runs the trials of a sweep", members: [])

  let batch: SlurmBatch

  init(_ batch: SlurmBatch) { self.batch = batch }

  var boundType: BoundType { Self.type }
  var summary: String {
    "Slurm, partition \(batch.partition ?? "by default"), \(batch.array) tasks at a time"
  }
}
