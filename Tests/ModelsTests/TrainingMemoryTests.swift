import Foundation
import Tensors
import Testing

@testable import Models

/// What a training step needs; measured in a process of its own, since all tests share one pool.
struct TrainingMemoryTests {
  /// What some steps of training need.
  private struct Usage {
    /// Bytes taken from the system after each step.
    var taken: [Int] = []
    /// The most bytes in use during the last step.
    var peak = 0
  }

  private static func usage(layers: Int, recomputes: Bool) throws -> Usage {
    Engine.threads = 1
    var configuration = TinyModels.configuration()
    configuration.decoder.layers = layers
    let model = try Janus(configuration, seed: 1)
    model.recomputesLayers = recomputes
    let optimizer = AdamW(model.parameters)
    let sequences = try (0..<32).map { _ in
      try model.sequence(prompt: "a red circle", rationale: "a circle left of a square .", codes: [1, 2, 3, 4])
    }
    var usage = Usage()
    for _ in 0..<5 {
      _ = Engine.takePeakMemory()
      let tape = Tape()
      tape.backward(-mean(model.score(sequences, tape: tape).logProbability))
      _ = clipGradients(model.parameters, maximumNorm: 1)
      optimizer.step()
      zeroGradients(model.parameters)
      usage.taken.append(Engine.memory)
      usage.peak = Engine.takePeakMemory()
    }
    return usage
  }

  @Test func `after two steps training takes nothing more from the system`() async {
    await #expect(processExitsWith: .success) {
      let taken = try Self.usage(layers: 2, recomputes: false).taken
      exit(taken[0] > 0 && taken[1] == taken[4] ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  @Test func `with layers computed again memory hardly grows with their number`() async {
    await #expect(processExitsWith: .success) {
      let kept = try Self.usage(layers: 16, recomputes: false).peak
      let computed = try Self.usage(layers: 16, recomputes: true).peak
      exit(Double(computed) < 0.5 * Double(kept) ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }
}
