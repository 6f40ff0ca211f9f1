import Foundation
import Primitives

extension Figure {
  /// The files that a figure was written to.
  public struct Files: Sendable, Equatable {
    /// The picture for screens, 96 dots an inch.
    public let png: String
    /// The picture for papers.
    public let svg: String
    /// The script with its numbers, for gnuplot to draw it again.
    public let script: String
    /// Every number, raw and smoothed, undecimated.
    public let table: String
  }

  /// Draws the figure with gnuplot and writes it four times side by side: `.png`, `.svg`, `.gp` and `.csv`.
  ///
  /// Script and table are written first: they stay if gnuplot is absent or fails. The PNG carries the title and the
  /// script's fingerprint besides the texts given.
  ///
  /// - Parameters:
  ///   - path: the files' path without ending; folders on the way are created.
  ///   - text: named texts for the PNG, such as the run and its seed.
  ///   - program: the gnuplot to call.
  ///   - deadline: after how many seconds it is given up.
  /// - Returns: the four paths.
  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)``, ``PicturesError/gnuplotMissing(kept:)``,
  ///   ``PicturesError/gnuplotFailed(_:kept:)``, or `AtomicFile.Failure`.
  @discardableResult
  public func write(
    to path: String, text: [PNGFile.Text] = [], program: String = "gnuplot", deadline: Double = 30
  ) throws -> Files {
    let script = try GnuplotScript(self)
    let files = Files(png: path + ".png", svg: path + ".svg", script: path + ".gp", table: path + ".csv")
    let name = URL(fileURLWithPath: path).lastPathComponent
    let listing = script.text(name: name)
    try AtomicFile.write(table, to: files.table)
    try AtomicFile.write(
      "# Drawn by Easel; to draw it again, run gnuplot with this file in this folder.\n" + listing, to: files.script)
    var fingerprint = Fingerprint()
    fingerprint.combine(listing)
    let facts: [PNGFile.Text] = [("title", title), ("fingerprint", fingerprint.description)]
    let kept = [files.script, files.table]
    let (png, svg) = try Figure.drawn(script, GnuplotProcess(program: program, deadline: deadline), kept: kept)
    try PNGFile.write(png, text: facts + text, to: files.png)
    try AtomicFile.write(svg, to: files.svg)
    return files
  }

  /// Both pictures. gnuplot writes them under names of ours in a folder of ours, which is removed afterwards; so no
  /// path of the user's is ever part of a script that runs, and no half-written picture replaces a whole one.
  private static func drawn(
    _ script: GnuplotScript, _ gnuplot: GnuplotProcess, kept: [String]
  ) throws -> (png: Bitmap, svg: Data) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("easel-figure-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw AtomicFile.Failure.unwritable(folder.path, reason: "there is no room for temporary files")
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    do throws(GnuplotProcess.Failure) {
      try gnuplot.run(script.text(name: "figure"), in: folder.path)
    } catch .missing {
      throw PicturesError.gnuplotMissing(kept: kept)
    } catch .failed(let message) {
      throw PicturesError.gnuplotFailed(message, kept: kept)
    }
    guard let png = try? PNGFile.read(folder.path + "/figure.png").bitmap,
      let svg = try? AtomicFile.read(folder.path + "/figure.svg"), svg.suffix(16).contains(Data("</svg>".utf8))
    else { throw PicturesError.gnuplotFailed("its picture is not whole", kept: kept) }
    return (png, styled(svg))
  }

  /// gnuplot 5.4 writes the weight of a font as part of its name, which browsers do not understand, and names no other
  /// family for readers without DejaVu.
  private static func styled(_ svg: Data) -> Data {
    let families = "font-family=\"DejaVu Sans, Verdana, sans-serif\""
    let text = String(decoding: svg, as: UTF8.self)
      .replacing("font-family=\"DejaVu Sans:Bold\"", with: families + " font-weight=\"bold\"")
      .replacing("font-family=\"DejaVu Sans\"", with: families)
    return Data(text.utf8)
  }

  /// Every number of the figure, a row a point: as CSV (RFC 4180) with shortest decimals that read back exactly.
  var table: String {
    var rows = ["panel,line,x,y,smoothed,low,high"]
    for panel in panels {
      for line in panel.lines {
        let smooth = smoothing > 0 ? Smoothing.average(line.y, factor: smoothing) : []
        for index in line.y.indices {
          let numbers = [
            line.x[index], line.y[index], smooth.isEmpty ? nil : smooth[index], line.low?[index], line.high?[index],
          ]
          let cells = numbers.map { number in number.map { $0.isFinite ? "\($0)" : "" } ?? "" }
          rows.append(([Figure.cell(panel.label), Figure.cell(line.name)] + cells).joined(separator: ","))
        }
      }
    }
    return rows.joined(separator: "\r\n") + "\r\n"
  }

  private static func cell(_ text: String) -> String {
    let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }
}
