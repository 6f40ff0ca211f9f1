import Foundation
import Testing

/// Jobs in processes of their own.
@Suite(.serialized, .timeLimit(.minutes(1))) struct JobTests {
  private static let made = """
    seed(3)
    model = janus("untrained")
    bonus = 0.5
    trainer = grpo(model, prompts: shapes().prompts(8), reward: { s in s.rationale.count * bonus }, group: 2, batch: 1)

    """

  /// The id, state and step of the jobs that the command line lists.
  private func jobs(_ folder: String) throws -> [[String]] {
    try EaselProcess.run(["jobs"], in: folder).output.split(separator: "\n").dropFirst().map {
      $0.split(separator: " ").prefix(3).map(String.init)
    }
  }

  @Test func `a job that a script started outlives the script, and another script has its result`() throws {
    let start = Self.made + "job = start trainer.run(steps: 2) { step in print(step.index) }\nprint(job.id)"
    try EaselProcess.withFiles(["start.easel": start]) { folder in
      #expect(try EaselProcess.run(["jobs"], in: folder).output == "There are no jobs in 'outputs'.\n")
      let started = try EaselProcess.run(["run", "start.easel"], in: folder)
      #expect(started.status == 0)
      let id = started.output.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(try jobs(folder).first?.first == id)
      let rest =
        Self.made + """
          done = attach("\(id)")
          trainer.run(steps: 2)
          print(done.history["reward"] == trainer.history["reward"], done.steps, jobs["state"][0])
          tail("\(id)", lines: 3)
          """
      try rest.write(toFile: folder + "/rest.easel", atomically: true, encoding: .utf8)
      let result = try EaselProcess.run(["run", "rest.easel"], in: folder)
      #expect(result.output.hasPrefix("true 2 finished\n"))
      #expect(result.output.contains("\n1\n"))
    }
  }

  @Test func `a worker that is killed is lost, and one that is asked to stop has stopped`() throws {
    let start = Self.made + "print((start trainer.run(steps: 500)).id)\nprint((start trainer.run(steps: 500)).id)"
    try EaselProcess.withFiles(["start.easel": start]) { folder in
      let ids = try EaselProcess.run(["run", "start.easel"], in: folder).output.split(separator: "\n").map(String.init)
      try #require(ids.count == 2)
      for (id, signal) in zip(ids, [SIGKILL, SIGTERM]) { kill(try process(id, in: folder), signal) }
      for (id, state) in zip(ids, ["lost", "stopped"]) {
        var found = ""
        for _ in 0..<1000 where found != state {
          found = try jobs(folder).first { $0.first == id }?[1] ?? ""
          usleep(10_000)
        }
        #expect(found == state)
      }
    }
  }

  /// The number of a job's worker.
  private func process(_ id: String, in folder: String) throws -> pid_t {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/outputs")
    let name = try #require(names.first { $0.hasSuffix(id) })
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/outputs/\(name)/state.json"))
    let state = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return pid_t(try #require(state["process"] as? Int))
  }
}
