import Foundation
import Learning
import Models
import Pictures
import Primitives
import Records
import Script

/// A judge that is a program of the user's: it reads a line of JSON for each sample and answers each with a line.
///
/// Its answers come from outside: the journal keeps them, and a replay takes them from there without the program.
struct ProgramReward: Reward {
  /// The program and its arguments.
  let command: [String]
  /// After how many seconds the program and all that it started are ended.
  let limit: Double
  let context: Context

  var name: String { "program \(command.first.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "")" }

  /// What the program said.
  private struct Answer: Codable {
    var lines: [String] = []
    /// Why there are no more lines.
    var problem: String?
    /// Whether it was ended because a stop was asked for.
    var wasStopped = false
  }

  /// One line for the program.
  private struct Question: Codable {
    var prompt: String
    var rationale: String
    var image: String
  }

  func judge(_ samples: [Sample]) throws -> [Judgement] {
    guard !samples.isEmpty else { return [] }
    let text = try Outside.text(name, request(samples), context) {
      String(decoding: try JSONEncoder().encode(try ask(samples)), as: UTF8.self)
    }
    let answer = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
    if answer.wasStopped { throw ModelError.stopped }
    guard !answer.lines.isEmpty else {
      throw WorkbenchError.program(command.first ?? "", problem: answer.problem ?? "it answered nothing")
    }
    return samples.indices.map { index in
      guard index < answer.lines.count else {
        return Judgement(failure: "the program gave no answer: \(answer.problem ?? "it ended early")")
      }
      return Self.judgement(answer.lines[index])
    }
  }

  /// A number, yes or no; anything else is a failure that quotes the answer.
  private static func judgement(_ line: String) -> Judgement {
    let word = line.trimmingCharacters(in: .whitespaces)
    switch word.lowercased() {
    case "yes", "true": return Judgement(1)
    case "no", "false": return Judgement(0)
    default:
      guard let number = Double(word), number.isFinite else {
        return Judgement(failure: "the program answered '\(word.prefix(60))'")
      }
      return Judgement(number)
    }
  }

  /// What is asked, as the journal has it.
  private func request(_ samples: [Sample]) -> String {
    var digest = Fingerprint()
    for word in command { digest.combine(word) }
    for sample in samples {
      digest.combine(sample.prompt)
      digest.combine(sample.rationale)
      digest.combine(bulk: sample.image.bytes)
    }
    return "\(samples.count) samples \(digest)"
  }

  /// How often the program is looked at, in microseconds.
  private static let patience: UInt32 = 1_000

  private func ask(_ samples: [Sample]) throws -> Answer {
    let folder = NSTemporaryDirectory() + "easel-judge-\(UUID().uuidString)"
    try AtomicFile.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var questions = Data()
    for (index, sample) in samples.enumerated() {
      let image = "\(folder)/\(index).png"
      try PNGFile.write(sample.image, to: image)
      let question = Question(prompt: sample.prompt, rationale: sample.rationale, image: image)
      questions += try encoder.encode(question) + [UInt8(ascii: "\n")]
    }
    let (input, output, errors) = (folder + "/questions", folder + "/answers", folder + "/errors")
    try AtomicFile.write(questions, to: input)
    let process: pid_t
    do {
      process = try ChildProcess.start(command, input: input, output: output, errors: errors)
    } catch let error as POSIXError {
      throw WorkbenchError.program(
        command.first ?? "", problem: "cannot start it: \(String(cString: strerror(error.code.rawValue)))")
    }
    var answer = Answer()
    let status = wait(for: process, &answer)
    let said = String(decoding: (try? AtomicFile.read(output)) ?? Data(), as: UTF8.self)
    answer.lines = said.split(whereSeparator: \.isNewline).prefix(samples.count).map(String.init)
    if answer.problem == nil, status != 0 || answer.lines.count < samples.count {
      let complaint = String(decoding: (try? AtomicFile.read(errors)) ?? Data(), as: UTF8.self)
      let last = complaint.split(whereSeparator: \.isNewline).last.map { ": \($0.prefix(200))" } ?? ""
      answer.problem =
        status & 0x7F == 0 ? "it ended with status \(status >> 8)\(last)" : "signal \(status & 0x7F) ended it\(last)"
    }
    return answer
  }

  /// Waits for a program's end, and ends it if it takes too long or a stop is asked for twice.
  ///
  /// - Returns: its status as `waitpid` gives it.
  private func wait(for process: pid_t, _ answer: inout Answer) -> Int32 {
    let deadline = ContinuousClock.now + .seconds(limit)
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      // Not a look that is counted: how many there are depends on the program.
      answer.wasStopped = context.stop.stage >= .abandonStep
      let isLate = ContinuousClock.now > deadline
      if answer.wasStopped || isLate {
        if isLate {
          answer.problem = "it did not end within \(limit.formatted()) s and was ended; 'limit' gives it longer"
        }
        kill(-process, SIGKILL)
        waitpid(process, &status, 0)
        break
      }
      usleep(Self.patience)
    }
    return status
  }
}

extension ProgramReward {
  /// The member of the language that makes one.
  static let member = Member.function(
    "program",
    "A program of yours as a judge: for each sample it reads a line {\"prompt\", \"rationale\", \"image\": a PNG file} "
      + "and prints a line, a number, yes or no; any other answer is a failed judgement. A replay does not call it",
    [
      Parameter("program", .string, "what is started, once for all samples of a step"),
      Parameter("arguments", .list(.string), default: .nothing, "what it is started with"),
      Parameter("limit", .quantity(.duration), default: .quantity(60, .seconds), "after this it is ended"),
    ], result: .object("reward"), example: "reward.program(\"./judge.sh\", limit: 10s)"
  ) { arguments, context in
    let program: String = try arguments["program"]
    let limit: Double = if case .quantity(let limit) = arguments.value("limit") { limit.base } else { 60 }
    guard limit > 0 else { throw arguments.problem("limit", "the time limit must be above 0", fix: "limit: 10s") }
    let reward = ProgramReward(
      command: [program] + (try arguments["arguments"] as [String]? ?? []), limit: limit, context: context)
    return .object(RewardObject(reward, recipe: Recipe("reward.program", arguments, context)))
  }
}
