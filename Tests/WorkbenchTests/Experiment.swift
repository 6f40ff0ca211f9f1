import Foundation
import Models
import Primitives
import Script
import Shapes
import Workbench

/// An output that raises a stop at the first progress report it is given.
private final class InterruptingOutput: SessionOutput {
  private let output: RecordedOutput
  private let stop: StopToken

  init(_ output: RecordedOutput, stop: StopToken) { (self.output, self.stop) = (output, stop) }

  func write(_ line: String) { output.write(line) }
  func show(_ display: Display) { output.show(display) }
  func progress(_ report: ProgressReport?) { if report != nil, !stop.isRaised { stop.raise() } }
}

/// A session over the workbench in a temporary folder of its own.
final class Experiment {
  let output = RecordedOutput()
  let stop = StopToken()
  let folder: String
  let run: Run
  let session: Session

  /// A session.
  ///
  /// - Parameters:
  ///   - name: of its run.
  ///   - root: where its folder is made.
  ///   - worker: what starts workers; empty where there are none.
  init(_ name: String = "test", in root: String = NSTemporaryDirectory(), worker: [String] = []) {
    folder = root + "/easel-workbench-\(UUID().uuidString)"
    run = Run(name: name, outputs: folder, date: Date(timeIntervalSince1970: 0), process: 1, worker: worker)
    session = Workbench.session(output: output, run: run, stop: stop)
  }

  /// A session that is asked to stop, as by Ctrl-C, as soon as something reports its progress.
  var interrupted: Session {
    Workbench.session(output: InterruptingOutput(output, stop: stop), run: run, stop: stop)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The folder of a model so small that its training takes milliseconds.
  func smallModel() throws -> String {
    var sizes = Janus.Configuration(words: Vocabulary.words)
    (sizes.decoder.layers, sizes.decoder.width, sizes.decoder.feedForward) = (2, 32, 64)
    (sizes.decoder.heads, sizes.decoder.keyValueHeads) = (2, 2)
    (sizes.imageTokenizer.channels, sizes.imageHeadWidth) = (16, 32)
    let path = folder + "/small"
    try Janus(sizes, seed: 3).save(to: path)
    return path
  }

  /// What is wrong with a script, or what went wrong in it.
  func execute(_ script: String) -> [Diagnostic] { session.run(script, name: "test.easel").diagnostics }

  /// A file of the run.
  func file(_ name: String) throws -> String {
    String(decoding: try AtomicFile.read((run.path ?? folder) + "/" + name), as: UTF8.self)
  }
}
