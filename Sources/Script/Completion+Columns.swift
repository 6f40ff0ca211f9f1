/// The columns of the table that a call is about.
extension CompletionFinder {
  /// The table before the dot of a call, or the one given first, if it can be told without running anything but
  /// properties.
  func table(of call: OpenCall) -> Table? {
    let open = call.open
    if open > 1, tokens[open - 2].matches(.dot), case .table(let table)? = value(before: open - 2) { return table }
    var end = open + 1
    while end < tokens.count, tokens[end].isName || tokens[end].matches(.dot) { end += 1 }
    if case .table(let table)? = value(before: end) { return table }
    return nil
  }

  /// The value of `name` or `name.property` that ends before a token.
  private func value(before end: Int) -> Value? {
    guard end > 0, tokens[end - 1].isName else { return nil }
    let name = source.text(tokens[end - 1].range)
    guard end > 1, tokens[end - 2].matches(.dot) else { return variables.first { $0.name == name }?.value }
    guard let context, let receiver = value(before: end - 2),
      let member = library.type(of: receiver.type)?.member(name), member.isProperty
    else { return nil }
    var machine = Machine()
    return try? context.interpreter.property(member, receiver, at: nil, &machine)
  }
}
