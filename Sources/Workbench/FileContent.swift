import Foundation
import Primitives
import Records
import Script

/// What a file or a folder holds, as a fingerprint.
enum FileContent {
  /// The fingerprint of a file, or of all files in a folder with their names.
  static func fingerprint(of path: String) -> String {
    var digest = Fingerprint()
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return "missing" }
    if isFolder.boolValue {
      for name in ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).sorted() {
        digest.combine(name)
        add(path + "/" + name, to: &digest)
      }
    } else {
      add(path, to: &digest)
    }
    return digest.description
  }

  private static func add(_ path: String, to digest: inout Fingerprint) {
    // Checkpoints are large: they are mapped, not copied.
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else { return }
    digest.combine(bulk: data.bytes)
  }

  /// Notes in the run's journal what a file holds that is about to be read.
  static func note(_ path: String, _ context: Context) {
    context.host(as: Run.self)?.journal.note(read: path)
  }
}
