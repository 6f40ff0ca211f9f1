/// What can go wrong between the language and what it binds.
enum WorkbenchError: Error, CustomStringConvertible {
  /// The session has no run that files could go to.
  case noRun
  /// The prompt of a picture that the oracle cannot judge.
  case notJudged(prompt: String)
  /// A sample that does not say which model has painted it.
  case noPainter
  /// Nothing to show.
  case nothingToShow
  /// The table has no such column: name, the columns it has.
  case noColumn(String, among: [String])
  /// An object that cannot leave its session: its kind.
  case notArchived(String)
  /// An archive that cannot be read: its folder, the reason.
  case damagedArchive(String, reason: String)
  /// A program that is a judge and gave no answer at all: its name, why.
  case program(String, problem: String)
  /// Something that cannot be done with a job: in words.
  case job(String)
  /// Something that cannot be done with a run: in words.
  case run(String)

  var description: String {
    switch self {
    case .noRun: "this session has no folder for files; start it with 'easel' or 'easel run'"
    case .notJudged(let prompt):
      "the oracle cannot judge '\(prompt)': it is not a prompt of the world of shapes; "
        + "give the model's pictures a reward function of your own"
    case .noPainter:
      "this sample does not know its model here, inside a function that is part of another reward; "
        + "inspect samples outside of the reward"
    case .nothingToShow: "there is nothing to show: the list is empty"
    case .noColumn(let name, let columns):
      "the table has no column '\(name)'; it has " + columns.joined(separator: ", ")
    case .notArchived(let kind):
      "a \(kind) cannot be taken to another process; give its path, or make it again there"
    case .damagedArchive(let folder, let reason): "the archive '\(folder)' cannot be read: \(reason)"
    case .program(let name, let problem):
      "the judge '\(name)' gave no answer: \(problem); it reads a line of JSON for each sample and prints a line for each"
    case .job(let problem), .run(let problem): problem
    }
  }
}
