import Foundation

/// Files of lines to which several processes add: each line is one write at the file's end.
enum LineFile {
  /// Adds a line.
  ///
  /// - Parameters:
  ///   - line: without its end.
  ///   - path: the file; made if it is not there.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  static func append(_ line: String, to path: String) throws(RecordsError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    let bytes = Array((line + "\n").utf8)
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard count == bytes.count else { throw .unwritable(path, reason: String(cString: strerror(errno))) }
  }
}
