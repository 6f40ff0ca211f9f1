import Learning
import Script

/// How the entropies of a policy are steered, as a value of the language.
final class EntropyObject: BoundObject {
  static let functions: [Member] = [
    .function(
      "adaptive", "Keeps the entropies of text and image near targets, each with its own signed coefficient",
      [
        Parameter(
          "text", .number, default: .described("free"), limits: 0...1, "target, as a share of the text's maximum ln V"),
        Parameter(
          "image", .number, default: .described("free"), limits: 0...1,
          "target, as a share of the image's maximum ln K"),
      ], result: .object("entropy"), example: "adaptive(text: 0.17, image: 0.72)"
    ) { arguments, _ in
      .object(EntropyObject(.adaptive(text: try arguments["text"], image: try arguments["image"])))
    }
  ]

  static let type = BoundType("entropy", "How the entropies of a policy are steered", members: [])

  let control: EntropyControl

  init(_ control: EntropyControl) { self.control = control }

  var boundType: BoundType { Self.type }
  var summary: String {
    func text(_ channel: EntropyControl.Channel?) -> String { channel.map { "\($0.target) of the maximum" } ?? "free" }
    return "entropy control: text \(text(control.text)), image \(text(control.image))"
  }
}
