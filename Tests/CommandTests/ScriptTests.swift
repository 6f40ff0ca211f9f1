import Testing

struct ScriptTests {
  @Test func `a script prints what it shows and ends with 0`() throws {
    try EaselProcess.withFiles(["a.easel": "n = 2\nprint(\"n is \\(n)\")\nn * 3\n"]) { folder in
      let result = try EaselProcess.run(["run", "a.easel"], in: folder)
      #expect(result == EaselProcess.Result(status: 0, output: "n is 2\n6\n", errors: ""))
    }
  }

  @Test func `a setting replaces the script's own`() throws {
    try EaselProcess.withFiles(["a.easel": "n = 2\nprint(n)\n"]) { folder in
      #expect(try EaselProcess.run(["run", "a.easel", "--set", "n=5"], in: folder).output == "5\n")
      let wrong = try EaselProcess.run(["run", "a.easel", "--set", "m=5"], in: folder)
      #expect(wrong.status == 1)
      #expect(wrong.errors.hasPrefix("error E214: "))
    }
  }

  @Test func `a wrong argument far down is reported with the nearest name before anything runs`() throws {
    let start = ["print(\"started\")", "world = shapes()", "model = janus(\"tiny\")"]
    let last = "grpo(model, prompts: world.prompts(16), reward: reward.oracle(), grup: 8)"
    let lines = start + (4..<40).map { "x\($0) = \($0)" } + [last]
    try EaselProcess.withFiles(["a.easel": lines.joined(separator: "\n")]) { folder in
      for command in ["check", "run"] {
        let result = try EaselProcess.run([command, "a.easel"], in: folder)
        #expect(result.status == 1)
        #expect(result.output == "")
        #expect(result.errors.contains("error E201: 'grpo' has no argument 'grup'"))
        #expect(result.errors.contains("a.easel 40:"))
        #expect(result.errors.contains("closest: group ("))
      }
    }
  }

  @Test func `a script that is right passes its check in silence`() throws {
    try EaselProcess.withFiles(["a.easel": "print(1)"]) { folder in
      let result = try EaselProcess.run(["check", "a.easel"], in: folder)
      #expect(result == EaselProcess.Result(status: 0, output: "", errors: ""))
    }
  }

  @Test func `without gnuplot a script goes on, with one message, the figure's numbers and its drawing in dots`() throws
  {
    let script = """
      t = table([(step: 0, reward: 0.1), (step: 1, reward: 0.4)])
      plot(t, y: "reward")
      plot(t, y: "reward", save: "'; !touch x").files.count |> print
      plot(t, y: "reward", title: "Does it rise?")
      """
    try EaselProcess.withFiles(["a.easel": script]) { folder in
      let result = try EaselProcess.run(["run", "a.easel"], in: folder, environment: ["PATH": folder])
      #expect(result.status == 0)
      let lines = result.output.split(separator: "\n")
      #expect(lines.count { $0.hasPrefix("gnuplot is not installed, so no figure was drawn; install it with ") } == 1)
      #expect(lines.contains("2"))
      #expect(lines.contains("Does it rise?") && lines.contains { $0.contains("⠁") || $0.contains("⠉") })
      #expect(lines.last { !$0.hasPrefix("The files") }?.hasSuffix("plots/03-reward.gp") == true)
    }
  }

  @Test func `a missing file is one clear message`() throws {
    let result = try EaselProcess.run(["run", "/none/a.easel"])
    #expect(result.status == 1)
    #expect(result.errors == "error E401: there is no file '/none/a.easel'\n  fix: check the path\n")
  }

  @Test func `an error while running keeps what came before`() throws {
    try EaselProcess.withFiles(["a.easel": "print(\"before\")\nz = 0\nprint(1 / z)\n"]) { folder in
      let result = try EaselProcess.run(["run", "a.easel"], in: folder)
      #expect(result.status == 1)
      #expect(result.output == "before\n")
      #expect(result.errors.hasPrefix("error E303: "))
    }
  }

  @Test func `standard input is read block by block and goes on after an error`() throws {
    let result = try EaselProcess.run([], input: "a = [1,\n2]\na\nb\nprint(\"on\")")
    #expect(result.status == 1)
    #expect(result.output == "[1, 2]\non\n")
    #expect(result.errors.hasPrefix("error E210: "))
  }

  @Test func `a folder that cannot be written to is one clear message`() throws {
    let text = "print(\"before\")\nshow(shapes().draw(\"a photo of a red circle\"), save: \"sheet\")\n"
    try EaselProcess.withFiles(["a.easel": text]) { folder in
      let result = try EaselProcess.run(["run", "a.easel", "--outputs", "/proc/none"], in: folder)
      #expect(result.status == 1)
      #expect(result.output == "before\n")
      #expect(result.errors.hasPrefix("error E311: cannot write to the outputs folder '/proc/none': "))
    }
    try EaselProcess.withFiles(["a.easel": text]) { folder in
      let result = try EaselProcess.run(["run", "a.easel", "--outputs", "here"], in: folder)
      #expect(result.status == 0)
      #expect(result.errors.hasPrefix("The files of this run are in here/"))
    }
  }
}
