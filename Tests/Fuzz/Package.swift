// swift-tools-version:6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

let assay: [Target.Dependency] = [
  .product(name: "AssayLibraries", package: "assay"), .product(name: "AssayTestSupport", package: "assay"),
]

/// Fuzzers of the readers; apart from the main package, which needs neither them nor sanitizers.
let package = Package(
  name: "assay-fuzz",
  products: [
    .executable(name: "fuzz-models", targets: ["fuzz-models"]),
    // Linked by run-libfuzzer.sh, which adds libFuzzer's own main function.
    .library(name: "LibFuzzerTarget", type: .static, targets: ["LibFuzzerTarget"]),
    .library(name: "LibFuzzerFormats", type: .static, targets: ["LibFuzzerFormats"]),
    .library(name: "LibFuzzerInputs", type: .static, targets: ["LibFuzzerInputs"]),
  ],
  dependencies: [.package(name: "assay", path: "../..")],
  targets: [
    .target(name: "ModelMutation", dependencies: assay, swiftSettings: swiftSettings),
    .executableTarget(
      name: "fuzz-models", dependencies: assay + ["ModelMutation"], swiftSettings: swiftSettings),
    .target(
      name: "LibFuzzerTarget", dependencies: assay + ["ModelMutation"], swiftSettings: swiftSettings),
    .target(name: "LibFuzzerFormats", dependencies: assay, swiftSettings: swiftSettings),
    .target(name: "LibFuzzerInputs", dependencies: assay, swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)
