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

  @Test func `what jobs, attach, tail and stop print`() throws {
    let script =
      Self.made + """
        show(jobs)
        job = start trainer.run(steps: 2) { step in print("step \\(step.index)") }
        done = attach(job)
        print(done.steps, done.samples.count)
        show(jobs)
        show(job)
        tail(job)
        tail(job, lines: 1)
        stop(job)
        attach("none")
        """
    try EaselProcess.withFiles(["jobs.easel": script]) { folder in
      let result = try EaselProcess.run(["run", "jobs.easel"], in: folder)
      let id = try #require(try jobs(folder).first?.first)
      func masked(_ text: String) -> String {
        text.replacing(id, with: "123abc").replacing(/\d{4}-\d\d-\d\d \d\d:\d\d/, with: "YYYY-MM-DD hh:mm")
          .replacing(#/ +\n/#, with: "\n")
      }
      #expect(
        masked(result.output) == """
          id  state  step  last  left  started  work
          2 2
          id      state     step  last  left  started           work
          123abc  finished  2/2    110     –  YYYY-MM-DD hh:mm  trainer.run(steps: 2) { step in print("step \\(s…
          job 123abc (trainer.run(steps: 2) { step in print("step \\(step.index)")…): finished, 2/2  reward 110.0  \
          success 0.0  text entropy 4.814  image entropy 6.212
            attach(job) gives its result
          grpo  1/2  reward 122.5  success 0.0  text entropy 4.839  image entropy 6.214
          step 0
          grpo  2/2  reward 110.0  success 0.0  text entropy 4.814  image entropy 6.212
          step 1
          step 1
          job 123abc does not run: it is finished

          """)
      #expect(
        masked(result.errors).contains(
          """
          error E207: there is no job 'none'
            jobs.easel 14:8 | attach("none")
                            |        ^^^^^^
            fix: such as "123abc"; jobs lists all        more: help(attach)
          """))
      #expect(result.status == 1)
    }
  }

  @Test func `a job that is stopped says what is left, and one that failed why`() throws {
    let script =
      Self.made + """
        job = start trainer.run(steps: 5000)
        while job.steps < 1 { }
        stop(job)
        done = attach(job)
        print(done.steps == job.steps, job.state)
        attach(start { trainer.run(steps: 1) { step in print([][3]) } })
        """
    try EaselProcess.withFiles(["jobs.easel": script]) { folder in
      let result = try EaselProcess.run(["run", "jobs.easel"], in: folder)
      func masked(_ text: String) -> String {
        text.replacing(/job [0-9a-f]{6}/, with: "job 123abc").replacing(/[0-9-]{10}-job-[0-9a-f]{6}/, with: "JOB")
          .replacing(/step \d+, \d+ to go/, with: "step N, M to go")
      }
      #expect(
        masked(result.output) == """
          job 123abc finishes its step and saves; stop again abandons the step
          job 123abc stopped after step N, M to go; resume() goes on from here, as does start trainer.resume()
          true stopped

          """)
      #expect(
        masked(result.errors).contains(
          """
          error E311: job 123abc has no result: index 3 is outside; there are no items; what it printed is in \
          'outputs/JOB/log.txt'; start its work again
          """))
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
