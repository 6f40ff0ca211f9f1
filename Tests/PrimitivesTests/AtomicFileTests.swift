import Foundation
import Primitives
import Testing

struct AtomicFileTests {
  @Test func `a file is written whole and read back`() throws {
    let folder = NSTemporaryDirectory() + "easel-atomic-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try AtomicFile.write("one", to: folder + "/deep/file.txt")
    try AtomicFile.write("two", to: folder + "/deep/file.txt")
    #expect(try AtomicFile.read(folder + "/deep/file.txt") == Data("two".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/deep") == ["file.txt"])
  }

  @Test func `a missing file is said to be missing`() {
    #expect(throws: AtomicFile.Failure.self) { try AtomicFile.read("/no/such/file") }
    do {
      _ = try AtomicFile.read("/no/such/file")
    } catch {
      #expect("\(error)".hasPrefix("cannot read '/no/such/file': "))
    }
  }

  @Test func `a folder that cannot be made is reported`() {
    #expect(throws: AtomicFile.Failure.self) { try AtomicFile.write("x", to: "/proc/none/file") }
  }

  @Test func `a file in the way of a folder is said in the system's words`() throws {
    let folder = NSTemporaryDirectory() + "easel-atomic-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try AtomicFile.write("one", to: folder + "/file")
    let deep = folder + "/file/deeper"
    #expect(throws: AtomicFile.Failure.unwritable(deep, reason: "Not a directory")) {
      try AtomicFile.makeFolder(deep)
    }
    #expect(throws: AtomicFile.Failure.unwritable(folder + "/file", reason: "a file of that name is in the way")) {
      try AtomicFile.makeFolder(folder + "/file")
    }
  }
}
