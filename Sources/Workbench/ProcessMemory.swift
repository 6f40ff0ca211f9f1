import Foundation

/// The memory of processes and of the machine, in bytes, as Linux tells it.
enum ProcessMemory {
  /// The most that a process has had at one time; `nil` where the kernel does not say.
  ///
  /// - Parameter process: its number; `nil` for this one.
  static func peak(of process: Int32?) -> Int? { status("VmHWM", of: process) }

  /// What a process has now.
  ///
  /// - Parameter process: its number.
  static func present(of process: Int32) -> Int? { status("VmRSS", of: process) }

  /// What can be had without swapping: of the machine, or of the control group if that has less.
  static var free: Int? {
    guard let machine = field("MemAvailable", of: "/proc/meminfo") else { return nil }
    guard let limit = number("/sys/fs/cgroup/memory.max"), let used = number("/sys/fs/cgroup/memory.current") else {
      return machine
    }
    return min(machine, max(limit - used, 0))
  }

  /// How many processes the kernel has killed for want of memory since it started, here or in the control group.
  static var kills: Int {
    let machine = value("oom_kill", in: "/proc/vmstat", separator: " ") ?? 0
    return max(machine, value("oom_kill", in: "/sys/fs/cgroup/memory.events", separator: " ") ?? 0)
  }

  private static func status(_ name: String, of process: Int32?) -> Int? {
    field(name, of: "/proc/\(process.map(String.init) ?? "self")/status")
  }

  /// A size in kibibytes from lines such as `VmRSS:   1234 kB`.
  private static func field(_ name: String, of path: String) -> Int? {
    value(name, in: path, separator: ":").map { $0 * 1024 }
  }

  private static func value(_ name: String, in path: String, separator: Character) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + String(separator)) }
    return line?.split(separator: separator).last?.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
  }

  private static func number(_ path: String) -> Int? {
    (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
      Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}
