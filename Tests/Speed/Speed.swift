import Foundation
import Models
import Tensors

/// One side of `scripts/bench`: does a work for each line that it reads and prints a line about it, both JSON.
/// `speed --cost-figure PATH` draws how cost grows instead; the works `operators` and `sampling-operators` say what each operator takes.
///
/// A line names the work and, where they change, the sizes: `{"work": "train", "sizes": {"width": 256, …}}`. They come from
/// the script, which gives its peers the same. Between two lines nothing runs, so that a peer can be measured in turns.
@main enum Speed {
  private struct Request: Codable {
    var work: String
    var sizes: Sizes?
    var path: String?
  }

  private struct Reply: Codable {
    var seconds = 0.0
    var values: [String: Double] = [:]
    var text: [String: String] = [:]
    var problem: String?
  }

  static func main() throws {
    if let place = CommandLine.arguments.firstIndex(of: "--cost-figure"), CommandLine.arguments.count > place + 1 {
      print(try CostFigure.draw(to: CommandLine.arguments[place + 1]), terminator: "")
      return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var bench = try Bench(Sizes())
    while let line = readLine() {
      var reply = Reply()
      do {
        let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
        if let sizes = request.sizes { bench = try Bench(sizes) }
        let start = ContinuousClock.now
        let result = try bench.run(request.work, path: request.path)
        reply.seconds = (ContinuousClock.now - start) / .seconds(1)
        (reply.values, reply.text) = (result.values, result.text)
      } catch {
        reply.problem = "\(error)"
      }
      FileHandle.standardOutput.write(try encoder.encode(reply) + Data("\n".utf8))
    }
  }
}

/// The sizes of a model and of its works.
struct Sizes: Codable {
  var width = 128
  var layers = 1
  var heads = 4
  var feedForward = 352
  var words = 64
  var codes = 512
  var grid = 8
  var context = 256
  var imageHead = 128
  var rows = 1
  var prompt = 10
  var rationale = 0
  var guidance = 1.0
  var precision = "fp32"
  /// Whether the model is the one that ships.
  var tiny = false
}
