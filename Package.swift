// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is compiled with these: imports are private unless they say otherwise, so that a C type in a
/// public signature is an error, and existentials are spelt out.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// Modules that touch no raw memory prove it.
let memorySafe: [SwiftSetting] = [.strictMemorySafety(), .treatWarning("StrictMemorySafety", as: .error)]

let package = Package(
  name: "easel",
  products: [.executable(name: "easel", targets: ["easel"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    // One system library each.
    .target(
      name: "CEdit", path: "Sources/System/CEdit", linkerSettings: [.linkedLibrary("edit")]),
    .target(
      name: "CPNG", path: "Sources/System/CPNG", linkerSettings: [.linkedLibrary("png")]),
    .target(
      name: "CGnuplot", path: "Sources/System/CGnuplot", linkerSettings: [.linkedLibrary("boost_iostreams")]),
    .target(name: "CWeights", path: "Sources/System/CWeights", exclude: ["tiny.safetensors", "tiny-vlm.safetensors"]),

    // The engine and what is built on it.
    .target(name: "CKernels"),
    .target(name: "Primitives", swiftSettings: memorySafe),
    .target(name: "Tensors", dependencies: ["Primitives", "CKernels"]),
    .target(name: "Models", dependencies: ["Tensors", "Primitives", "CWeights"]),
    .target(name: "Shapes", dependencies: ["Primitives"], swiftSettings: memorySafe),
    .target(
      name: "Learning", dependencies: ["Models", "Shapes", "Tensors", "Primitives"], swiftSettings: memorySafe),
    .target(
      name: "Benchmarks", dependencies: ["Learning", "Models", "Shapes", "Primitives"], swiftSettings: memorySafe),
    .target(name: "Pictures", dependencies: ["Primitives", "CPNG", "CGnuplot"]),
    .target(name: "Records", dependencies: ["Primitives", .product(name: "GRDB", package: "GRDB.swift")]),

    // The language and its front ends.
    .target(
      name: "Script",
      dependencies: ["Primitives", .product(name: "OrderedCollections", package: "swift-collections")],
      swiftSettings: memorySafe),
    .target(
      name: "Workbench",
      dependencies: [
        "Script", "Learning", "Benchmarks", "Models", "Shapes", "Pictures", "Records", "Primitives",
      ]),
    .target(name: "Terminal", dependencies: ["Script", "Primitives", "CEdit"]),
    .executableTarget(
      name: "easel",
      dependencies: [
        "Workbench", "Terminal", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Tests mirror the sources.
    .executableTarget(
      name: "speed", dependencies: ["Learning", "Models", "Pictures", "Shapes", "Tensors", "Primitives"],
      path: "Tests/Speed"),
    .executableTarget(name: "fuzz", dependencies: ["Script", "Primitives"], path: "Tests/Fuzz"),
    .executableTarget(name: "store-trial", dependencies: ["Records", "Primitives"], path: "Tests/StoreTrial"),
    .target(name: "TestSupport", dependencies: ["Primitives"], path: "Tests/TestSupport"),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"]),
    .testTarget(
      name: "PrimitivesTests", dependencies: ["Primitives", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "ModelsTests", dependencies: ["Models", "Tensors", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(name: "ShapesTests", dependencies: ["Shapes", "TestSupport"]),
    .testTarget(
      name: "LearningTests", dependencies: ["Learning", "Models", "Shapes", "Tensors", "Primitives", "TestSupport"]),
    .testTarget(name: "BenchmarksTests", dependencies: ["Benchmarks", "TestSupport"]),
    .testTarget(
      name: "PicturesTests", dependencies: ["Pictures", "Primitives", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "RecordsTests",
      dependencies: ["Records", "Primitives", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")]),
    .testTarget(name: "ScriptTests", dependencies: ["Script", "fuzz", "TestSupport"], resources: [.copy("Suite")]),
    .testTarget(
      name: "WorkbenchTests",
      dependencies: [
        "easel", "Workbench", "Script", "Learning", "Models", "Records", "Shapes", "Tensors", "Primitives",
        "TestSupport",
      ]),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal", "Script", "TestSupport"]),
    .testTarget(name: "CommandTests", dependencies: ["easel", "CEdit", "TestSupport"]),
  ],
  cLanguageStandard: .gnu17,
  cxxLanguageStandard: .cxx17
)

for target in package.targets where [.regular, .executable, .test].contains(target.type) {
  target.swiftSettings = (target.swiftSettings ?? []) + house  // C targets ignore it
}
