import Foundation
import Models
import Primitives
import Records
import Script
import Tensors
import Testing

@testable import Workbench

/// Jobs, their workers inside this process; Tests/CommandTests has them in processes of their own.
@Suite(.serialized) struct JobTests {
  /// A session with a trainer that has taken one step.
  private func experiment() throws -> Experiment {
    let experiment = Experiment()
    let made = "seed(3)\nmodel = janus(\"\(try experiment.smallModel())\")\n" + Self.made
    #expect(experiment.execute(made).map(\.description) == [])
    return experiment
  }

  private static let made = """
    world = shapes()
    weight = 0.5
    func capped(x) { if x > 12 { 12 } else { x } }
    trainer = grpo(model, prompts: world.prompts(20), reward: { s in capped(s.rationale.count) * weight }, group: 3,
      batch: 2, kl: 0.1, entropy: adaptive(text: 0.2))
    trainer.run(steps: 1)
    """

  /// Archives the function that is a script's value, as `start` does.
  private func job(_ work: String, in experiment: Experiment) throws -> JobFolder {
    let outcome = experiment.session.evaluate(work)
    #expect(outcome.diagnostics.map(\.description) == [])
    let function = try #require(Function.from(outcome.value))
    let context = experiment.session.context
    return try JobStart.prepare(function, try Run.of(context), context)
  }

  private func worker(_ job: JobFolder, stop: StopToken = StopToken()) throws -> JobWorker {
    try JobWorker(job.folder.path, output: RecordedOutput(), stop: stop, worker: [])
  }

  private func weights(_ value: Value) throws -> [[Float]] {
    guard case .object(let object) = value, let model = object as? ModelObject else {
      Issue.record("\(value) is no model")
      return []
    }
    return model.janus.parameters.map { $0.value.array() }
  }

  @Test func `a job's training is that of the foreground, bit for bit, and attach gives the trainer`() throws {
    let experiment = try experiment()
    let job = try job("{ trainer.run(steps: 2) { step in weight = weight + 0.25 } }", in: experiment)
    #expect(try worker(job).work() == nil)
    #expect(job.state.phase == .finished)

    let session = experiment.session
    #expect(session.evaluate("trainer.steps").value == .int(1))
    let taken = session.evaluate("done = attach(\"\(job.id)\")\ndone.model")
    #expect(taken.diagnostics.map(\.description) == [])
    let there = try weights(taken.value)
    let here = session.evaluate("trainer.run(steps: 2) { step in weight = weight + 0.25 }\ntrainer.model")
    #expect(try weights(here.value) == there)
    let isSame = "done.history[\"reward\"] == trainer.history[\"reward\"]"
    #expect(session.evaluate("\(isSame) and done.steps == 3").value == .bool(true))
    let areSame = "done.samples.map { s in s.codes } == trainer.samples.map { s in s.codes }"
    #expect(session.evaluate("\(areSame) and done.samples.count == 6").value == .bool(true))
    let metrics = try String(contentsOfFile: job.folder.path + "/metrics-grpo.jsonl", encoding: .utf8)
    #expect(try experiment.file("metrics-grpo.jsonl").hasSuffix(metrics))
    #expect(metrics.split(separator: "\n").count == 2)
    // And it goes on to the same numbers.
    #expect(session.evaluate("done.run(steps: 1); trainer.run(steps: 1)\n\(isSame)").value == .bool(true))
  }

  @Test func `adapters come back on the weights that they were trained on`() throws {
    let experiment = try experiment()
    let session = experiment.session
    let made = """
      tuner = finetune(model.copy(), data: world.dataset(8), batch: 2, lora: 2)
      tuner.run(steps: 2);
      { tuner.run(steps: 1) }
      """
    let job = try job(made, in: experiment)
    #expect(try worker(job).work()?.description == nil)
    let taken = session.evaluate("done = attach(\"\(job.id)\")\ndone.model")
    #expect(taken.diagnostics.map(\.description) == [])
    #expect(try weights(taken.value) == weights(session.evaluate("tuner.run(steps: 1)\ntuner.model").value))
  }

