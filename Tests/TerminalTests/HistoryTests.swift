import Foundation
import Testing

@testable import Terminal

struct HistoryTests {
  private func inFolder(_ body: (String) throws -> Void) rethrows {
    let folder = NSTemporaryDirectory() + "easel-history-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test func `blocks come back in a later session, equal ones once`() throws {
    inFolder { folder in
      let first = History(path: folder + "/deep/history.jsonl")
      for text in ["a = 1", "func f() {\n  1\n}", "a = 1", "  \n"] { first.append(text) }
      #expect(History(path: folder + "/deep/history.jsonl").texts == ["func f() {\n  1\n}", "a = 1"])
    }
  }

  @Test func `two sessions at once lose nothing`() throws {
    inFolder { folder in
      let (one, two) = (History(path: folder + "/h"), History(path: folder + "/h"))
      one.append("from one")
      two.append("from two")
      one.append("one again")
      #expect(History(path: folder + "/h").texts == ["from one", "from two", "one again"])
    }
  }

  @Test func `a damaged line is passed over and a missing folder is no obstacle`() throws {
    try inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try #"{"text":"good"}"#.appending("\n{\"te\n\n").write(toFile: folder + "/h", atomically: true, encoding: .utf8)
      #expect(History(path: folder + "/h").texts == ["good"])
      let unwritable = History(path: "/proc/none/history")
      unwritable.append("kept here")
      #expect(unwritable.texts == ["kept here"])
    }
  }

  @Test func `others cannot read the file`() throws {
    try inFolder { folder in
      History(path: folder + "/h").append("key = 1", cancelled: true)
      let mode = try FileManager.default.attributesOfItem(atPath: folder + "/h")[.posixPermissions] as? Int
      #expect(mode == 0o600)
      #expect(
        try String(contentsOfFile: folder + "/h", encoding: .utf8) == #"{"cancelled":true,"text":"key = 1"}"# + "\n")
    }
  }

  @Test func `the environment chooses the file`() {
    #expect(History.path(in: ["HOME": "/h"]) == "/h/.local/state/easel/history.jsonl")
    #expect(History.path(in: ["HOME": "/h", "XDG_STATE_HOME": "/s"]) == "/s/easel/history.jsonl")
    #expect(History.path(in: ["HOME": "/h", "EASEL_HISTORY": "/e"]) == "/e")
    #expect(History.path(in: ["HOME": "/h", "EASEL_HISTORY": ""]) == nil)
    #expect(History.path(in: [:]) == nil)
  }

  @Test func `a walk stops at matches and comes back to what was typed`() {
    var walk = HistoryWalk(texts: ["show(a)", "b = 2", "show(b)"], typed: "sh")
    var seen: [String] = []
    while walk.older() { seen.append(walk.text) }
    #expect(seen == ["show(b)", "show(a)"])
    #expect(walk.newer() && walk.text == "show(b)")
    #expect(walk.newer() && walk.text == "sh")
    #expect(walk.newer() == false)
  }

  @Test func `a search takes its text literally, the latest first`() {
    let history = History(path: nil)
    for text in ["x = a[1]", "y = a1", "z = a[2]"] { history.append(text) }
    var search = HistorySearch(original: Block(text: [0x71], cursor: 1))
    search.look(for: "a[", in: history)
    #expect(search.found == ["z = a[2]", "x = a[1]"])
    search.step(by: 1)
    search.step(by: 1)
    #expect(search.shown.string == "x = a[1]")
    search.look(for: "b", in: history)
    #expect(search.shown.string == "q")
  }

  @Test func `what is typed before the first look comes last, and lines with escapes are read`() {
    inFolder { folder in
      History(path: folder + "/h").append("a \"quoted\"\nline")
      let history = History(path: folder + "/h")
      history.append("typed")
      #expect(history.texts == ["a \"quoted\"\nline", "typed"])
    }
  }
}
