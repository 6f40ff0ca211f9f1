import Script
import Testing

struct LibraryTests {
  private func completions(_ text: String, after lines: String = "") -> [String] {
    let (session, _) = Workshop.session()
    _ = session.evaluate(lines)
    return session.completions(of: text, at: text.count).map(\.text)
  }

  @Test func `names are completed from variables and declarations`() {
    #expect(completions("gr") == ["grpo"])
    #expect(completions("x = tra", after: "trainer = 1") == ["trainer"])
    #expect(completions("wh") == ["while"])
  }

  @Test func `arguments not yet given come first inside a call`() {
    #expect(completions("grpo(\"tiny\", group: 4, b") == ["beta: ", "budget: ", "burst", "break"])
    #expect(completions("grpo(\"tiny\", ").prefix(3) == ["model: ", "group: ", "kl: "])
    #expect(completions("grpo(\"tiny\", reward: f(1), k") == ["kl: "])
  }

  @Test func `a function of one's own is called with the same help`() {
    let lines = "## Adds a share.\nfunc taxed(price, share = 0.2) { price * (1 + share) }"
    #expect(completions("taxed(100, sh", after: lines).first == "share: ")
    let (session, _) = Workshop.session()
    #expect(session.evaluate(lines).succeeded)
    let hint = session.callHint(of: "taxed(100, ", at: 11)
    #expect(hint?.callee == "taxed" && hint?.parameters == ["share: 0.2"])
  }

  @Test func `members are completed from the kind of what is before the dot`() {
    #expect(completions("t.", after: "t = grpo(\"tiny\")") == ["run", "history", "model"])
    #expect(completions("grpo(\"tiny\").hi") == ["history"])
    #expect(completions("t = grpo(\"tiny\")\nt.history.sm") == ["smooth"])
    #expect(completions("reward.") == ["oracle", "judge"])
    #expect(completions("\"text\".up") == ["upper"])
    #expect(completions("unknown.") == [])
  }

  @Test func `texts are completed inside their quotes`() {
    #expect(completions("grpo(\"tiny\", mode: \"ex") == ["exact"])
    let (session, _) = Workshop.session()
    let files = session.completions(of: "load(\"outputs/a", at: 15)
    #expect(files.map(\.kind) == [.file])
    #expect(files.first?.replacing == "outputs/a")
  }

  @Test func `columns are completed from the table that the call is about`() {
    let lines = "runs = table([(lr: 1, reward: 0.5)])"
    #expect(completions("runs.sort(by: \"l", after: lines) == ["lr"])
    #expect(completions("runs.select([\"lr\", \"", after: lines) == ["lr", "reward"])
    #expect(completions("g = runs.group(by: \"re", after: lines) == ["reward"])
    #expect(completions("runs.sort(by: \"l") == [])
  }

  @Test func `help is made from the declaration`() {
    let (session, output) = Workshop.session()
    #expect(
      session.help("grpo") == """
        grpo(model, group: 8, kl: 0, beta: 0.04, budget: none, mode: "fast", reward: none)
          Makes a trainer
          model   trained in place (a text, required)
          group   samples of each prompt (a whole number, 2 to 64, default 8)
          kl      KL weight (a number, at least 0, default 0)
          beta    momentum (a number, default 0.04)
          budget  time allowed (a duration, such as 30s or 2h, default none)
          mode    how to compute ("fast" or "exact", default "fast")
          reward  scores a sample (a function, default none)
          gives a trainer
          > grpo("tiny", group: 4)
        """)
    #expect(session.evaluate("?reward.judge").succeeded)
    #expect(output.lines.first == "reward.judge(name)")
    _ = session.evaluate("## Doubles.\nfunc double(x) { x * 2 }")
    #expect(session.help("double") == "func double(x)\n  Doubles.")
    _ = session.evaluate("t = grpo(\"tiny\")")
    #expect(
      session.help("t.run.steps") == "trainer.run: steps  optimizer steps (a whole number, 1 to 1000, default 200)")
    #expect(session.evaluate("?grop").diagnostics.first?.fix == "help(grpo)")
  }

  @Test func `the reference lists every declaration`() {
    let library = Library.standard.adding(Workshop.library)
    let reference = library.reference
    for member in library.functions + library.types.flatMap(\.members) {
      #expect(reference.contains(member.signature), "\(member.name)")
    }
    #expect(reference.contains("| `kl` | a number, at least 0 | `0` | KL weight |"))
  }

  @Test func `declarations have help and distinct names`() {
    for type in Library.standard.types {
      #expect(Set(type.members.map(\.name)).count == type.members.count, "\(type.name)")
    }
    let members = Library.standard.functions + Library.standard.types.flatMap(\.members)
    for member in members {
      #expect(!member.help.isEmpty && !member.help.hasSuffix("."), "\(member.name)")
      for parameter in member.parameters { #expect(!parameter.help.isEmpty, "\(member.name).\(parameter.name)") }
    }
  }

  @Test func `the nearest name allows two edits and swapped letters`() {
    let (session, _) = Workshop.session()
    func fix(_ name: String) -> String? { session.check(name + "(1)", name: "s").first?.fix }
    #expect(fix("pirnt") == "replace with 'print'")
    #expect(fix("prit") == "replace with 'print'")
    #expect(fix("swep") == "replace with 'sweep'")
    #expect(fix("painting") == nil)
  }
}
