import Testing

struct UsageTests {
  @Test func `a usage error tells what is wrong and ends with 2`() throws {
    let errors = """
      Error: Missing expected argument '<file>'
      Help:  <file>  The script.
      Usage: easel run <file> [--set <name=value> ...] [--outputs <folder>]
        See 'easel run --help' for more information.

      """
    let result = try EaselProcess.run(["run"])
    #expect(result == EaselProcess.Result(status: 2, output: "", errors: errors))
  }

  @Test func `a setting without a value is a usage error`() throws {
    let result = try EaselProcess.run(["run", "script.easel", "--set", "quick"])
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("Error: The value 'quick' is invalid for '--set <name=value>'\n"))
  }

  @Test func `a script without its subcommand is told the way`() throws {
    try EaselProcess.withFiles(["a.easel": ""]) { folder in
      let result = try EaselProcess.run(["a.easel"], in: folder)
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("Error: To run a script, write: easel run a.easel\n"))
    }
    #expect(
      try EaselProcess.run(["rum"]).errors.hasPrefix("Error: There is no subcommand 'rum'; see 'easel --help'.\n"))
  }

  @Test func `help and version are no errors`() throws {
    #expect(try EaselProcess.run(["--help"]).status == 0)
    #expect(try EaselProcess.run(["--version"]).output == "0.1.0\n")
  }

  @Test func `the doctor names what decides speed and figures`() throws {
    let result = try EaselProcess.run(["doctor"])
    #expect(result.status == 0)
    for what in ["processor", "threads", "kernels", "libedit", "libpng", "gnuplot", "fonts", "weights"] {
      #expect(result.output.contains("\n\(what) "), "\(what) is missing from:\n\(result.output)")
    }
  }

  @Test func `the reference has every trainer`() throws {
    let result = try EaselProcess.run(["reference"])
    #expect(result.status == 0)
    #expect(result.output.contains("### `grpo(") && result.output.contains("### `finetune("))
  }
}
