import Foundation
import Testing

/// What each module may import, besides the system's own modules. SwiftPM does not enforce it.
private let graph: [String: Set<String>] = [
  "System": [],
  "CKernels": [],
  "Primitives": [],
  "Tensors": ["Primitives", "CKernels"],
  "Models": ["Tensors", "Primitives", "CWeights"],
  "Shapes": ["Primitives"],
  "Learning": ["Models", "Shapes", "Tensors", "Primitives"],
  "Benchmarks": ["Learning", "Models", "Shapes", "Primitives"],
  "Pictures": ["Primitives", "CPNG", "CGnuplot"],
  "Records": ["Primitives", "GRDB"],
  "Script": ["Primitives", "OrderedCollections"],
  "Workbench": [
    "Script", "Learning", "Benchmarks", "Models", "Shapes", "Pictures", "Records", "Primitives",
  ],
  "Terminal": ["Script", "Primitives", "CEdit"],
  "Notebooks": ["Script", "Primitives", "CZeroMQ"],
  "easel": ["Workbench", "Terminal", "Notebooks", "ArgumentParser"],
]

/// Modules of the toolchain, open to all.
private let system: Set<String> = ["Foundation", "Glibc", "Synchronization"]

/// Each import that the graph does not allow, as a sentence.
private func forbiddenImports(in files: [SourceFile]) -> [String] {
  files.flatMap { file in
    file.imports
      .filter { !system.contains($0) && graph[file.module]?.contains($0) != true }
      .map { "\(file.path): \(file.module) may not import \($0)" }
  }
}

struct ImportGraphTests {
  @Test func `every module imports only what the design allows`() throws {
    let files = try SourceFile.all(below: "Sources")
    #expect(files.count > 10)
    #expect(forbiddenImports(in: files) == [])
  }

  @Test func `every folder of the sources is a module of the design`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: SourceFile.top + "/Sources")
    #expect(folders.filter { graph[$0] == nil }.sorted() == [])
  }

  @Test func `the graph has no cycle`() {
    func reaches(_ from: String, _ goal: String, _ depth: Int) -> Bool {
      depth > 0 && (graph[from] ?? []).contains { $0 == goal || reaches($0, goal, depth - 1) }
    }
    #expect(graph.keys.filter { reaches($0, $0, graph.count) }.sorted() == [])
  }

  @Test func `an import that is not allowed is found however it is written`() {
    let text = """
      import Foundation  // import Workbench
      @preconcurrency public import Learning
      import struct Tensors.Tensor
      let words = "import Shapes"
      """
    let file = SourceFile(path: "Sources/Script/Token.swift", text: text)
    #expect(file.imports == ["Foundation", "Learning", "Tensors"])
    #expect(
      forbiddenImports(in: [file]) == [
        "Sources/Script/Token.swift: Script may not import Learning",
        "Sources/Script/Token.swift: Script may not import Tensors",
      ])
  }

  @Test func `the top of the package holds only what the layout names`() throws {
    let visible = try FileManager.default.contentsOfDirectory(atPath: SourceFile.top).filter { !$0.hasPrefix(".") }
    let fixed: Set<String> = [
      "Package.swift", "Package.resolved", "README.md", "LICENSE", "Sources", "Tests", "scripts", "notebooks",
      "outputs",
    ]
    #expect(visible.filter { !fixed.contains($0) }.sorted() == [])
  }
}
