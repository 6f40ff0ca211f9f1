import Foundation
import Primitives

extension Figure {
  /// The files that a figure was written to.
  public struct Files: Sendable, Equatable {
    /// The picture for screens, 96 dots an inch.
    public let png: String
    /// The drawing for pages and papers, if it was asked for.
    public let svg: String?
    /// The drawing for papers, if it was asked for.
    public let pdf: String?
    /// The script with its numbers, for gnuplot to draw it again.
    public let script: String
    /// Every number, raw and smoothed, undecimated.
    public let table: String
  }

  /// A kind of picture besides the PNG, which is always drawn.
  public enum Format: String, Sendable, CaseIterable {
    /// For screens, 96 dots an inch.
    case png
    /// For papers and pages.
    case svg
    /// For papers.
    case pdf
  }

  /// Draws the figure with gnuplot and writes it side by side: `.png` and the other formats, `.gp` and `.csv`.
  ///
  /// Script and table are written first: they stay if gnuplot is absent or fails. The PNG carries the title and the
  /// script's fingerprint besides the texts given.
  ///
  /// - Parameters:
  ///   - path: the files' path without ending; folders on the way are created.
  ///   - formats: the kinds of picture besides PNG.
  ///   - text: named texts for the PNG, such as the run and its seed.
  ///   - program: the gnuplot to call.
  ///   - deadline: after how many seconds it is given up.
  /// - Returns: the paths.
  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)``, ``PicturesError/gnuplotMissing(kept:)``,
  ///   ``PicturesError/gnuplotFailed(_:kept:)``, or `AtomicFile.Failure`.
  @discardableResult
  public func write(
    to path: String, formats: [Format] = [.svg], text: [PNGFile.Text] = [], program: String = "gnuplot",
    deadline: Double = 30
  ) throws -> Files {
    let script = try GnuplotScript(self)
    let others = Format.allCases.filter { $0 != .png && formats.contains($0) }
    let terminals = [.png] + others
    let files = Files(
      png: path + ".png", svg: others.contains(.svg) ? path + ".svg" : nil,
      pdf: others.contains(.pdf) ? path + ".pdf" : nil, script: path + ".gp", table: path + ".csv")
    let name = URL(fileURLWithPath: path).lastPathComponent
    let listing = script.text(name: name, terminals: terminals)
    try AtomicFile.write(table, to: files.table)
    try AtomicFile.write(
      "# Drawn by Easel; to draw it again, run gnuplot with this file in this folder.\n" + listing, to: files.script)
    var fingerprint = Fingerprint()
    fingerprint.combine(listing)
    let facts: [PNGFile.Text] = [("title", title), ("fingerprint", fingerprint.description)]
    let kept = [files.script, files.table]
    let drawn = try Figure.drawn(
      script.text(name: "figure", terminals: terminals), others,
      GnuplotProcess(program: program, deadline: deadline), kept: kept)
    try PNGFile.write(drawn.png, text: facts + text, to: files.png)
    for (format, data) in drawn.others { try AtomicFile.write(data, to: path + "." + format.rawValue) }
    return files
  }

  /// The pictures. gnuplot writes them under names of ours in a folder of ours, which is removed afterwards; so no
  /// path of the user's is ever part of a script that runs, and no half-written picture replaces a whole one.
  private static func drawn(
    _ script: String, _ others: [Format], _ gnuplot: GnuplotProcess, kept: [String]
  ) throws -> (png: Bitmap, others: [(format: Format, data: Data)]) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("easel-figure-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw AtomicFile.Failure.unwritable(folder.path, reason: "there is no room for temporary files")
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    do throws(GnuplotProcess.Failure) {
      try gnuplot.run(script, in: folder.path)
    } catch .missing {
      throw PicturesError.gnuplotMissing(kept: kept)
    } catch .failed(let message) {
      throw PicturesError.gnuplotFailed(message, kept: kept)
    }
    let whole = try others.map { format in
      guard let data = try? AtomicFile.read(folder.path + "/figure." + format.rawValue), format.isWhole(data) else {
        throw PicturesError.gnuplotFailed("its picture is not whole", kept: kept)
      }
      return (format: format, data: format == .svg ? styled(data) : format == .pdf ? undated(data) : data)
    }
    guard let png = try? PNGFile.read(folder.path + "/figure.png").bitmap else {
      throw PicturesError.gnuplotFailed("its picture is not whole", kept: kept)
    }
    return (png, whole)
  }

  /// A PDF with a fixed date in place of the present one, so that equal figures give equal bytes; no byte is moved, or
  /// the file's own table of places would be wrong.
  private static func undated(_ pdf: Data) -> Data {
    guard let mark = pdf.range(of: Data("/CreationDate (D:".utf8)),
      let end = pdf[mark.upperBound...].firstIndex(of: UInt8(ascii: ")"))
    else { return pdf }
    var result = pdf
    let date = Array("20000101000000Z00'00".utf8)
    for (offset, place) in (mark.upperBound..<end).enumerated() {
      result[place] = offset < date.count ? date[offset] : UInt8(ascii: " ")
    }
    return result
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
      for (row, values) in (panel.map?.values ?? []).enumerated() {
        for (column, value) in values.enumerated() {
          let names = [panel.label, panel.map?.rows[row] ?? "", panel.map?.columns[column] ?? ""].map(Figure.cell)
          rows.append((names + [value.isFinite ? "\(value)" : "", "", "", ""]).joined(separator: ","))
        }
      }
      for line in panel.lines {
        let smooth = smoothed(line)
        for index in line.y.indices {
          let numbers = [line.x[index], line.y[index], smooth?[index], line.low?[index], line.high?[index]]
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

extension Figure.Format {
  /// Whether a file of this kind has its beginning and its end.
  func isWhole(_ data: Data) -> Bool {
    switch self {
    case .png: data.starts(with: [0x89, 0x50, 0x4E, 0x47]) && data.suffix(12).contains(Data("IEND".utf8))
    case .svg: data.prefix(200).contains(Data("<?xml".utf8)) && data.suffix(16).contains(Data("</svg>".utf8))
    case .pdf: data.starts(with: Data("%PDF-".utf8)) && data.suffix(16).contains(Data("%%EOF".utf8))
    }
  }
}
