import Foundation
import Primitives
import Script
import Workbench

/// A session over the workbench in a temporary folder of its own.
final class Experiment {
  let output = RecordedOutput()
  let stop = StopToken()
  let folder: String
  let run: Run
  let session: Session

  init(_ name: String = "test") {
    folder = NSTemporaryDirectory() + "easel-workbench-\(UUID().uuidString)"
    run = Run(name: name, outputs: folder, date: Date(timeIntervalSince1970: 0), process: 1)
    session = Workbench.session(output: output, run: run, stop: stop)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// What is wrong with a script, or what went wrong in it.
  func execute(_ script: String) -> [Diagnostic] { session.run(script, name: "test.easel").diagnostics }

  /// A file of the run.
  func file(_ name: String) throws -> String {
    String(decoding: try AtomicFile.read((run.path ?? folder) + "/" + name), as: UTF8.self)
  }
}
