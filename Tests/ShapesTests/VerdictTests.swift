import Shapes
import Testing

struct VerdictTests {
  private func detection(
    _ shape: ShapeName, _ color: ColorName = .red, _ confidence: Double = 1, at box: Box = Box(0, 0, 10, 10)
  ) -> Detection { Detection(shape, color, confidence: confidence, box: box) }

  private func judge(_ text: String, _ detections: [Detection], debris: Int = 0) throws -> Verdict {
    Verdict(of: Sighting(detections: detections, debris: debris), for: try PromptParser.parse(text))
  }

  @Test func `only the surest objects are judged for colour`() throws {
    // GenEval takes the surest object alone; a second one of the right colour does not help.
    let both = [detection(.star, .red, 1), detection(.star, .blue, 0.9)]
    #expect(try judge("a red star", both).passes)
    let verdict = try judge("a blue star", both)
    #expect(!verdict.passes)
    #expect(verdict.reasons == ["expected blue for the star, found red"])
    // One star of two facts: it is there (1), it is not blue (0).
    #expect(verdict.score == 0.5)
  }

  @Test func `numbers are exact`() throws {
    func rings(_ count: Int) throws -> Verdict {
      try judge("three rings", Array(repeating: detection(.ring), count: count))
    }
    #expect(try rings(3).passes)
    #expect(try rings(3).score == 1)
    // Two of three are there, and the exclusion is no merit of theirs: (2/3 + 0) / 2.
    #expect(try abs(rings(2).score - 1.0 / 3) < 1e-12)
    #expect(try rings(2).reasons == ["expected 3 rings, found 2"])
    #expect(try rings(4).score == 0.5)
    #expect(try rings(4).reasons == ["expected fewer than 4 rings, found 4"])
    #expect(try rings(0).score == 0)
  }

  @Test func `a relation holds between all pairs and names what was seen`() throws {
    let left = detection(.circle, at: Box(0, 0, 10, 10))
    let right = detection(.star, at: Box(20, 0, 30, 10))
    #expect(try judge("a circle left of a star", [left, right]).passes)
    let verdict = try judge("a circle above a star", [left, right])
    #expect(verdict.reasons == ["expected circle above star, found left of"])
    #expect(abs(verdict.score - 2.0 / 3) < 1e-12)
    let far = detection(.circle, at: Box(40, 0, 50, 10))
    #expect(try !judge("two circles left of a star", [left, far, right]).passes)
    // A failed reference fails what refers to it, its colour included.
    let colored = try judge("a circle left of a blue star", [left, right])
    #expect(colored.reasons.count == 2)
  }

  @Test func `at most sixteen objects of a shape count`() throws {
    let many = Array(repeating: detection(.star), count: 40)
    let prompt = Prompt(text: "", task: nil, include: [.init(.star, count: 17)])
    #expect(!Verdict(of: Sighting(detections: many, debris: 0), for: prompt).passes)
    let sixteen = Prompt(text: "", task: nil, include: [.init(.star, count: 16)])
    #expect(Verdict(of: Sighting(detections: many, debris: 0), for: sixteen).passes)
  }

  @Test func `other objects and debris cost strictness alone`() throws {
    let extra = try judge("a star", [detection(.star), detection(.ring)])
    #expect(extra.passes && !extra.isStrict)
    #expect(try !judge("a star", [detection(.star)], debris: 1).isStrict)
    #expect(try judge("a star", [detection(.star)]).isStrict)
  }

  @Test func `confidence weighs the score and not the verdict`() throws {
    let verdict = try judge("a red star", [detection(.star, .red, 0.6)])
    #expect(verdict.passes)
    #expect(abs(verdict.score - 0.6) < 1e-12)
  }
}
