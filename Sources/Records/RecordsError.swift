/// Why a run could not be recorded or read back.
public enum RecordsError: Error, CustomStringConvertible, Equatable {
  /// Nothing can be written where runs go: the folder, the reason.
  case unwritable(String, reason: String)
  /// A run of the same date, name and id is there already: its folder.
  case exists(String)
  /// There is no run in a folder: its path.
  case noRun(String)
  /// A line of a metrics file is not one that we write: the file, the line from 1, what is wrong.
  case damaged(String, line: Int, reason: String)
  /// A line of a journal is not what was written: the file, the line from 1, what is wrong.
  case journal(String, line: Int, reason: String)
  /// A step does not come after the last one recorded: the step, the last one, the file.
  case stepOrder(Int, last: Int, path: String)
  /// A value's name cannot be written: the name.
  case name(String)
  /// The store of runs cannot be used: its file, the reason.
  case store(String, reason: String)

  /// What happened and what to do about it.
  public var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "cannot write to the outputs folder '\(path)': \(reason); choose a folder that you may write to"
    case .exists(let path): "there is a run in '\(path)' already; resume it, or give this run another name"
    case .noRun(let path): "there is no run in '\(path)'"
    case .damaged(let path, let line, let reason):
      "line \(line) of '\(path)' is damaged: \(reason); remove that line or start a new run"
    case .journal(let path, let line, let reason):
      "line \(line) of the journal '\(path)' is not what was written: \(reason)"
    case .stepOrder(let step, let last, let path):
      "step \(step) is not after step \(last), the last one in '\(path)'; resume from an earlier step to replace it"
    case .name(let name): "'\(name)' cannot name a value of a step: it is the step's own name, or stands there twice"
    case .store(let path, let reason): "the store of runs '\(path)' cannot be used: \(reason)"
    }
  }
}
