import Foundation

/// The user's own editor, for a block that has outgrown the prompt.
enum ExternalEditor {
  /// Opens a text in `$VISUAL`, else `$EDITOR`, else vi, and waits.
  ///
  /// - Parameters:
  ///   - text: what to edit.
  ///   - environment: the variables that name the editor.
  /// - Returns: the text as it was saved, without the line ends at its end; `nil` if the editor failed.
  static func edit(_ text: String, environment: [String: String]) -> String? {
    let folder = NSTemporaryDirectory() + "/easel-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/block.easel"
    let isPrivate: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: isPrivate)
      try (text + "\n").write(toFile: path, atomically: false, encoding: .utf8)
    } catch {
      return nil
    }
    let editor = [environment["VISUAL"], environment["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty } ?? "vi"
    // Through a shell, since `$EDITOR` may be "code --wait".
    guard run(["/bin/sh", "-c", editor + " \"$1\"", "sh", path]) == 0,
      var edited = try? String(contentsOfFile: path, encoding: .utf8)
    else { return nil }
    while edited.hasSuffix("\n") { edited.removeLast() }
    return edited.replacing("\t", with: "  ")
  }

  /// Runs a program on this terminal, in this process's group, so that it may read from there.
  private static func run(_ words: [String]) -> Int32? {
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    guard posix_spawn(&process, words[0], nil, nil, &arguments, environ) == 0 else { return nil }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { return nil } }
    return status
  }
}
