/// Settings in words, one line each, so that a saved state can say which of them is another than before.
enum SettingsRecord {
  /// The lines of a structure: the names of its fields and their values, structures inside it with their path.
  static func lines(of value: Any, path: String = "") -> [String] {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      guard let inner = mirror.children.first else { return ["\(path) none"] }
      return lines(of: inner.value, path: path)
    case .struct where !(value is any CustomStringConvertible):
      return mirror.children.flatMap { child in
        let label = child.label ?? ""
        return lines(of: child.value, path: path.isEmpty ? label : "\(path).\(label)")
      }
    default:
      return ["\(path) \(value)"]
    }
  }

  /// The first line that differs, in both versions, or `nil` if none does.
  static func difference(_ saved: [String], _ present: [String]) -> (saved: String, present: String)? {
    for index in 0..<max(saved.count, present.count) {
      let old = saved.indices.contains(index) ? saved[index] : "nothing"
      let new = present.indices.contains(index) ? present[index] : "nothing"
      if old != new { return (old, new) }
    }
    return nil
  }
}
