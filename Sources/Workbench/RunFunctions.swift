import Records
import Script

/// What can be done with runs that were recorded.
enum RunFunctions {
  static let all: [Member] = [
    .value("runs", "All runs here but the archived ones, the last one first", result: .table) { context in
      try Outside.value("runs", "all", context) { .table(try Runs(context).table()) }
    },
    .value("archived", "The runs that were archived", result: .table) { context in
      try Outside.value("runs", "archived", context) { .table(try Runs(context).table(archived: true)) }
    },
    .function(
      "run", "A run that was recorded, by its id or the beginning of it",
      [Parameter("id", .string, "as runs lists it", suggestions: Runs.suggestions)], result: .object("run"),
      example: "run(runs.id[0]).history"
    ) { arguments, context in
      let runs = try Runs(context)
      return .object(RunObject(try runs.row(try arguments["id"]), in: runs))
    },
    .function(
      "diff", "What two runs differ in: settings, and what they ran on",
      [
        parameter,
        Parameter(
          "other", .either([.object("run"), .string]), "the other", isUnnamed: true, suggestions: Runs.suggestions),
      ], result: .table, example: "diff(runs.id[0], runs.id[1])"
    ) { arguments, context in
      let (first, second) = try (id(arguments), id(arguments, "other"))
      return try Outside.value("runs", "diff \(first) \(second)", context) {
        .table(try Runs(context).difference(first, second))
      }
    },
    .function(
      "tag", "Gives a run a word to find it by",
      [
        parameter, Parameter("tag", .string, "the word", isUnnamed: true),
        Parameter("remove", .bool, default: false, "take the word away"),
      ], example: "tag(run(\"3f2a1c\"), \"best\")"
    ) { arguments, context in
      let (id, tag, isRemoved) = (try id(arguments), try arguments["tag"] as String, try arguments["remove"] as Bool)
      return try once("tag \(id) \(tag)", context) { try $0.tag(id, tag, removed: isRemoved) }
    },
    .function(
      "note", "Writes a line on a run, in place of the one that is there",
      [parameter, Parameter("text", .string, "the line", isUnnamed: true)],
      example: "note(run(\"3f2a1c\"), \"collapses after step 80\")"
    ) { arguments, context in
      let (id, text) = (try id(arguments), try arguments["text"] as String)
      return try once("note \(id)", context) { try $0.note(id, text) }
    },
    .function(
      "archive", "Leaves a run out of lists; it stays on the disk",
      [parameter, Parameter("undo", .bool, default: false, "take it in again")]
    ) { arguments, context in
      let (id, isUndone) = (try id(arguments), try arguments["undo"] as Bool)
      return try once("archive \(id)", context) { try $0.archive(id, !isUndone) }
    },
    .function("delete", "Removes a run that has ended, with all its files", [parameter]) { arguments, context in
      let id = try id(arguments)
      return try once("delete \(id)", context) { try $0.delete(id) }
    },
  ]

  /// Changes what is recorded, which a replay does not do again.
  private static func once(_ request: String, _ context: Context, _ change: (Runs) throws -> Void) throws -> Value {
    try Outside.value("runs", request, context) {
      try change(Runs(context))
      return .none
    }
  }

  private static let parameter = Parameter(
    "run", .either([.object("run"), .string]), "a run, or its id", suggestions: Runs.suggestions)

  private static func id(_ arguments: Arguments, _ name: String = "run") throws -> String {
    if case .string(let id) = arguments.value(name) { return id }
    return try (arguments[name] as RunObject).id
  }
}
