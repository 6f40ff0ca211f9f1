import Foundation
import Models
import Records

extension Machine {
  /// What a run records of the machine it runs on. Nothing is started for it: it takes a few milliseconds.
  static func record(seed: Int) -> EnvironmentRecord {
    var record = EnvironmentRecord(
      easel: version, swift: compiler, system: system, processor: processor, threads: Processor.threads,
      kernels: Processor.instructionSet, seed: seed, revision: revision)
    (record.kernel, record.libc) = (kernel, libc)
    (record.features, record.libraries) = (features, libraries)
    let environment = ProcessInfo.processInfo.environment
    record.locale = ["LC_ALL", "LC_NUMERIC", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
    record.variables = environment.filter { name, _ in
      name != "EASEL_HISTORY" && watched.contains { name.hasPrefix($0) }
    }.map { "\($0.key)=\($0.value)" }.sorted()
    return record
  }

  /// Variables whose names begin like this may change what is computed.
  private static let watched = [
    "EASEL_", "OMP_", "OPENBLAS_", "MKL_", "DNNL_", "ONEDNN_", "GLIBC_TUNABLES", "LD_PRELOAD", "LD_LIBRARY_PATH", "TZ",
    "GNUPLOT", "GDFONTPATH",
  ]

  /// What a processor may have that another instruction set, and so other arithmetic, is chosen for.
  private static let watchedFeatures = [
    "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8",
  ]

  private static var features: [String] {
    let line = lines(of: "/proc/cpuinfo").first { $0.hasPrefix("flags") }
    let found = Set((line ?? "").split(separator: " "))
    return watchedFeatures.filter { found.contains($0[...]) }
  }

  /// The fingerprint of this program, which stands for all that is linked into it, weights included.
  ///
  /// It takes some milliseconds, so that a run notes it only when there are numbers that depend on it.
  static var program: (path: String, fingerprint: String) {
    let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    return (path, FileContent.fingerprint(of: path))
  }

  /// The C library: `glibc 2.36`.
  private static var libc: String? {
    let name = Int32(_CS_GNU_LIBC_VERSION)
    var text = [CChar](repeating: 0, count: 64)
    guard confstr(name, &text, text.count) > 0 else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static var kernel: String {
    var name = utsname()
    uname(&name)
    func text(_ field: some Any) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
  }

  /// The files of the shared libraries in use: the system's names for them end in their versions.
  private static var libraries: [String] {
    let names = String(decoding: maps, as: UTF8.self).split(separator: "\n").compactMap { line -> String? in
      guard let path = line.split(separator: " ").last, path.hasPrefix("/"), path.contains(".so") else { return nil }
      return path.split(separator: "/").last.map(String.init)
    }
    return Set(names).sorted()
  }

  /// What is mapped into memory. The file says that it is empty, and comes in pieces.
  private static var maps: [UInt8] {
    let descriptor = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(descriptor, &piece, piece.count), count > 0 { bytes += piece[..<count] }
    return bytes
  }

  /// The git revision of the folder that the process works in, or `nil` where there is none. It is read from git's
  /// files: to ask git takes longer than a short script.
  private static var revision: String? {
    var folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
    while !FileManager.default.fileExists(atPath: folder.path + "/.git") {
      guard folder.path != "/" else { return nil }
      folder.deleteLastPathComponent()
    }
    var git = folder.path + "/.git"
    // In a worktree, a file that says where.
    if let place = lines(of: git).first, place.hasPrefix("gitdir: ") { git = String(place.dropFirst(8)) }
    guard let head = lines(of: git + "/HEAD").first else { return nil }
    guard head.hasPrefix("ref: ") else { return head }
    let name = String(head.dropFirst(5))
    let common = lines(of: git + "/commondir").first.map { $0.hasPrefix("/") ? $0 : git + "/" + $0 } ?? git
    if let revision = lines(of: "\(common)/\(name)").first { return revision }
    return lines(of: common + "/packed-refs").first { $0.hasSuffix(" " + name) }.map { String($0.prefix(40)) }
  }

  static var compiler: String {
    #if swift(>=6.3)
      "6.3 or later"
    #else
      "6.2"
    #endif
  }

  static var system: String {
    let release = lines(of: "/etc/os-release").first { $0.hasPrefix("PRETTY_NAME=") }
    let name = release?.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    return name ?? ProcessInfo.processInfo.operatingSystemVersionString
  }

  static var processor: String {
    let line = lines(of: "/proc/cpuinfo").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    return "\(name ?? "unknown"), \(ProcessInfo.processInfo.activeProcessorCount) cores"
  }

  static func lines(of path: String) -> [String] {
    (try? String(contentsOfFile: path, encoding: .utf8))?.components(separatedBy: "\n") ?? []
  }
}
