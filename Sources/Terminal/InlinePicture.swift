import Primitives
import Script

/// A display's picture as the terminal can show it.
struct InlinePicture {
  let support: GraphicsSupport
  let isTrueColour: Bool

  /// Small pictures are shown this wide, in pixels, since one of 64 is a stamp on today's screens.
  private static let comfortable = 256

  /// What to send, without a line end; `nil` if there is no picture or no way to show one.
  func text(of display: Display, size: TerminalSize) -> String? {
    guard let way = support.way, let png = display["image/png"], let pixmap = display["image/x-portable-pixmap"],
      let bitmap = Bitmap(pixmap: pixmap)
    else { return nil }
    let cell = support.cell(size)
    // What led to the picture stays on the screen.
    let rows = max(size.rows * 2 / 3, 1)
    let room = (width: (size.columns - 1) * cell.width, height: rows * cell.height)
    let factor = max(Self.comfortable / bitmap.width, 1)
    let share = min(
      Double(factor), Double(room.width) / Double(bitmap.width), Double(room.height) / Double(bitmap.height))
    let width = max(Int(Double(bitmap.width) * share), 1)
    let height = max(Int(Double(bitmap.height) * share), 1)
    switch way {
    case .kitty: return PictureEncoding.kitty(png: png, columns: max((width + cell.width / 2) / cell.width, 1))
    case .iterm: return PictureEncoding.iterm(png: png, columns: max((width + cell.width / 2) / cell.width, 1))
    case .sixel: return PictureEncoding.sixel(bitmap.scaled(width: width, height: height))
    case .blocks:
      let columns = min(size.columns - 1, max(bitmap.width, 1))
      let fit = min(
        Double(columns) / Double(bitmap.width), Double(2 * rows) / Double(bitmap.height))
      return PictureEncoding.blocks(
        bitmap.scaled(
          width: max(Int(Double(bitmap.width) * fit), 1), height: max(Int(Double(bitmap.height) * fit), 1)),
        isTrueColour: isTrueColour)
    }
  }
}
