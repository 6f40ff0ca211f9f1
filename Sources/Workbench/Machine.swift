import Foundation
import Models

/// What this machine has, for `easel doctor`; what every run records of it is in ``record(seed:)``.
public enum Machine {
  /// Easel's version.
  public static let version = "0.1.0"

  /// One line of a report: what was looked for, what was found, and what to do about it, if anything.
  public struct Finding: Sendable, Hashable {
    /// What was looked for.
    public let what: String
    /// What was found.
    public let found: String
    /// What to do, or `nil` if all is well.
    public let advice: String?
  }

  /// Everything that decides what Easel can do here and how fast.
  public static func findings() -> [Finding] {
    let gnuplot = answer("gnuplot", ["--version"])
    let fonts = answer("fc-list", [":", "family"])
    let hasWeights = (try? Janus.tiny()) != nil
    let hasFont = fonts?.contains("DejaVu Sans") ?? false
    return [
      Finding(what: "easel", found: version, advice: nil),
      Finding(what: "system", found: system, advice: nil),
      Finding(what: "processor", found: processor, advice: nil),
      Finding(what: "threads", found: "\(Processor.threads)", advice: nil),
      Finding(
        what: "kernels", found: "Easel's own, \(Processor.instructionSet)",
        advice: Processor.instructionSet == "baseline"
          ? "a processor with AVX2 or AVX-512 is several times faster; results are the same" : nil),
      Finding(
        what: "bf16", found: Processor.supports(precision: "bf16") ? "yes" : "no",
        advice: Processor.supports(precision: "bf16")
          ? nil : "precision: \"bf16\" runs as fp32 here; a processor with AVX-512 BF16 is about twice as fast with it"),
      library("libedit", package: "libedit2"),
      library("libpng", package: "libpng16-16"),
      Finding(
        what: "gnuplot", found: gnuplot ?? "missing",
        advice: gnuplot == nil ? "figures need it: apt-get install gnuplot-nox" : nil),
      Finding(
        what: "fonts", found: hasFont ? "DejaVu Sans" : "no DejaVu Sans",
        advice: hasFont ? nil : "figures look best with it: apt-get install fonts-dejavu-core fontconfig"),
      Finding(
        what: "weights", found: hasWeights ? "tiny" : "missing",
        advice: hasWeights ? nil : "run scripts/pretrain, then build again"),
    ]
  }

  /// A library that this program is linked with, and so is there.
  private static func library(_ name: String, package: String) -> Finding {
    let version = answer("dpkg-query", ["--show", "--showformat", "${Version}", package])
    return Finding(what: name, found: version ?? "linked", advice: nil)
  }

  /// The memory that the process has in use, in bytes; 0 where the kernel does not say.
  static var memory: Int {
    let pages = lines(of: "/proc/self/statm").first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// A size in words: `12.5 MiB`.
  static func mebibytes(_ bytes: Int) -> String { "\((Double(bytes) / Double(1 << 20) * 10).rounded() / 10) MiB" }

  /// The first lines that a program prints, or `nil` if it is absent or fails.
  private static func answer(_ program: String, _ arguments: [String]) -> String? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil, let data = try? output.fileHandleForReading.readToEnd() else { return nil }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
