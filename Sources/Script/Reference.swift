/// The language's own part of the reference; what can be listed is read from its declarations.
enum Reference {
  static var language: [String] {
    let units = Quantity.Dimension.allCases.map { dimension in
      let names = Quantity.Unit.allCases.filter { $0.dimension == dimension }.map { "`\($0.rawValue)`" }
      return "| \(dimension.rawValue) | \(names.joined(separator: " ")) |"
    }
    let words = Keyword.allCases.map { "`\($0.rawValue)`" }.joined(separator: " ")
    let codes = Diagnostic.Code.allCases.map { "| \($0.rawValue) | \(spelt("\($0)")) |" }
    return syntax.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      + ["### Units", "", "| measures | units |", "|---|---|"] + units + [""]
      + ["### Words", "", words, ""]
      + ["### Codes of diagnostics", "", "| code | |", "|---|---|"] + codes + [""]
  }

  /// `unknownName` as `unknown name`.
  private static func spelt(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      text += letter.isUppercase ? " \(letter.lowercased())" : String(letter)
    }
  }

  private static let syntax = #"""
    ## The language

    Statements end at the line's end. A line goes on inside brackets, after an operator or a comma, or when the next
    starts with `|>` or `.`. `;` after a statement keeps its value from being shown. `#` starts a comment, `##` before
    a `func` its help, `# %%` a cell.

    | values | |
    |---|---|
    | nothing, truth | `none` `true` `false` |
    | numbers | `3` `1_000` `2.5` `1e-5`, with a unit `30s` `64px` `50%` |
    | texts | `"a \(x)"` `"\(x:.3)"` `"""` blocks `#"raw"#` |
    | ranges | `0..<n` `a...b` `a...b by s` |
    | lists, dictionaries | `[1, 2]` `["k": v]` `[:]` |
    | records | `(lr: 1e-5, kl: 0)`, changed by `cfg with (lr: 2e-5)` |
    | functions | `{ a, b in a + b }` `{ $0 + 1 }` |

    Formats after `:` in a text: `.3` decimals, `.2e` powers of ten, `.1%` percent, `8` width, `<` or `>` side, `+` sign.

    | statements | |
    |---|---|
    | assignment | `x = 1` `xs[0] = 2` `cfg.lr *= 2` `x += 1` `a, b = pair` |
    | function | `func f(x, scale = 1) { … }`; the value of the last statement is given, or `return` |
    | choice | `if a { … } else if b { … } else { … }`, also as a value |
    | loops | `for x in xs { … }` `for k, v in d { … }` `while a { … }` `break` `continue` |
    | failure | `try f(x) else 0` `try { … } else { error in … }` |
    | assertion | `assert reward > 0.5, "why"` |
    | import | `import "file.easel"`, at the top of a file |

    Calls name their arguments after the first: `grpo(model, group: 8)`. `...cfg` passes the fields of a record as
    arguments, a closure after the parentheses goes to the last parameter that takes one, and `x |> f(y)` is `f(x, y)`
    or `x.f(y)`.

    Operators, the loosest first: `|>` `with`; `or`; `and`; `not`; `==` `!=` `<` `<=` `>` `>=` `in` `not in`; `..<`
    `...`; `+` `-`; `*` `/` `//` `%`; sign; `**`.

    """#
}
