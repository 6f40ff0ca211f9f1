import Foundation
import Primitives

/// A journal that is being written.
///
/// Each record is handed to the system in one write, so that a process killed at any moment loses none that was made.
public final class JournalFile {
  private let path: String
  private let handle: FileHandle
  private var chain = JournalChain()

  /// Begins a journal.
  ///
  /// - Parameter path: the file; there must be none yet.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  public init(path: String) throws(RecordsError) {
    self.path = path
    let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path, reason: String(cString: strerror(errno))) }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Appends a record.
  ///
  /// - Throws: ``RecordsError/unwritable(_:reason:)``; nothing may be appended after that.
  public func append(_ record: JournalRecord) throws(RecordsError) {
    do {
      try handle.write(contentsOf: chain.closed(JournalChain.encoder.encode(record)))
    } catch {
      throw .unwritable(path, reason: AtomicFile.reason(error))
    }
  }

  /// Waits until all records are on the disk.
  public func flush() { fdatasync(handle.fileDescriptor) }
}
