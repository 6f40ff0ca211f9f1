import Foundation

/// How much room a terminal has.
struct TerminalSize {
  /// Rows and columns of characters; 24 and 80 where there is no terminal to ask.
  var rows = 24, columns = 80
  /// The pixels of one character; `nil` where the terminal does not say.
  var cell: (width: Int, height: Int)?

  /// The size of a terminal.
  static func of(_ descriptor: Int32) -> TerminalSize {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return TerminalSize()
    }
    let (rows, columns) = (Int(size.ws_row), Int(size.ws_col))
    let cell = (width: Int(size.ws_xpixel) / columns, height: Int(size.ws_ypixel) / rows)
    return TerminalSize(rows: rows, columns: columns, cell: cell.width > 0 && cell.height > 0 ? cell : nil)
  }

  /// The columns of a terminal.
  static func columns(of descriptor: Int32) -> Int { of(descriptor).columns }
}

/// Writing to a descriptor at once, past any buffer.
enum FileDescriptor {
  /// Writes all of a text; gives up when the other end is gone.
  static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno != EINTR { return }
      bytes = bytes.dropFirst(max(count, 0))
    }
  }
}
