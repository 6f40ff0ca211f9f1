import Foundation
import Primitives
import Testing

@testable import Pictures

@Suite struct FigureKindTests {
  @Test func `few seeds have their least and greatest around their mean`() {
    let seeds: [(x: [Double], y: [Double])] = [
      ([1, 2, 3], [0, 1, 2]), ([1, 2, 3], [2, 2, .nan]), ([1, 2], [4, 0]),
    ]
    let line = SeedBand.line(name: "a", seeds: seeds, smoothing: 0, kind: .init(seeds: 3))
    #expect(line.x == [1, 2, 3])
    #expect(line.y == [2, 1, 2])
    #expect(line.low == [0, 0, 2])
    #expect(line.high == [4, 2, 2])
    #expect(line.smooth == nil)
  }

  @Test func `each seed is smoothed before the mean, and the band is that of the smoothed seeds`() throws {
    // a = 0.5: 0, 2/3 and 4, 4/3 (see the test of the moving average); the second seed ends early.
    let seeds: [(x: [Double], y: [Double])] = [([1, 2], [0, 1]), ([1], [4])]
    let line = SeedBand.line(name: "a", seeds: seeds, smoothing: 0.5, kind: .extremes)
    let smooth = try #require(line.smooth)
    #expect(smooth.count == 2)
    #expect(abs(smooth[0] - 2) < 1e-15 && abs(smooth[1] - 2.0 / 3) < 1e-15)
    #expect(line.y == [2, 1])
    #expect(abs((line.high?[1] ?? 0) - 2.0 / 3) < 1e-15)
  }

  @Test func `the interval of many seeds is that of their mean`() throws {
    #expect(SeedBand.Kind(seeds: 4) == .extremes && SeedBand.Kind(seeds: 5) == .interval)
    var generator = RandomStream(seed: 1, purpose: "test").generator()
    let values = (0..<60).map { _ in Double(generator.normal()) }
    let line = SeedBand.line(name: "", seeds: values.map { ([0, 1], [$0, 5]) }, smoothing: 0, kind: .interval)
    let (low, high) = (try #require(line.low), try #require(line.high))
    // The mean's standard error, by which a normal interval is 1.96 times as wide to either side; the resampling has an
    // error of about 5 % of that itself.
    let half = 1.96 * Statistics.deviation(values) / 60.0.squareRoot()
    #expect(abs((high[0] - low[0]) / 2 - half) < 0.12 * half)
    #expect(low[0] < line.y[0] && line.y[0] < high[0])
    #expect(low[1] == 5 && high[1] == 5)
  }

  @Test func `bins follow Freedman and Diaconis, whole numbers stand in their middles`() throws {
    // 0, 1, … 1000 thousandths: quartiles 0.5 apart, 2 · 0.5 / 1001^(1/3) = 0.09997, so 0.1.
    let even = try #require(Histogram((0...1000).map { Double($0) / 1000 }))
    #expect(even.start == 0 && abs(even.width - 0.1) < 1e-12 && even.count == 11)
    let dice = try #require(Histogram([1, 2, 2, 3, 3, 3, 6]))
    #expect(dice.centers == [1, 2, 3, 4, 5, 6])
    #expect(dice.counts([1, 2, 2, 3, 3, 3, 6]) == [1, 2, 3, 0, 0, 1])
    let three = try #require(Histogram([0, 1, 2, 3], bins: 3))
    #expect(three.counts([0, 1, 2, 3, .nan]) == [1, 1, 2])
    #expect(Histogram([.nan, .infinity]) == nil)
    #expect(Histogram([5, 5])?.counts([5, 5]) == [2])
  }

  @Test(arguments: Frontier.allCases)
  func `the frontier is what no other point beats in both directions`(corner: Frontier) {
    var generator = RandomStream(seed: 2, purpose: "test").generator()
    // Coarse places, so that points share one.
    let x = (0..<80).map { _ in Double(generator.below(12)) } + [.nan]
    let y = (0..<80).map { _ in Double(generator.below(12)) } + [99]
    func good(_ index: Int) -> (Double, Double) {
      (
        corner.rawValue.hasSuffix("right") ? x[index] : -x[index],
        corner.rawValue.hasPrefix("upper") ? y[index] : -y[index]
      )
    }
    let best = (0..<80).filter { one in
      !(0..<80).contains { other in
        let (a, b) = (good(one), good(other))
        return b.0 >= a.0 && b.1 >= a.1 && (b.0 > a.0 || b.1 > a.1)
      }
    }
    let found = corner.indices(x: x, y: y)
    #expect(Set(found.map { [x[$0], y[$0]] }) == Set(best.map { [x[$0], y[$0]] }))
    #expect(zip(found, found.dropFirst()).allSatisfy { x[$0] < x[$1] })
  }

  @Test func `the frontier's line never promises what no point reaches`() {
    // Cost and quality: 1 → 2, 3 → 5. At a cost of 2 there is 2.
    #expect(Frontier.upperLeft.corners(x: [3, 1, 4], y: [5, 2, 4]) == ([1, 3, 3], [2, 2, 5]))
    #expect(Frontier.upperRight.corners(x: [3, 1, 4], y: [5, 2, 4]) == ([3, 3, 4], [5, 4, 4]))
  }

  @Test func `parallel axes end at their least and greatest, the best line on top`() {
    let panel = ParallelAxes.panel(
      label: "",
      axes: [
        .init(name: "lr", values: [1e-5, 1e-3, 1e-4], isLogarithmic: true),
        .init(name: "think", values: [1, 0, 1], names: ["false", "true"]), .init(name: "reward", values: [3, 1, 2]),
      ])
    #expect(panel.lines.map(\.share) == [0, 0.5, 1])
    #expect(
      panel.lines.map(\.y).map { $0.map { ($0 * 1e9).rounded() / 1e9 } } == [[1, 0, 0], [0.5, 1, 0.5], [0, 1, 1]])
    #expect(panel.uprights[1].map(\.text) == ["false", "true"])
    #expect(panel.uprights[0].map(\.text) == ["1e-05", "0.0001", "0.001"])
    #expect(panel.names?.map(\.text) == ["lr", "think", "reward"])
  }

