import Foundation
import Primitives

/// A file in the address space: its bytes are read from the disk when they are first looked at, and those that are written
/// to become the program's own, a page at a time. The file itself never changes.
///
/// A file that another program shortens meanwhile takes the bytes away from under us, and the system then ends the program;
/// `AtomicFile` replaces files instead of rewriting them, so Easel's own are safe.
final class MappedFile {
  let bytes: UnsafeMutableRawBufferPointer

  /// - Returns: `nil` if the file's system cannot map it; reading it then still works.
  /// - Throws: `AtomicFile.Failure` if there is no such file, or it may not be read.
  init?(_ path: String) throws(AtomicFile.Failure) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      let reason = errno == ENOENT ? "there is no such file" : String(cString: strerror(errno))
      throw .unreadable(path, reason: reason)
    }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size > 0,
      let start = mmap(nil, Int(facts.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0), start != MAP_FAILED
    else { return nil }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: Int(facts.st_size))
  }

  /// Zeros that take memory only where they are written to.
  init?(zeros count: Int) {
    guard count > 0, let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else { return nil }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  deinit { munmap(bytes.baseAddress, bytes.count) }
}

extension Tensor {
  /// Whether the numbers lie in a file that was read, or are zeros that nobody has written yet, and so cost no memory.
  public var isInFile: Bool { storage.isLent }

  /// Zeros that take memory only where they are written to: for weights that are about to be replaced.
  ///
  /// - Parameter shape: the length of each axis.
  public init(blank shape: [Int]) {
    let count = shape.reduce(1, *)
    // Below a page there is nothing to be saved.
    guard count >= 1024, let memory = MappedFile(zeros: 4 * count), let start = memory.bytes.baseAddress else {
      self.init(zeros: shape)
      return
    }
    self.init(storage: Storage(start.assumingMemoryBound(to: Float.self), count: count, of: memory), shape: shape)
  }
}
