public import Foundation

/// Files that are either whole or absent: written aside, flushed to the disk, then renamed.
public enum AtomicFile {
  /// Why a file could not be read or written.
  public enum Failure: Error, CustomStringConvertible, Equatable {
    /// The file could not be read: path, reason.
    case unreadable(String, reason: String)
    /// The file could not be written: path, reason.
    case unwritable(String, reason: String)

    /// What happened and what to do about it.
    public var description: String {
      switch self {
      case .unreadable(let path, let reason): "cannot read '\(path)': \(reason)"
      case .unwritable(let path, let reason):
        "cannot write '\(path)': \(reason); choose a folder that you may write to, or free some space"
      }
    }
  }

  /// Replaces a file's content; folders on the way are created.
  ///
  /// - Parameters:
  ///   - data: the new content.
  ///   - path: where it goes.
  /// - Throws: ``Failure/unwritable(_:reason:)``; the old content is then untouched.
  public static func write(_ data: Data, to path: String) throws(Failure) {
    try write(pieces: CollectionOfOne(data), to: path)
  }

  /// Replaces a file's content with that of pieces, one after the other; each is asked for when its turn comes.
  ///
  /// - Parameters:
  ///   - pieces: the new content.
  ///   - path: where it goes.
  /// - Throws: ``Failure/unwritable(_:reason:)``; the old content is then untouched.
  public static func write(pieces: some Sequence<Data>, to path: String) throws(Failure) {
    let file = URL(fileURLWithPath: path)
    let aside = file.deletingLastPathComponent()
      .appendingPathComponent(".\(file.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)")
    try makeFolder(file.deletingLastPathComponent().path)
    do {
      try Data().write(to: aside)
      let handle = try FileHandle(forWritingTo: aside)
      for piece in pieces { try handle.write(contentsOf: piece) }
      try handle.synchronize()
      try handle.close()
    } catch {
      try? FileManager.default.removeItem(at: aside)
      throw .unwritable(path, reason: reason(error))
    }
    guard unsafe rename(aside.path, file.path) == 0 else {
      let code = errno
      try? FileManager.default.removeItem(at: aside)
      throw .unwritable(path, reason: unsafe String(cString: strerror(code)))
    }
  }

  /// Replaces a file's content with text in UTF-8.
  ///
  /// - Parameters:
  ///   - text: the new content.
  ///   - path: where it goes.
  /// - Throws: ``Failure/unwritable(_:reason:)``; the old content is then untouched.
  public static func write(_ text: String, to path: String) throws(Failure) {
    try write(Data(text.utf8), to: path)
  }

  /// A file's content.
  ///
  /// - Parameter path: the file.
  /// - Returns: all its bytes.
  /// - Throws: ``Failure/unreadable(_:reason:)``.
  public static func read(_ path: String) throws(Failure) -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw .unreadable(path, reason: reason(error))
    }
  }

  /// Makes a folder and those on the way to it; one that is there already is left as it is.
  ///
  /// - Parameter path: the folder.
  /// - Throws: ``Failure/unwritable(_:reason:)`` with the system's own reason.
  public static func makeFolder(_ path: String) throws(Failure) {
    var folder = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      folder += "/" + part
      guard unsafe mkdir(folder, 0o777) != 0 && errno != EEXIST else { continue }
      throw .unwritable(path, reason: unsafe String(cString: strerror(errno)))
    }
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw .unwritable(path, reason: "a file of that name is in the way")
    }
  }

  /// A failure's reason in words that a user knows: the system's own, without Foundation's wrapping.
  public static func reason(_ error: any Error) -> String {
    let outer = error as NSError
    let inner = (outer.userInfo[NSUnderlyingErrorKey] as? NSError) ?? outer
    if inner.domain == NSPOSIXErrorDomain { return unsafe String(cString: strerror(Int32(inner.code))) }
    return switch outer.code {
    case NSFileReadNoSuchFileError, NSFileNoSuchFileError: "there is no such file"
    case NSFileReadNoPermissionError, NSFileWriteNoPermissionError: "you may not"
    case NSFileWriteOutOfSpaceError: "the disk is full"
    case NSFileWriteVolumeReadOnlyError: "the disk is read-only"
    default: outer.localizedDescription
    }
  }
}
