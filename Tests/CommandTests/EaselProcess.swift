import CEdit
import Foundation
import Testing

/// The built binary, run as a user would.
struct EaselProcess {
  /// What one run left.
  struct Result: Equatable {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Beside the test bundle, where SwiftPM puts every product.
  static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("easel").path

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - arguments: what follows its name.
  ///   - input: its standard input.
  ///   - folder: where it runs; without, in one of its own, which is removed.
  ///   - environment: variables besides the usual ones.
  static func run(
    _ arguments: [String], input: String = "", in folder: String? = nil, environment: [String: String] = [:]
  ) throws -> Result {
    guard let folder else {
      var result = Result(status: -1, output: "", errors: "")
      try withFiles([:]) { result = try run(arguments, input: input, in: $0, environment: environment) }
      return result
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "EASEL_HISTORY": ""]
      .merging(environment) { $1 }
    let (inputPipe, outputPipe, errorPipe) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (inputPipe, outputPipe, errorPipe)
    try process.run()
    inputPipe.fileHandleForWriting.write(Data(input.utf8))
    try inputPipe.fileHandleForWriting.close()
    // Errors are short here: a pipe holds them while the output is read.
    let output = try outputPipe.fileHandleForReading.readToEnd() ?? Data()
    let errors = try errorPipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }

  /// Runs a body in a new folder with some files in it, and removes the folder.
  static func withFiles(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "easel-command-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, text) in files { try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8) }
    try body(folder)
  }
}

/// The prompt on a pseudo-terminal of 80 columns.
final class EaselTerminal {
  private let terminal: Int32
  private let process: Int32
  /// Where it runs.
  private let folder = NSTemporaryDirectory() + "easel-terminal-\(UUID().uuidString)"
  /// All that it has printed, carriage returns left out.
  private(set) var screen = ""
  /// What was printed since the last key was sent, up to where a wait found its text.
  private var fresh = ""

  init() throws {
    var end: Int32 = -1
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let words =
      ["env", "-i", "-C", folder, "TERM=xterm", "NO_COLOR=1", "EASEL_HISTORY=", "HOME=/nonexistent", EaselProcess.path]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    process = cedit_spawn("/usr/bin/env", &arguments, 24, 80, &end)
    terminal = end
    try #require(process > 0)
  }

  deinit {
    close(terminal)
    kill(process, SIGKILL)
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Types keys.
  func type(_ keys: String) {
    fresh = ""
    let bytes = Array(keys.utf8)
    _ = bytes.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
  }

  /// Waits until it has printed a text since the last keys; false if it has not within ten seconds.
  func waits(for text: String) -> Bool {
    while true {
      if let found = fresh.firstRange(of: text) {
        fresh = String(fresh[found.upperBound...])
        return true
      }
      var wait = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      var buffer = [UInt8](repeating: 0, count: 4096)
      guard poll(&wait, 1, 10_000) > 0 else { return false }
      let count = read(terminal, &buffer, buffer.count)
      guard count > 0 else { return false }
      // Swift takes a carriage return and the line end after it for one character.
      let piece = String(decoding: buffer.prefix(count).filter { $0 != 0x0D }, as: UTF8.self)
      // Only the text counts here, not where colours and modes change.
      fresh = (fresh + piece).replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "")
      screen += piece
    }
    return true
  }

  /// Waits for a prompt, whatever its number.
  func waitsForPrompt() -> Bool { waits(for: "easel ") && waits(for: "> ") }

  /// Waits for its end; nil if it does not come within ten seconds of silence.
  func status() -> Int32? {
    // Nobody reads any more, and what it still prints must not block it.
    while waits(for: "\u{0}never") {}
    var status: Int32 = 0
    for _ in 0..<1000 {
      if waitpid(process, &status, WNOHANG) == process { return (status >> 8) & 0xFF }
      usleep(10_000)
    }
    return nil
  }
}
