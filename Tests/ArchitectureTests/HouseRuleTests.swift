import Testing

struct HouseRuleTests {
  /// Words that end the process, or switch off a check, with the reason why they are not used.
  private static var forbidden: [(pattern: Regex<Substring>, reason: String)] {
    [
      (/\btry!/, "a failure that depends on the user is thrown"),
      (/\bas!/, "a cast that may fail is tested"),
      (/\bprecondition(?:Failure)?\(/, "its message is lost in release builds: throw, or call invariant"),
      (/\bassert(?:ionFailure)?\(/, "it vanishes in release builds: throw, or call invariant"),
      (/\bnonisolated\(unsafe\)/, "state is owned, not global"),
      (/\bpackage (?:func|struct|class|enum|var|let|init)\b/, "it is not specialised across modules: use public"),
      (/\bunowned\(unsafe\)/, "use weak or strong"),
    ]
  }

  /// The one function of the package that may end the process, for errors of our own.
  private static let lastResort = "Sources/Tensors/"

  private static func broken(_ files: [SourceFile]) -> [String] {
    files.flatMap { file in
      forbidden.flatMap { rule in file.places(of: rule.pattern).map { "\($0): \(rule.reason)" } }
    }
  }

  @Test func `no source ends the process or silences a check`() throws {
    #expect(Self.broken(try SourceFile.all(below: "Sources")) == [])
  }

  @Test func `only the invariant of the engine calls fatalError, once`() throws {
    let places = try SourceFile.all(below: "Sources").flatMap { $0.places(of: /\bfatalError\(/) }
    #expect(places.filter { !$0.hasPrefix(Self.lastResort) } == [])
    #expect(places.count <= 1, "\(places)")
  }

  @Test func `unchecked sendability stays the exception`() throws {
    let places = try SourceFile.all(below: "Sources").flatMap { $0.places(of: /@unchecked Sendable/) }
    #expect(places.count <= 3, "\(places)")
  }

  @Test func `a task left for later names its issue`() throws {
    let sources = try SourceFile.all(below: "Sources") + SourceFile.all(below: "Tests")
    let places = sources.filter { !$0.path.hasSuffix("HouseRuleTests.swift") }.flatMap { file in
      file.text.matches(of: /\b(?:TODO|FIXME|XXX)\b(?!\(#)/).map { "\(file.path): \($0.output)" }
    }
    #expect(places == [])
  }

  @Test func `a forbidden word is found in code and not in comments or strings`() {
    let text = #"""
      let a = try! read()  // try! here counts once
      // fatalError( in a comment
      let b = "as! text \" nonisolated(unsafe)"
      package func c() { precondition(true) }
      """#
    let file = SourceFile(path: "Sources/Script/Token.swift", text: text)
    #expect(
      Self.broken([file]).map { String($0.prefix(30)) } == [
        "Sources/Script/Token.swift:1: ", "Sources/Script/Token.swift:4: ", "Sources/Script/Token.swift:4: ",
      ])
    #expect(file.places(of: /\bfatalError\(/) == [])
  }
}