  @Test func `a job that is stopped gives a trainer that goes on`() throws {
    let experiment = try experiment()
    let job = try job("{ trainer.run(steps: 3) }", in: experiment)
    let stop = StopToken()
    stop.raise()
    #expect(try worker(job, stop: stop).work()?.description == nil)
    #expect(job.state.phase == .stopped)
    let session = experiment.session
    #expect(session.evaluate("trainer.run(steps: 3); t = attach(\"\(job.id)\")\nt.steps").value == .int(1))
    #expect(experiment.output.lines.contains { $0.contains("stopped after step 1, 3 to go") })
    #expect(session.evaluate("t.resume()\nt.history[\"reward\"] == trainer.history[\"reward\"]").value == .bool(true))
  }

  @Test func `a job that fails says why, and keeps the trainer as it was last saved`() throws {
    let experiment = try experiment()
    let job = try job("{ trainer.run(steps: 3) { step in assert step.index < 2, \"enough\" } }", in: experiment)
    #expect(try worker(job).work()?.message.contains("enough") == true)
    #expect(job.state.phase == .failed)
    let session = experiment.session
    #expect(session.evaluate("attach(\"\(job.id)\").steps").value == .int(2))
    #expect(session.evaluate("jobs[\"state\"]").value.description.contains("failed"))
  }

  @Test func `any value comes back, and what cannot is said before anything starts`() throws {
    let experiment = try experiment()
    #expect(experiment.execute("star = model.paint(\"a red star\")[0]").isEmpty)
    let work = """
      {
        card = dpg(world, prompts: 2).score(model)
        (pair: [star, star], number: 7, picture: world.draw("a red star"), card: card)
      }
      """
    let job = try job(work, in: experiment)
    #expect(try worker(job).work() == nil)
    let session = experiment.session
    #expect(session.evaluate("x = attach(\"\(job.id)\")\nx.number").value == .int(7))
    #expect(session.evaluate("x.pair[0] == x.pair[1] and x.pair[0].codes == star.codes").value == .bool(true))
    #expect(session.evaluate("x.card.overall == dpg(world, prompts: 2).score(model).overall").value == .bool(true))
    #expect(session.evaluate("x.picture.caption == shapes().draw(\"a red star\").caption").value == .bool(true))
    let figure = "f = plot(table([(step: 0, y: 1), (step: 1, y: 2)]), y: \"y\")\nwork = { f.path }"
    #expect(experiment.execute(figure).isEmpty)
    let refused = #expect(throws: (any Error).self) { _ = try self.job("work", in: experiment) }
    #expect("\(try #require(refused))".contains("a figure cannot be taken to another process"))
  }

  @Test func `a worker that is gone without a word is lost, never running`() throws {
    let experiment = try experiment()
    let job = try job("{ trainer.run(steps: 3) }", in: experiment)
    #expect(job.state.phase == .lost)
    let lock = try job.lock()
    #expect(job.state.phase == .starting)
    var state = JobFolder.State(process: 1)
    state.phase = .running
    try job.write(state)
    #expect(job.state.phase == .running)
    #expect(JobFolder.all(in: experiment.folder).map(\.id) == [job.id])
    close(lock)
    // A process that another test starts just now has a copy of the lock until it becomes another program.
    let deadline = ContinuousClock.now + .seconds(10)
    while job.state.phase != .lost, ContinuousClock.now < deadline { usleep(1_000) }
    #expect(job.state.phase == .lost)
    let problem = experiment.session.evaluate("attach(\"\(job.id)\")").diagnostics.first?.description ?? ""
    #expect(problem.contains("has no result: its process is gone"))
    #expect(experiment.session.evaluate("stop(\"\(job.id)\")").succeeded)
    #expect(experiment.output.lines.last == "job \(job.id) does not run: it is lost")
    let unknown = experiment.session.evaluate("attach(\"nothing\")").diagnostics.first?.description ?? ""
    #expect(unknown.contains("there is no job 'nothing'") && unknown.contains(job.id))
  }

  @Test func `a session without workers says so`() {
    let experiment = Experiment()
    let problem = experiment.session.evaluate("start shapes().draw(\"a red star\")").diagnostics.first?.description
    #expect(problem?.contains("this session cannot start jobs") == true)
  }
}
