import Foundation
import Primitives
import Records
import Script
import Testing

@testable import Workbench

/// Programs as judges.
@Suite(.serialized) struct ProgramRewardTests {
  /// A session with a program in its folder, a small model and two samples.
  private func experiment(_ program: String) throws -> (experiment: Experiment, path: String) {
    let experiment = Experiment()
    let path = experiment.folder + "/judge.sh"
    try AtomicFile.write("#!/bin/sh\n" + program + "\n", to: path)
    chmod(path, 0o755)
    let start = """
      seed(3)
      world = shapes()
      model = janus("\(try experiment.smallModel())")
      judge = reward.program("\(path)", limit: 10s)
      samples = model.paint(world.prompts(3))
      """
    #expect(experiment.session.evaluate(start).diagnostics.map(\.description) == [])
    return (experiment, path)
  }

  private static let counting = """
    n=0
    while read -r line; do
      n=$((n + 1))
      case "$line" in *'"image":"/'*.png'","prompt":"a '*'","rationale":"'*'"}') echo "$n.5" ;; *) echo "what is $line" ;; esac
    done
    """

  @Test func `each sample is a line of JSON, and each line of the answer a score`() throws {
    let (experiment, _) = try experiment(Self.counting)
    let session = experiment.session
    #expect(session.evaluate("judge.score(samples)").value == Value([1.5, 2.5, 3.5]))
    #expect(session.evaluate("judge.name").value == .string("program judge.sh"))
  }

  @Test func `yes and no are 1 and 0; anything else, and what is missing, is a failure`() throws {
    let (experiment, _) = try experiment("echo Yes; echo maybe; echo 'out of ideas' >&2; exit 3")
    let session = experiment.session
    let said = session.evaluate("judge.judge(samples).rows.map { row in \"\\(row.score) \\(row.failure)\" }").value
    #expect(
      said
        == Value([
          "1.0 ", "none the program answered 'maybe'",
          "none the program gave no answer: it ended with status 3: out of ideas",
        ]))
  }

  @Test func `a replay takes the answers from the journal, the program being gone`() throws {
    let (experiment, path) = try experiment(
      "while read -r line; do case $line in *red*|*two*) echo no ;; *) echo yes ;; esac; done")
    let train = "grpo(model, prompts: world.prompts(20), reward: judge, group: 2, batch: 2).run(steps: 2)"
    #expect(experiment.session.evaluate(train).diagnostics.map(\.description) == [])
    experiment.run.end(status: 0)
    try FileManager.default.removeItem(atPath: path)
    let source = try ReplaySource(try #require(experiment.run.path), in: experiment.folder)
    let run = Run(name: "again", kind: .replay, outputs: experiment.folder, date: Date(), process: 2)
    let replay = Replay(source, run: run, output: RecordedOutput(), stop: StopToken())
    guard case .same(let level) = try replay.execute() else {
      Issue.record("it differs: \(try replay.execute())")
      return
    }
    #expect(level == "L0, every bit")
    #expect(replay.counts.contains(" answers from outside"))
  }

  @Test func `a program that hangs is ended with all that it started, and one that is not there is named`() throws {
    let (experiment, path) = try experiment("sleep 60 & echo $! > \"$0.child\"; sleep 60")
    let session = experiment.session
    let start = ContinuousClock.now
    let hangs = session.evaluate("reward.program(\"\(path)\", limit: 300ms).score(samples)")
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(
      hangs.diagnostics.first?.message
        == "the judge '\(path)' gave no answer: it did not end within 0.3 s and was ended; 'limit' gives it longer; "
        + "it reads a line of JSON for each sample and prints a line for each")
    let child = String(decoding: try AtomicFile.read(path + ".child"), as: UTF8.self)
    let number = try #require(pid_t(child.trimmingCharacters(in: .whitespacesAndNewlines)))
    // Whoever adopted it may not have noticed its end yet: then it is a zombie, which takes no signal's effect.
    let state = (try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)) ?? "gone Z"
    #expect(state.contains(" Z") || state == "gone Z")
    let missing = session.evaluate("reward.program(\"./absent\").score(samples)")
    #expect(missing.diagnostics.first?.message.contains("cannot start it: No such file or directory") == true)
  }
}
