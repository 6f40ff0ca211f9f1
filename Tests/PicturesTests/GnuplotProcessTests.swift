import Foundation
import Primitives
import Testing

@testable import Pictures

/// Curves as a training run has them.
private func curves(title: String, name: String = "reward") -> Figure {
  let steps = (1...40).map(Double.init)
  return Figure.curves(
    title: title, steps: steps,
    panels: [(name, [(name, steps.map { 1 - 1 / $0 })]), ("entropy (nats)", [("text", steps.map { 1 / $0 })])])
}

private func names(_ folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

@Suite struct GnuplotProcessTests {
  @Test func `a figure is written as picture, drawing, script and table`() throws {
    try inTemporaryFolder { folder in
      let figure = curves(title: "Does thinking first help?")
      let files = try figure.write(to: folder + "/plots/reward", text: [("seed", "7")])
      #expect(try names(folder + "/plots") == ["reward.csv", "reward.gp", "reward.png", "reward.svg"])
      let png = try PNGFile.read(files.png)
      #expect((png.bitmap.width, png.bitmap.height) == (1200, 490))
      #expect(png.text.map(\.key) == ["title", "fingerprint", "seed"])
      #expect(png["title"] == "Does thinking first help?")
      let blue = Bitmap.Color(0x00, 0x72, 0xB2)
      let bluePixels = (0..<1200).reduce(0) { sum, x in sum + (0..<490).count { png.bitmap[x, $0] == blue } }
      #expect(bluePixels > 300)
      #expect(png.bitmap[0, 0] == Bitmap.Color(255, 255, 255))
      let svg = try String(contentsOfFile: try #require(files.svg), encoding: .utf8)
      #expect(svg.contains("<text>Does thinking first help?</text>"))
      #expect(svg.contains("font-weight=\"bold\""))
      #expect(svg.hasSuffix("</svg>\n\n") || svg.hasSuffix("</svg>\n"))
    }
  }

  @Test func `the same figure gives the same bytes`() throws {
    try inTemporaryFolder { folder in
      let figure = curves(title: "Same?")
      let first = try figure.write(to: folder + "/a/f", formats: [.svg, .pdf])
      let second = try figure.write(to: folder + "/b/f", formats: [.svg, .pdf])
      for (one, other) in [
        (first.png, second.png), (first.svg, second.svg), (first.pdf, second.pdf),
        (first.script, second.script), (first.table, second.table),
      ] as [(String?, String?)] {
        let (one, other) = (try #require(one), try #require(other))
        #expect(try Data(contentsOf: URL(fileURLWithPath: one)) == Data(contentsOf: URL(fileURLWithPath: other)))
      }
    }
  }

  @Test func `the script beside a figure draws it again`() throws {
    try inTemporaryFolder { folder in
      let files = try curves(title: "Again?").write(to: folder + "/again")
      let before = try PNGFile.read(files.png).bitmap
      try FileManager.default.removeItem(atPath: files.png)
      try GnuplotProcess().run(String(contentsOfFile: files.script, encoding: .utf8), in: folder)
      #expect(try PNGFile.read(files.png).bitmap == before)
    }
  }

  @Test(arguments: [
    "'; !touch x; '", "\n!touch x\n", "`touch x`", "\"`touch x`\"", "$(touch x)", "' \nsystem('touch x')\n",
    "\\'; !touch x", "a\r!touch x", "END_OF_NUMBERS\n!touch x", "{/Symbol a}_b^c @&~", "<script>x</script>", "%s%n",
    "' .system('touch x').'", "'''';!touch x", "a''''b", "'", "\u{0}\u{1B}]0;x\u{7}", "",
  ])
  func `hostile words are drawn, not run`(words: String) throws {
    try inTemporaryFolder { folder in
      var figure = curves(title: words, name: words)
      figure.note = words
      figure.panels.removeLast()
      figure.panels[0].xLabel = words
      // In this folder, so that a file would appear here.
      try GnuplotProcess().run(GnuplotScript(figure).text(name: "f"), in: folder)
      let files = try names(folder)
      #expect(files == ["f.png", "f.svg", "said.txt"])
      let svg = try String(contentsOfFile: folder + "/f.svg", encoding: .utf8)
      #expect(!svg.contains("<script"))
    }
  }

  @Test func `hostile words in every place of every kind of figure are drawn, not run`() throws {
    try inTemporaryFolder { folder in
      for (words, multiples) in [
        ("'; !touch x; '\n!touch x\n", nil), ("`touch x` \\", 2), ("$(touch x)' .system('touch x').'", nil),
        ("@a {^b} ~c", 2),
      ] as [(String, Int?)] {
        let map = Figure.HeatMap(columns: [words, "b"], rows: [words], rowLabel: words, values: [[1, 2]])
        var named = Figure.Panel(
          label: words, xLabel: words, lines: (1...6).map { .init(name: words, x: [0, 1], y: [Double($0), 2]) })
        named.names = [.init(0, words), .init(1, words)]
        let axes = ParallelAxes.panel(
          label: words,
          axes: [.init(name: words, values: [0, 1], names: [words, words]), .init(name: words, values: [1, 2])])
        let cloud = Figure.Panel(
          label: words, xLabel: words,
          lines: [
            .init(name: words, x: [0, 1], y: [1, 0], marks: .dots), Frontier.upperLeft.line(x: [0, 1], y: [1, 0]),
          ])
        let bars = Figure.Panel(
          label: words, xLabel: words, lines: [.init(name: words, x: [0, 1], y: [1, 2], marks: .bars(width: 1))])
        let panels = [Figure.Panel(label: words, xLabel: words, map: map), named, axes, cloud, bars]
        let figure = Figure(title: words, note: words, panels: panels, smoothing: 0, multiples: multiples)
        try GnuplotProcess().run(GnuplotScript(figure).text(name: "f", terminals: [.png]), in: folder)
        #expect(try names(folder) == ["f.png", "said.txt"])
      }
    }
  }

  @Test func `a PDF has no date of its own, and what is no PDF is not believed`() throws {
    try inTemporaryFolder { folder in
      let files = try curves(title: "t").write(to: folder + "/f", formats: [.pdf])
      #expect(try names(folder) == ["f.csv", "f.gp", "f.pdf", "f.png"])
      let pdf = try AtomicFile.read(try #require(files.pdf))
      #expect(pdf.range(of: Data("/CreationDate (D:20000101000000Z".utf8)) != nil)
      #expect(Figure.Format.pdf.isWhole(pdf))
      #expect(!Figure.Format.pdf.isWhole(pdf.dropLast(20)))
      #expect(!Figure.Format.svg.isWhole(pdf))
      let svg = try #require(try curves(title: "t").write(to: folder + "/g").svg)
      #expect(Figure.Format.svg.isWhole(try AtomicFile.read(svg)))
    }
  }

  @Test func `a folder that cannot be written to is one error, and nothing is drawn`() {
    let error = #expect(throws: AtomicFile.Failure.self) { try curves(title: "t").write(to: "/proc/nowhere/f") }
    #expect(error?.description.hasPrefix("cannot write '/proc/nowhere") == true)
  }

  @Test func `hostile paths are paths`() throws {
    try inTemporaryFolder { folder in
      let name = "a'b; touch x `touch y` |z"
      try curves(title: "t").write(to: folder + "/" + name)
      #expect(try names(folder) == ["csv", "gp", "png", "svg"].map { name + "." + $0 })
      let script = try String(contentsOfFile: folder + "/\(name).gp", encoding: .utf8)
      #expect(script.contains("set output 'figure.png'"))
    }
  }

  @Test func `without gnuplot script and table stay, and one error says what to install`() throws {
    try inTemporaryFolder { folder in
      let error = #expect(throws: PicturesError.self) {
        try curves(title: "t").write(to: folder + "/f", program: "gnuplot-that-is-not-there")
      }
      #expect(error == .gnuplotMissing(kept: [folder + "/f.gp", folder + "/f.csv"]))
      #expect(
        error?.description == "gnuplot is not installed, so no figure was drawn; install it with "
          + "'apt-get install gnuplot-nox fonts-dejavu-core'; its script and numbers are in "
          + "'\(folder)/f.gp' and '\(folder)/f.csv'")
      let kept = try names(folder)
      #expect(kept == ["f.csv", "f.gp"])
    }
  }

  @Test func `an error in the middle of a script is reported in gnuplot's words`() throws {
    try inTemporaryFolder { folder in
      let error = #expect(throws: GnuplotProcess.Failure.self) {
        try GnuplotProcess().run("set terminal pngcairo\nplot $absent using 1:2\nset title 'x'", in: folder)
      }
      guard case .failed(let message) = error else { return #expect(Bool(false), "\(String(describing: error))") }
      #expect(message.contains("absent"))
    }
  }

  @Test func `a picture that goes to standard output is an error and reaches nobody's terminal`() throws {
    try inTemporaryFolder { folder in
      let error = #expect(throws: GnuplotProcess.Failure.self) {
        try GnuplotProcess().run(
          "set terminal pngcairo\nset output 'no/such/folder/x.png'\nplot sin(x)\nset output", in: folder)
      }
      guard case .failed(let message) = error else { return #expect(Bool(false), "\(String(describing: error))") }
      #expect(message.contains("No such file or directory"))
    }
  }

  /// A program that stands in for gnuplot.
  private func stand(_ folder: String, _ body: String) throws -> String {
    let path = folder + "/stand-in"
    try "#!/bin/sh\n\(body)\n".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    return path
  }

  @Test func `a gnuplot that hangs is stopped with all that it started, and an old figure stays`() throws {
    try inTemporaryFolder { folder in
      let program = try stand(folder, "sleep 60 & sleep 60")
      try AtomicFile.write("old", to: folder + "/f.png")
      let error = #expect(throws: PicturesError.self) {
        try curves(title: "t").write(to: folder + "/f", program: program, deadline: 0.05)
      }
      #expect(
        error
          == .gnuplotFailed(
            "it did not end within 0.05 s and was stopped", kept: [folder + "/f.gp", folder + "/f.csv"]))
      let old = try AtomicFile.read(folder + "/f.png")
      #expect(old == Data("old".utf8))
    }
  }

  @Test func `a gnuplot that ends at once breaks the pipe but not this process`() throws {
    try inTemporaryFolder { folder in
      let program = try stand(folder, "exec <&-; echo 'no licence'; exit 3")
      var figure = curves(title: "t")
      let steps = (0..<4000).map(Double.init)
      figure.panels = [.init(label: "long", lines: (0..<2).map { .init(name: "\($0)", x: steps, y: steps) })]
      let error = #expect(throws: PicturesError.self) { try figure.write(to: folder + "/f", program: program) }
      #expect(error == .gnuplotFailed("no licence", kept: [folder + "/f.gp", folder + "/f.csv"]))
    }
  }

  @Test func `a gnuplot that is killed in the middle leaves no picture`() throws {
    try inTemporaryFolder { folder in
      let program = try stand(folder, "printf '\\211PNG' > figure.png; kill -9 $$")
      let error = #expect(throws: PicturesError.self) {
        try curves(title: "t").write(to: folder + "/f", program: program)
      }
      #expect(error == .gnuplotFailed("it ended early", kept: [folder + "/f.gp", folder + "/f.csv"]))
      #expect(try names(folder) == ["f.csv", "f.gp", "stand-in"])
    }
  }

  @Test func `a gnuplot that says all is well but draws nothing is not believed`() throws {
    try inTemporaryFolder { folder in
      let program = try stand(folder, "cat > /dev/null; echo 'easel-end-of-figure 0 '")
      let error = #expect(throws: PicturesError.self) {
        try curves(title: "t").write(to: folder + "/f", program: program)
      }
      #expect(error == .gnuplotFailed("its picture is not whole", kept: [folder + "/f.gp", folder + "/f.csv"]))
    }
  }
}
