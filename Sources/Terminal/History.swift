import Foundation

/// What was typed in this and earlier sessions, oldest first, in a file to which many sessions may append at once.
///
/// One JSON object a line. libedit's own history file is rewritten whole at each exit, so of two sessions one loses
/// its lines; an appended line is written by one call and cannot be lost or mixed with another.
public final class History {
  /// One block that was typed.
  struct Entry: Codable, Equatable {
    /// The block, lines joined by `\n`.
    var text: String
    /// Set when it was given up by Ctrl-C.
    var cancelled: Bool?
  }

  /// The blocks, oldest first; of equal ones only the latest. The file is read at the first look.
  private(set) lazy var texts: [String] = Self.latest(of: stored + typed)
  /// What was typed before the file was read.
  private var typed: [String] = []
  private var isRead = false
  private let path: String?

  /// More would make the first look noticeably slower and are not looked for.
  private static let limit = 20_000

  /// The history at a path.
  ///
  /// - Parameter path: the file; nil for a history that dies with the session. A file that cannot be read is an
  ///   empty one, and lines that do not decode are passed over: a history must not keep anybody from working.
  public init(path: String?) { self.path = path }

  /// The blocks in the file.
  private var stored: [String] {
    isRead = true
    guard let path, let data = FileManager.default.contents(atPath: path) else { return [] }
    let decoder = JSONDecoder()
    return [UInt8](data).split(separator: UInt8(ascii: "\n")).suffix(Self.limit).compactMap { line in
      Self.plainText(of: line) ?? (try? decoder.decode(Entry.self, from: Data(line)).text)
    }
  }

  /// The text of a line that has nothing else and no escapes, as most have, without the cost of a decoder.
  private static func plainText(of line: ArraySlice<UInt8>) -> String? {
    let (start, end) = (Array("{\"text\":\"".utf8), Array("\"}".utf8))
    guard line.starts(with: start), line.suffix(2).elementsEqual(end) else { return nil }
    let inner = line.dropFirst(start.count).dropLast(end.count)
    guard !inner.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") }) else { return nil }
    return String(decoding: inner, as: UTF8.self)
  }

  /// The file that the environment asks for.
  ///
  /// - Parameter environment: the variables; `EASEL_HISTORY` names the file, or is empty for none.
  /// - Returns: `$EASEL_HISTORY`, else `easel/history.jsonl` below `$XDG_STATE_HOME` or `~/.local/state`.
  public static func path(in environment: [String: String]) -> String? {
    if let path = environment["EASEL_HISTORY"] { return path.isEmpty ? nil : path }
    if let state = environment["XDG_STATE_HOME"], !state.isEmpty { return state + "/easel/history.jsonl" }
    return environment["HOME"].map { $0 + "/.local/state/easel/history.jsonl" }
  }

  /// Remembers a block, here and in the file.
  ///
  /// - Parameters:
  ///   - text: the block; blank ones are passed over.
  ///   - cancelled: whether it was given up by Ctrl-C.
  public func append(_ text: String, cancelled: Bool = false) {
    guard text.contains(where: { !$0.isWhitespace }) else { return }
    if isRead {
      texts.removeAll { $0 == text }
      texts.append(text)
    } else {
      typed.append(text)
    }
    guard let path else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard var line = try? encoder.encode(Entry(text: text, cancelled: cancelled ? true : nil)) else { return }
    line.append(UInt8(ascii: "\n"))
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // Readable by its owner alone: people paste keys into prompts.
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
  }

  /// Equal blocks count once, at their latest place.
  private static func latest(of texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.reversed().filter { seen.insert($0).inserted }.reversed()
  }
}

/// A walk through a history: what Up and Down go through.
struct HistoryWalk {
  private let typed: String
  private let texts: [String]
  private var place: Int

  /// Starts behind the newest entry; entries that begin with what was typed count.
  init(texts: [String], typed: String) {
    self.typed = typed
    self.texts = texts.filter { $0 != typed && $0.hasPrefix(typed) }
    place = self.texts.count
  }

  /// What stands at the walk's place: an entry, or what was typed.
  var text: String { place < texts.count ? texts[place] : typed }

  /// Goes to the next older entry; false if there is none.
  mutating func older() -> Bool {
    guard place > 0 else { return false }
    place -= 1
    return true
  }

  /// Goes to the next newer entry, at last to what was typed; false if it stands there.
  mutating func newer() -> Bool {
    guard place < texts.count else { return false }
    place += 1
    return true
  }
}
