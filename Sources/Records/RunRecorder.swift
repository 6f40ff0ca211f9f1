import Foundation
import Primitives

/// Writes what a run does: plain files in the run's folder first, then the store.
///
/// A store that cannot be used is one warning; the run goes on, and what the store lacks is taken from the folder when
/// it can be used again: by the run itself, by whoever lists runs after it has ended, or by ``RunStore/rebuild(_:)``.
public final class RunRecorder {
  /// What is known of the run.
  public private(set) var record: RunRecord
  /// The run's folder.
  public let folder: RunFolder
  /// The folder that holds all runs.
  public let outputs: String
  /// Told, once for each cause, of what is not recorded.
  public var warn: (String) -> Void
  /// The store, or `nil` while it cannot be used.
  public private(set) var store: RunStore?

  private var lock: Int32?
  private var batch: [RunStore.Step] = []
  private var files: [MetricsFile] = []
  private var flushed = ContinuousClock.now
  private var isBehind = false
  private var warned: Set<String> = []
  private var seen: [String: FileState] = [:]

  /// How often the store is written while steps follow each other.
  private static let interval = Duration.milliseconds(250)
  /// How often a store that failed is tried again.
  private static let patience = Duration.seconds(5)

  /// The record of a new run, in a folder of its own.
  ///
  /// - Parameters:
  ///   - outputs: the folder that holds all runs.
  ///   - record: what is known of it; its id is drawn.
  ///   - draw: the id to try, by the number of the attempt, from 0.
  ///   - warn: told of what is not recorded.
  /// - Throws: ``RecordsError/unwritable(_:reason:)`` if no folder can be made.
  public init(
    in outputs: String, _ record: RunRecord, draw: (Int) -> String, warn: @escaping (String) -> Void
  ) throws {
    (self.outputs, self.warn) = (outputs, warn)
    var held: Int32?
    func make(_ record: RunRecord) throws -> RunFolder {
      let folder = try Self.makeFolder(for: record, in: outputs)
      held = try folder.lock()
      return folder
    }
    var problem: RecordsError?
    do {
      let store = try RunStore(outputs: outputs)
      (self.record, folder) = try store.add(record, draw: draw, make: make)
      self.store = store
    } catch RecordsError.store(let path, let reason) {
      problem = .store(path, reason: reason)
      (self.record, folder) = try Self.add(record, in: outputs, draw: draw, make: make)
    }
    lock = held
    try self.record.write(to: folder, isFlushed: false)
    if let problem { fail(problem) }
  }

  private static func makeFolder(for record: RunRecord, in outputs: String) throws(RecordsError) -> RunFolder {
    try RunFolder.make(in: outputs, date: record.started, name: record.name, id: record.id)
  }

