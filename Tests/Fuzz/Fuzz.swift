import Foundation
import Primitives
import Script

/// Feeds mutations of the programs in a folder to the language and reports what it did.
///
/// `fuzz FOLDER FIRST COUNT`: inputs are numbered, so that one that ended the process can be made again alone. An input
/// that takes more than ten seconds ends the process too.
@main
struct Fuzz {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let first = Int(arguments[2]), let count = Int(arguments[3]) else {
      print("usage: fuzz FOLDER FIRST COUNT")
      exit(2)
    }
    let programs = try FileManager.default.subpathsOfDirectory(atPath: arguments[1]).sorted()
      .filter { $0.hasSuffix(".easel") && !$0.hasPrefix("limits") && !$0.hasPrefix("imports") }
      .compactMap { FileManager.default.contents(atPath: arguments[1] + "/" + $0).map(Array.init) }
    let mutation = Mutation(programs)
    var limits = Limits()
    (limits.steps, limits.items) = (300, 10_000)
    var (succeeded, codes, startMemory) = (0, [String: Int](), 0)
    for index in first..<(first + count) {
      alarm(10)
      var generator = RandomStream(seed: index, purpose: "script.fuzz").generator(step: 0)
      let text = mutation.input(&generator)
      if count == 1 { print(text) }
      let session = Session(output: RecordedOutput(), limits: limits)
      let outcome = session.evaluate(text)
      succeeded += outcome.succeeded ? 1 : 0
      for diagnostic in outcome.diagnostics { codes[String(diagnostic.description.prefix(10)), default: 0] += 1 }
      _ = session.isComplete(text)
      _ = session.completions(of: text, at: generator.below(text.count + 1))
      if index == first + count / 10 { startMemory = memory() }
    }
    let grown = (memory() - startMemory) / 1024
    print("\(count) inputs from \(first): \(succeeded) ran to their end")
    print("memory grew by \(grown) KiB after the first tenth")
    print(codes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
  }

  /// The bytes that the process holds.
  private static func memory() -> Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
    return (pages.flatMap { Int($0[1]) } ?? 0) * 4096
  }
}
