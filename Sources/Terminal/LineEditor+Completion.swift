import CEdit
import Foundation

extension LineEditor {
  /// Completes what stands before the cursor as far as it is certain, then lists what it could become, then goes
  /// through the list.
  func tab(_ block: Block, backwards: Bool) -> Int32 {
    if var open = menu {
      let change = open.step(backwards: backwards)
      menu = open
      cedit_delete(editor, Int32(change.delete))
      return insert(change.insert)
    }
    if block.lineBefore.allSatisfy({ $0 == 0x20 }) { return backwards ? outdent(block) : insert("  ") }
    let found = language.complete(block.string, block.cursor)
    guard let first = found.candidates.first else { return Int32(CEDIT_BEEP) }
    let shared = found.candidates.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1.text) }
    let present = String(scalars: block.text[..<block.cursor].suffix(found.replaced))
    if found.candidates.count > 1, shared == present || shared.unicodeScalars.count < found.replaced {
      menu = CompletionMenu(found)
      return Int32(CEDIT_REFRESH)
    }
    cedit_delete(editor, Int32(found.replaced))
    return insert(shared)
  }

  private func outdent(_ block: Block) -> Int32 {
    cedit_delete(editor, Int32(min(2, block.lineBefore.count)))
    return Int32(CEDIT_REFRESH)
  }
}