  @Test func `small multiples share their scales and have one key`() throws {
    let panels = (0..<3).map { place in
      let lines = ["a", "b"].enumerated().map { line, name in
        Figure.Line(name: name, x: [0, 1], y: place == 1 && line == 0 ? [.nan, .nan] : [0, Double(place + 1)])
      }
      return Figure.Panel(label: "\(place)", lines: lines)
    }
    let figure = Figure(title: "t", note: "", panels: panels, smoothing: 0, multiples: 2)
    let script = try GnuplotScript(figure)
    #expect(script.layout.panels.map(\.y).allSatisfy { $0 == script.layout.panels[0].y })
    #expect(script.layout.panels.map(\.hasLeft) == [true, false, true])
    #expect(script.layout.panels.map(\.hasBottom) == [false, true, true])
    let text = script.text(name: "t", terminals: [.png])
    #expect(text.split(separator: "\n").count { $0.hasPrefix("set label 'a'") } == 1)
    // The second line keeps its colour where the first is missing.
    #expect(
      text.contains("$line_2_2 using 1:2 with linespoints pt 7 ps 0.7 lw 2 lc rgb '#D55E00' title 'b' noenhanced"))
    #expect(!text.contains("$line_2_1 using"))
  }

  @Test func `long titles are broken into lines that fit`() {
    let lines = FigureLayout.lines(String(repeating: "word ", count: 40), width: 600, letter: 11)
    #expect(lines.allSatisfy { $0.count <= 54 })
    #expect(lines.count == 4)
    #expect(
      FigureLayout.lines(String(repeating: "x", count: 300), width: 600, letter: 11) == [
        String(repeating: "x", count: 53) + "…"
      ])
  }
}
