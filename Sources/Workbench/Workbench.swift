public import Primitives
public import Script

/// The experiments of Easel as nouns of the language: what ``Script`` declares, bound to what the other modules do.
public enum Workbench {
  /// The language's own functions and all nouns of the workbench.
  public static var library: Library {
    Library.standard.adding(
      Library(
        functions: World.functions + PromptList.functions + DatasetObject.functions
          + InspectionObject.functions + TokenTable.functions + ModelObject.functions + TrainerObject.functions
          + JobFunctions.all + RunFunctions.all + SweepFunctions.all
          + EntropyObject.functions + BenchmarkObject.functions + Showing.functions + Plotting.functions
          + FilmObject.functions + Exporting.functions,
        namespaces: [RewardObject.namespace],
        types: [
          World.type, PromptList.type, DatasetObject.type, ModelObject.type, SampleObject.type,
          InspectionObject.type, PictureObject.type,
          RewardObject.type, EntropyObject.type, TrainerObject.type, BenchmarkObject.type, ScorecardObject.type,
          JobObject.type, RunObject.type, AxisObject.type, HalvingObject.type, SlurmObject.type,
          SheetObject.type, FigureObject.type, FilmObject.type,
        ]))
  }

  /// The language reference as Markdown, from the declarations.
  public static var reference: String { library.reference }

  /// A session over the workbench's nouns.
  ///
  /// - Parameters:
  ///   - output: where text, displays and progress go.
  ///   - run: what records it: its folder is made when the first cell runs.
  ///   - stop: raised from outside to end what runs.
  public static func session(output: any SessionOutput, run: Run, stop: StopToken = StopToken()) -> Session {
    let journal = run.journal
    journal.follow(output: output, stop: stop)
    let session = Session(library: library, output: JournaledOutput(output, journal), stop: stop, host: run)
    session.observer = run
    return session
  }
}