  /// Makes the folder of another run, whose process is yet to come and goes on in it.
  ///
  /// - Parameters:
  ///   - record: what is known of it; its id is drawn, and its parent is this run unless it has one.
  ///   - draw: the id to try, by the number of the attempt, from 0.
  /// - Returns: the record with its id, and the folder.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  public func makeRun(_ record: RunRecord, draw: (Int) -> String) throws -> (record: RunRecord, folder: RunFolder) {
    var record = record
    (record.status, record.parent) = (.starting, record.parent ?? self.record.id)
    let make = { [outputs] record in try Self.makeFolder(for: record, in: outputs) }
    var result: (record: RunRecord, folder: RunFolder)?
    attempt { result = try store?.add(record, draw: draw, make: make) }
    let made = try result ?? Self.add(record, in: outputs, draw: draw, make: make)
    try made.record.write(to: made.folder, isFlushed: false)
    return made
  }

  /// Notes how a run stands whose folder other processes share, such as a sweep.
  ///
  /// - Parameters:
  ///   - record: what is known of it; its parent is this run unless it has one.
  ///   - folder: its folder.
  public func note(_ record: RunRecord, in folder: RunFolder) {
    attempt {
      let written = try RunRecord.update(in: folder, isFlushed: false, or: record) { known in
        (known.status, known.ended) = (record.status, record.ended)
        known.parent = known.parent ?? self.record.id
      }
      try store?.put(written, in: folder)
    }
  }

  /// Makes a run's folder without a store: its id is not that of another folder.
  private static func add(
    _ record: RunRecord, in outputs: String, draw: (Int) -> String, make: (RunRecord) throws -> RunFolder
  ) throws -> (RunRecord, RunFolder) {
    try RunFolder.makeFolder(outputs, for: outputs)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: outputs)) ?? []
    var record = record
    var attempt = 0
    while true {
      record.id = draw(attempt)
      attempt += 1
      guard !names.contains(where: { $0.hasSuffix("-" + record.id) }) else { continue }
      do { return (record, try make(record)) } catch RecordsError.exists { continue }
    }
  }

  /// The record of a run that goes on in the folder that was made for it.
  ///
  /// - Parameters:
  ///   - folder: the run's.
  ///   - outputs: the folder that holds all runs.
  ///   - fallback: what is known of it where the folder does not say.
  ///   - warn: told of what is not recorded.
  /// - Throws: `AtomicFile.Failure` if the folder cannot be written to.
  public init(
    resuming folder: RunFolder, in outputs: String, or fallback: RunRecord, warn: @escaping (String) -> Void
  ) throws {
    (self.folder, self.outputs, self.warn) = (folder, outputs, warn)
    // Whoever has started this process may hold the lock already, for it.
    lock = try? folder.lock()
    record = try RunRecord.update(in: folder, isFlushed: false, or: fallback) { record in
      (record.status, record.ended) = (.running, nil)
    }
    attempt {
      let store = try RunStore(outputs: outputs)
      try store.put(record, in: folder)
      self.store = store
    }
  }

  deinit {
    flush()
    if let lock { close(lock) }
  }

  // MARK: What happens

  /// Notes what the run was made with; values of earlier names stay.
  ///
  /// - Parameter settings: by name, such as `grpo.lr`.
  public func configure(_ settings: [String: RunRecord.Setting]) {
    change { $0.configuration.merge(settings) { $1 } }
  }

  /// Notes how the run ended, and lets others take it for done.
  ///
  /// - Parameter status: how.
  public func end(_ status: RunRecord.Status) {
    flush(finally: true)
    change(isFlushed: false) { ($0.status, $0.ended) = (status, Date()) }
    store?.leaveOpen()
    if let lock { close(lock) }
    lock = nil
  }

  private func change(isFlushed: Bool = false, _ change: (inout RunRecord) -> Void) {
    var changed = record
    change(&changed)
    do {
      record = try RunRecord.update(in: folder, isFlushed: isFlushed, or: record, change)
    } catch {
      record = changed
      say("the record of this run is not up to date: \(error)")
    }
    attempt { try store?.put(record, in: folder) }
  }

  // MARK: Metrics

  /// The metrics of a trainer.
  ///
  /// - Parameters:
  ///   - name: what tells it apart among the run's: `grpo`, `grpo-2`.
  ///   - step: the step that it goes on from; what is there of later ones is removed, for they will be taken again.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``, ``RecordsError/damaged(_:line:reason:)``.
  public func series(_ name: String, after step: Int) throws -> RunSeries {
    let file = try MetricsFile(path: folder.path + "/metrics-\(name).jsonl", resumingAfter: step)
    files.append(file)
    forget(name, after: step)
    return RunSeries(name, file: file, recorder: self)
  }

  func forget(_ series: String, after step: Int) {
    batch.removeAll { $0.series == series && $0.step > step }
    attempt { try store?.removeSteps(of: series, after: step, of: record.id) }
  }

  func add(_ step: RunStore.Step, to file: MetricsFile) throws {
    do {
      try file.append(step: step.step, step.values)
    } catch RecordsError.unwritable(let path, let reason) {
      wait(path, reason)
    }
    // A store that is behind takes the whole folder once it can.
    if !isBehind { batch.append(step) }
    let due = isBehind ? Self.patience : Self.interval
    if ContinuousClock.now - flushed >= due { flush() }
  }

  /// Brings plain files and store up to date.
  ///
  /// - Parameter finally: whether a store that has failed is tried once more, however short ago that was.
  public func flush(finally: Bool = false) {
    let isDue = finally || !isBehind || ContinuousClock.now - flushed >= Self.patience
    guard isDue, isBehind || !batch.isEmpty || finally && store?.isCurrent == false else { return }
    flushed = ContinuousClock.now
    for file in files {
      do {
        try file.flush()
      } catch {
        guard case .unwritable(let path, let reason) = error else { continue }
        return wait(path, reason)
      }
    }
    attempt {
      if isBehind || store?.isCurrent == false {
        // Another file is in the store's place, or this one lacks something.
        let store = try RunStore(outputs: outputs)
        try store.take(folder)
        self.store = store
        isBehind = false
      } else {
        try store?.add(batch, of: record.id)
      }
      batch = []
    }
  }

  // MARK: Artifacts

  /// Notes files that appeared, or changed, in the run's own folders since the last call.
  public func noteFiles() {
    for section in RunFolder.Section.allCases {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + section.rawValue)) ?? []
      for name in names.sorted() { noteFile(section.rawValue + "/" + name, kind: section.kind) }
    }
  }

  /// Notes a file, or a folder as one, that the run has written.
  ///
  /// - Parameters:
  ///   - path: below the run's folder, or, with a slash in front, elsewhere.
  ///   - kind: `image`, `figure`, `checkpoint`, `table`, or another word.
  public func noteFile(_ path: String, kind: String) {
    let whole = path.hasPrefix("/") ? path : folder.path + "/" + path
    guard let state = FileState(whole), seen[path] != state else { return }
    seen[path] = state
    do {
      let artifact = try RunArtifact(path, kind: kind, in: folder)
      try AppendedFile.append(artifact.line, to: folder.artifacts)
      attempt { try store?.add([artifact], of: record.id) }
    } catch {
      say("'\(path)' is not among the files of this run: \(error)")
    }
  }

  // MARK: Failing

  /// Does something with the store; from a failure on, the store is behind.
  private func attempt(_ body: () throws -> Void) {
    do { try body() } catch { fail(error) }
  }

  private func fail(_ error: any Error) {
    (isBehind, batch, store) = (true, [], nil)
    flushed = ContinuousClock.now
    say("\(error); this run goes on, and its folder keeps what the store lacks")
  }

  /// The run goes on while its files cannot be written; the store takes all of it later.
  private func wait(_ path: String, _ reason: String) {
    isBehind = true
    say("steps wait in memory until there is room for them in '\(path)': \(reason)")
  }

  /// A full disk is one cause, whatever fails for it.
  private func say(_ text: String) {
    let isFull = text.contains("the disk is full") || text.contains(String(cString: strerror(ENOSPC)))
    if warned.insert(isFull ? "full" : text).inserted { warn(text) }
  }
}

/// What changes when a file is written.
private struct FileState: Equatable {
  private let bytes: Int
  private let seconds: Int
  private let nanoseconds: Int

  init?(_ path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    (bytes, seconds, nanoseconds) = (Int(facts.st_size), facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec)
  }
}

/// A file that grows by whole pieces.
private enum AppendedFile {
  /// Adds a piece at the end, in one write.
  static func append(_ data: Data, to path: String) throws(RecordsError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    let count = data.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard count == data.count else { throw .unwritable(path, reason: String(cString: strerror(errno))) }
  }
}

extension RunFolder.Section {
  /// What lies in it.
  fileprivate var kind: String {
    switch self {
    case .images: "image"
    case .plots: "figure"
    case .checkpoints: "checkpoint"
    }
  }
}
