import Dispatch
import Foundation
import Learning
import Models
import Primitives
import Script
import Tensors
import Testing

@testable import Workbench

/// Looks at the session after every step.
private final class Watcher: SessionOutput {
  var atStep: (Int) -> Void = { _ in }
  func write(_ line: String) {}
  func show(_ display: Display) {}
  func progress(_ report: ProgressReport?) { if let report { atStep(report.done) } }
}

/// Stops at any moment, as Ctrl-C asks for them.
@Suite(.serialized) struct RandomStopTests {
  #if DEBUG
    private static let moments = 8
  #else
    private static let moments = 100
  #endif

  private static func script(_ model: String) -> String {
    """
    seed(3)
    model = janus("\(model)")
    tuner = finetune(model, data: shapes().dataset(40), batch: 2)
    """
  }
  private static let plan = "tuner.run(steps: 500)"

  /// The number of steps taken and all weights of the model.
  private func state(_ session: Session) throws -> (steps: Int, weights: Fingerprint) {
    let values = Dictionary(session.variables.map { ($0.name, $0.value) }) { $1 }
    guard case .object(let model)? = values["model"], case .object(let tuner)? = values["tuner"] else {
      throw StopError.noObjects
    }
    var digest = Fingerprint()
    for parameter in try #require(model as? ModelObject).janus.parameters {
      for value in parameter.value.array() { digest.combine(value) }
    }
    return (try #require(tuner as? TrainerObject).trainer.step, digest)
  }

  private enum StopError: Error { case noObjects }

  /// What the weights are after each number of steps that nothing disturbs, up to one for each moment.
  private func undisturbed() throws -> [Int: Fingerprint] {
    let (watcher, stop, whole) = (Watcher(), StopToken(), Experiment("whole"))
    defer { withExtendedLifetime(whole) {} }
    let session = Workbench.session(output: watcher, run: whole.run, stop: stop)
    #expect(session.run(Self.script(try whole.smallModel()), name: "test.easel").succeeded)
    var states = [0: try state(session).weights]
    watcher.atStep = { [unowned session] step in
      states[step] = try? state(session).weights
      if step > Self.moments { stop.raise() }
    }
    _ = session.evaluate(Self.plan)
    return states
  }

  @Test func `after a stop at any moment the state is that of some completed step`() throws {
    let start = ContinuousClock.now
    let states = try undisturbed()
    let pace = (ContinuousClock.now - start) / states.count
    // Every stop writes a checkpoint; in memory that is quick.
    let isQuick = FileManager.default.isWritableFile(atPath: "/dev/shm")
    let experiment = Experiment("stopped", in: isQuick ? "/dev/shm" : NSTemporaryDirectory())
    let session = experiment.interrupted  // Whatever else comes, it stops after a step.
    #expect(session.run(Self.script(try experiment.smallModel()), name: "test.easel").succeeded)
    _ = session.evaluate(Self.plan)
    // Stops fall anywhere within two steps or so.
    let longest = UInt64(max(1, pace * 2 / .microseconds(1)))
    var generator = RandomStream(seed: 7, purpose: "stops").generator()
    for _ in 0..<Self.moments {
      let (first, second) = (generator.next() % longest, generator.next() % (longest / 2))
      let isDouble = generator.next() % 2 == 0
      let stop = experiment.stop
      stop.reset()
      let thread = Raiser(stop, after: UInt32(first), andAfter: isDouble ? UInt32(second) : nil)
      _ = session.evaluate("tuner.resume()")
      thread.wait()
      let found = try state(session)
      #expect(states[found.steps] == found.weights, "after \(found.steps) steps")
    }
    #expect(try state(session).steps > 0)
  }
}

/// Raises a token from another thread. When exactly is left to chance: no moment may do harm.
private final class Raiser: Sendable {
  private let isDone = DispatchSemaphore(value: 0)

  /// Raises it after some microseconds, and perhaps once more some later.
  init(_ stop: StopToken, after first: UInt32, andAfter second: UInt32?) {
    let isDone = self.isDone
    Thread.detachNewThread {
      usleep(first)
      stop.raise()
      if let second {
        usleep(second)
        stop.raise()
      }
      isDone.signal()
    }
  }

  /// Waits until it has raised all.
  func wait() { isDone.wait() }
}
