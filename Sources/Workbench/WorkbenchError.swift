/// What can go wrong between the language and what it binds.
enum WorkbenchError: Error, CustomStringConvertible {
  /// The session has no run that files could go to.
  case noRun
  /// The prompt of a picture that the oracle cannot judge.
  case notJudged(prompt: String)
  /// Nothing to show.
  case nothingToShow
  /// The table has no such column: name, the columns it has.
  case noColumn(String, among: [String])

  var description: String {
    switch self {
    case .noRun: "this session has no folder for files; start it with 'easel' or 'easel run'"
    case .notJudged(let prompt):
      "the oracle cannot judge '\(prompt)': it is not a prompt of the world of shapes; "
        + "give the model's pictures a reward function of your own"
    case .nothingToShow: "there is nothing to show: the list is empty"
    case .noColumn(let name, let columns):
      "the table has no column '\(name)'; it has " + columns.joined(separator: ", ")
    }
  }
}
