public import Foundation
import Primitives

/// A picture, a figure, a checkpoint or a table that a run has written: a line of `artifacts.jsonl`, and a row of the
/// store.
public struct RunArtifact: Sendable, Hashable, Codable {
  /// Where it is: below the run's folder, or, with a slash in front, elsewhere.
  public var path: String
  /// What it is: `image`, `figure`, `checkpoint`, `table`, `file`.
  public var kind: String
  /// Its size; of a folder, that of all files in it.
  public var bytes: Int
  /// Sixteen digits that change with its content, whenever and wherever it was written.
  public var fingerprint: String
  /// When it was written.
  public var written: Date

  init(path: String, kind: String, bytes: Int, fingerprint: String, written: Date) {
    (self.path, self.kind, self.bytes) = (path, kind, bytes)
    (self.fingerprint, self.written) = (fingerprint, written)
  }

  /// A file, or a folder with all that is in it.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - kind: what it is.
  ///   - folder: the run's.
  /// - Throws: `AtomicFile.Failure`, if it cannot be read.
  public init(_ path: String, kind: String, in folder: RunFolder) throws {
    (self.path, self.kind) = (path, kind)
    let whole = path.hasPrefix("/") ? path : folder.path + "/" + path
    let files = try Self.files(below: whole)
    var digest = Fingerprint()
    (bytes, written) = (0, .distantPast)
    for file in files {
      // A folder's own name does not count, so that a copy of a checkpoint has the fingerprint of the first.
      if files.count > 1 || file != whole { digest.combine(String(file.dropFirst(whole.count))) }
      let facts = try FileManager.default.attributesOfItem(atPath: file)
      written = max(written, facts[.modificationDate] as? Date ?? .distantPast)
      let content = try Data(contentsOf: URL(fileURLWithPath: file), options: .alwaysMapped)
      bytes += content.count
      digest.combine(Self.digest(content))
    }
    fingerprint = digest.description
  }

  private static func files(below path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw AtomicFile.Failure.unreadable(path, reason: "there is no such file")
    }
    guard isFolder.boolValue else { return [path] }
    let names = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    return names.map { path + "/" + $0 }.filter {
      FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
    }
  }

  /// A digest of many bytes, eight at a time: a checkpoint has tens of millions.
  private static func digest(_ data: Data) -> UInt64 {
    data.withUnsafeBytes { bytes in
      var state: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bytes.count)
      // The rotation brings the high bits down, where the multiplication spreads them again.
      func mix(_ word: UInt64) { state = ((state << 23 | state >> 41) ^ word) &* 0x9E37_79B9_7F4A_7C15 }
      let words = bytes.count / 8
      for place in 0..<words {
        mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self)))
      }
      for byte in bytes[(words * 8)...] { mix(UInt64(byte)) }
      return state ^ state >> 29
    }
  }

  /// The artifacts that a run's folder tells of: the last word on each path, in the order of first appearance.
  ///
  /// - Parameter folder: the run's.
  public static func all(in folder: RunFolder) -> [RunArtifact] {
    guard let data = try? AtomicFile.read(folder.artifacts) else { return [] }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .secondsSince1970
    var places: [String: Int] = [:]
    var result: [RunArtifact] = []
    // A line that was cut is that of a file whose writing was cut short as well.
    for line in data.split(separator: UInt8(ascii: "\n")) {
      guard let artifact = try? decoder.decode(RunArtifact.self, from: Data(line)) else { continue }
      if let place = places[artifact.path] {
        result[place] = artifact
      } else {
        places[artifact.path] = result.count
        result.append(artifact)
      }
    }
    return result
  }

  /// Its line in `artifacts.jsonl`, with the line's end.
  var line: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      encoder.dateEncodingStrategy = .secondsSince1970
      return try encoder.encode(self) + Data("\n".utf8)
    }
  }
}
