import Foundation

/// Locks that the system lets go of when their holder is gone, however it went.
enum FileLock {
  /// Takes a lock, if nobody holds it.
  ///
  /// - Parameter path: its file; made if it is not there.
  /// - Returns: its descriptor, which holds the lock until it and all its copies are closed; or `nil`.
  /// - Throws: ``RecordsError/unwritable(_:reason:)`` if there can be no such file.
  static func take(_ path: String) throws(RecordsError) -> Int32? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path, reason: String(cString: strerror(errno))) }
    // Whoever looks whether it is held has it for a moment.
    for _ in 0..<20 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
      guard errno == EWOULDBLOCK else { break }
      usleep(1_000)
    }
    let code = errno
    close(descriptor)
    if code == EWOULDBLOCK { return nil }
    throw .unwritable(path, reason: String(cString: strerror(code)))
  }

  /// Whether somebody holds a lock.
  static func isHeld(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }
}
