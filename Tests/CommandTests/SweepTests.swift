import Foundation
import Testing

/// Sweeps with workers in processes of their own.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SweepTests {
  /// Runs a script in a folder and gives what it printed.
  private func run(
    _ script: String, _ arguments: [String] = ["run"], in folder: String
  ) throws -> EaselProcess.Result {
    try script.write(toFile: folder + "/a.easel", atomically: true, encoding: .utf8)
    return try EaselProcess.run(arguments + ["a.easel"], in: folder)
  }

  private func sweep(_ axes: String, _ work: String = "(score: p.a * scale, even: p.a % 2 == 0)") -> String {
    """
    scale = 0.5
    runs = sweep(\(axes)) { p in
      \(work)
    }
    for r in runs.rows { print(r.trial, r.status, r with (trial: 0)) }
    """
  }

  /// The files of the trials in a folder, by the ids of the trials.
  private func trials(_ folder: String) throws -> [String: String] {
    let files = FileManager.default
    let sweeps = try files.contentsOfDirectory(atPath: folder + "/outputs").map { "\(folder)/outputs/\($0)/trials" }
    var result: [String: String] = [:]
    for path in sweeps {
      for id in (try? files.contentsOfDirectory(atPath: path)) ?? [] { result[id] = "\(path)/\(id)" }
    }
    return result
  }

  private func attempts(_ folder: String) throws -> [String: Int] {
    try trials(folder).mapValues { path in
      // There is none if a worker was killed before it began.
      (try? String(contentsOfFile: path + "/attempts.txt", encoding: .utf8))?.split(separator: "\n").count ?? 0
    }
  }

  @Test func `a sweep gives a row for each trial, and run again by another process it does only what is new`() throws {
    try EaselProcess.withFiles([:]) { folder in
      let first = try run(sweep("a: 1...3, b: [\"x\"], workers: 2"), in: folder)
      #expect(first.status == 0 && first.errors.contains("3/3"))
      let rows = first.output.split(separator: "\n").suffix(3)
      #expect(
        rows.map { $0.split(separator: " ", maxSplits: 1)[1] } == [
          #"done (a: 1, b: "x", score: 0.5, even: false, trial: 0, status: "done", reason: none)"#,
          #"done (a: 2, b: "x", score: 1.0, even: true, trial: 0, status: "done", reason: none)"#,
          #"done (a: 3, b: "x", score: 1.5, even: false, trial: 0, status: "done", reason: none)"#,
        ])
      #expect(try attempts(folder).values.sorted() == [1, 1, 1])
      // Other comments, spaces, names of files and order of axes are the same work.
      let again = sweep("b: [\"x\"], a: 2...4", "(score:  p.a * scale,   even: p.a % 2 == 0)   # half")
      let second = try run("# another start\n" + again, in: folder)
      #expect(second.output.hasPrefix("of 3 trials 2 are over, 1 to go\n"))
      #expect(try attempts(folder).values.sorted() == [1, 1, 1, 1])
      // Another value of a variable that it refers to is other work.
      _ = try run(again.replacing("scale = 0.5", with: "scale = 0.25"), in: folder)
      #expect(try attempts(folder).count == 7)
      let forced = try run(again, ["sweep", "--force", "--workers", "3"], in: folder)
      #expect(forced.status == 0 && forced.output.contains("sweep: 3 trials\n"))
      #expect(try attempts(folder).values.sorted() == [1, 1, 1, 1, 2, 2, 2])
    }
  }

  @Test
  func `failed trials have rows with their reason and are not done again unless asked, and three alike end it all`()
    throws
  {
    try EaselProcess.withFiles([:]) { folder in
      let work = "assert p.a > 1, \"too small\"\n(score: p.a)"
      let first = try run(sweep("a: 1...3", work), ["sweep"], in: folder)
      #expect(first.status == 1)
      let row = #"failed (a: 1, score: none, trial: 0, status: "failed", reason: "error: too small")"#
      #expect(first.output.contains(row))
      _ = try run(sweep("a: 1...3", work), in: folder)
      #expect(try attempts(folder).values.sorted() == [1, 1, 1])
      _ = try run(sweep("a: 1...3, retry: true", work), in: folder)
      #expect(try attempts(folder).values.sorted() == [1, 1, 2])
      let alike = try run(sweep("a: [-5, -4, -3, -2, -1, 0, 1]", work), in: folder)
      #expect(alike.status == 1)
      #expect(alike.errors.contains("3 trials failed alike, so the sweep stops: too small"))
      #expect(alike.errors.contains("write retry: true"))
      #expect(try attempts(folder).count < 8)
    }
  }

  // MARK: Training

  /// Trains so shortly that a trial takes a fraction of a second.
  private func training(_ more: String) -> String {
    """
    seed(3)
    model = janus("untrained")
    prompts = shapes().prompts(8)
    runs = sweep(\(more)) { p in
      m = model.copy()
      t = grpo(m, prompts: prompts, reward: { s in s.rationale.count }, group: 2, batch: 1, seed: p.seed)
      t.run(steps: 3)
      t.run(steps: 2)
      (reward: t.history["reward"].last, steps: t.steps, sum: t.history["reward"].sum)
    }
    print(runs.select(["seed", "reward", "steps", "sum", "status"]))
    """
  }

  /// The contents of what a sweep has left that must not depend on how often it was killed.
  private func results(_ folder: String) throws -> [String: [String]] {
    try trials(folder).mapValues { path in
      let end = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path + "/end.json")))
      var facts = try #require(end as? [String: Any])
      for name in ["seconds", "memory"] { facts[name] = nil }
      let text = try JSONSerialization.data(withJSONObject: facts, options: .sortedKeys)
      let metrics = try String(contentsOfFile: path + "/metrics-grpo.jsonl", encoding: .utf8)
      return [String(decoding: text, as: UTF8.self), metrics]
    }
  }

  /// The workers that work on trials of a folder.
  private func workers(_ folder: String) throws -> [pid_t] {
    let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { process in
      let command = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
      let place = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) ?? ""
      return command.contains("\0work\0") && (place == folder || place == real)
    }
  }

  @Test func `a sweep that is killed again and again ends as one that was not, each trial done once`() throws {
    try EaselProcess.withFiles([:]) { folder in
      try EaselProcess.withFiles([:]) { other in
        let script = training("seed: 0..<6, workers: 2")
        let calm = try run(script, in: other)
        #expect(calm.status == 0)
        try script.write(toFile: folder + "/a.easel", atomically: true, encoding: .utf8)
        // First all processes, then the parent alone, then a worker alone.
        for kind in 0..<3 {
          let process = Process()
          process.executableURL = URL(fileURLWithPath: EaselProcess.path)
          process.arguments = ["run", "a.easel"]
          process.currentDirectoryURL = URL(fileURLWithPath: folder)
          (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
          try process.run()
          let deadline = ContinuousClock.now + .seconds(20)
          var victims: [pid_t] = []
          while victims.isEmpty, process.isRunning, ContinuousClock.now < deadline {
            usleep(20_000)
            victims = try workers(folder)
          }
          // Somewhere in the midst of its steps.
          usleep(UInt32(60_000 + 90_000 * kind))
          if kind == 0 { for victim in try workers(folder) { kill(victim, SIGKILL) } }
          if kind == 2, let victim = try workers(folder).first { kill(victim, SIGKILL) }
          if kind < 2 { kill(process.processIdentifier, SIGKILL) }
          process.waitUntilExit()
        }
        let last = try EaselProcess.run(["run", "a.easel"], in: folder)
        #expect(last.status == 0)
        #expect(last.output.split(separator: "\n").suffix(7) == calm.output.split(separator: "\n").suffix(7))
        let (disturbed, calmly) = (try results(folder), try results(other))
        #expect(disturbed.count == 6 && disturbed == calmly)
        let decisions = try trials(folder).values.map { path in
          try String(contentsOfFile: path + "/../../decisions.jsonl", encoding: .utf8)
        }
        #expect(decisions.first?.contains(#""decision":"started""#) == true)
      }
    }
  }

  /// The lines of metrics that a trial has written, of whichever begins first.
  private func steps(_ folder: String) throws -> Int {
    let counts = try trials(folder).values.map { path in
      (try? String(contentsOfFile: path + "/metrics-grpo.jsonl", encoding: .utf8))?.split(separator: "\n").count ?? 0
    }
    return counts.max() ?? 0
  }

  @Test func `a worker that dies is started again at once, and Ctrl-C leaves a sweep that goes on`() throws {
    try EaselProcess.withFiles([:]) { folder in
      let script = training("seed: 0..<2").replacing("steps: 3", with: "steps: 4000")
      try script.write(toFile: folder + "/a.easel", atomically: true, encoding: .utf8)
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: EaselProcess.path)
      process.arguments = ["run", "a.easel"]
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
      try process.run()
      let deadline = ContinuousClock.now + .seconds(30)
      func wait(until isSo: () throws -> Bool) rethrows {
        while try !isSo(), process.isRunning, ContinuousClock.now < deadline { usleep(10_000) }
      }
      try wait { try FileManager.default.fileExists(atPath: folder + "/outputs") && steps(folder) > 1 }
      let before = try steps(folder)
      for worker in try workers(folder) { kill(worker, SIGKILL) }
      try wait { try attempts(folder).values.reduce(0, +) > 1 && steps(folder) > before + 1 }
      kill(process.processIdentifier, SIGINT)
      let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 130)
      #expect(text.contains("seed 0: its worker was ended by signal 9 (Killed); it goes on"))
      #expect(text.contains("the sweep stopped with 0 of 2 trials over; run it again to go on"))
      #expect(try workers(folder).isEmpty)
      let path = try #require(try trials(folder).values.first)
      let checkpoints = try FileManager.default.contentsOfDirectory(atPath: path + "/resume")
      #expect(checkpoints.contains { $0.hasPrefix("grpo-1-run-1-step-") })
    }
  }
}
