import Testing

@testable import Terminal

struct CandidateListTests {
  @Test func `names alone stand in columns, read downwards`() {
    let names = ["a", "bb", "ccc", "d", "e"].map { (text: $0, note: "") }
    #expect(CandidateList.lines(names, width: 12) == ["a    d", "bb   e", "ccc"])
  }

  @Test func `notes stand beside their names and are cut at the edge`() {
    let list = [(text: "lr:", note: "learning rate"), (text: "steps:", note: "")]
    #expect(CandidateList.lines(list, width: 80) == ["lr:     learning rate", "steps:"])
    #expect(CandidateList.lines(list, width: 14) == ["lr:     lear…", "steps:"])
  }

  @Test func `a long list says how much was left out`() {
    let names = (0..<45).map { (text: "n\($0)", note: "") }
    #expect(CandidateList.lines(names, width: 4).count == 41)
    #expect(CandidateList.lines(names, width: 4).last == "… and 5 more")
  }

  @Test func `a new line is indented by the brackets that are open`() {
    #expect(LineEditor.indentation(after: "f({ a in") == "    ")
    #expect(LineEditor.indentation(after: "f(1)") == "")
  }
}
