import Foundation
import Synchronization

/// Paths that go on from what is written.
enum FileCandidates {
  /// How long the prompt waits for a folder, in seconds: one on a network may be slow, or gone.
  private static let patience = 0.04

  /// The paths, or none if the folder does not answer soon.
  static func soon(from written: String) -> [Completions.Candidate] {
    let answer = Answer()
    Thread.detachNewThread { answer.give(paths(from: written)) }
    return answer.wait(seconds: patience) ?? []
  }

  /// What one thread gives another.
  private final class Answer: Sendable {
    private let condition = NSCondition()
    private let given = Mutex<[Completions.Candidate]?>(nil)

    func give(_ paths: [Completions.Candidate]) {
      condition.lock()
      given.withLock { $0 = paths }
      condition.signal()
      condition.unlock()
    }

    func wait(seconds: Double) -> [Completions.Candidate]? {
      let deadline = Date(timeIntervalSinceNow: seconds)
      condition.lock()
      defer { condition.unlock() }
      while given.withLock({ $0 == nil }), condition.wait(until: deadline) {}
      return given.withLock { $0 }
    }
  }

  /// The entries of a folder that begin with the last part of a path, folders with a slash behind, in order.
  static func paths(from written: String) -> [Completions.Candidate] {
    let cut = written.lastIndex(of: "/").map { written.index(after: $0) } ?? written.startIndex
    let (folder, start) = (String(written[..<cut]), String(written[cut...]))
    let place = folder.isEmpty ? "." : NSString(string: folder).expandingTildeInPath
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    return entries.filter { $0.hasPrefix(start) && (start.hasPrefix(".") || !$0.hasPrefix(".")) }.sorted().map { name in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: place + "/" + name, isDirectory: &isFolder)
      return Completions.Candidate(text: folder + name + (isFolder.boolValue ? "/" : ""))
    }
  }
}
