/// The numbers of one trainer of a run, step by step: in its file, and in the store.
public final class RunSeries {
  /// What tells it apart among the run's: `grpo`, `grpo-2`.
  public let name: String
  private let file: MetricsFile
  private let recorder: RunRecorder

  init(_ name: String, file: MetricsFile, recorder: RunRecorder) {
    (self.name, self.file, self.recorder) = (name, file, recorder)
  }

  /// The last step, or `nil`.
  public var lastStep: Int? { file.lastStep }

  /// Adds a step; once this returns, the system has it, and no end of this process can lose it.
  ///
  /// - Parameters:
  ///   - step: greater than ``lastStep``.
  ///   - values: its numbers by name, in order.
  /// - Throws: ``RecordsError/stepOrder(_:last:path:)``, ``RecordsError/name(_:)``. A full disk is a warning, and the
  ///   step waits in memory.
  public func append(step: Int, _ values: [(key: String, value: Double)]) throws {
    try recorder.add(RunStore.Step(series: name, step: step, values: values), to: file)
  }

  /// Forgets the steps after one, as its trainer has gone back to it.
  ///
  /// - Parameter step: the last one that stays.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``, ``RecordsError/damaged(_:line:reason:)``.
  public func rewind(to step: Int) throws {
    guard let lastStep, lastStep > step else { return }
    try file.rewind(to: step)
    recorder.forget(name, after: step)
  }

  /// Brings the store up to date.
  ///
  /// - Throws: ``RecordsError/unwritable(_:reason:)`` if steps still wait in memory, as on a full disk.
  public func flush() throws {
    recorder.flush()
    try file.flush()
  }
}
