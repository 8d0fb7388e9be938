// swift-tools-version:6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableExperimentalFeature("SafeInteropWrappers"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

/// Kernels are compiled without fused multiply-add in every configuration: clang contracts by
/// default under C17, and one fused product is a different last bit than the device's runtime.
let kernelSettings: [CSetting] = [
  .enableWarning("all"), .enableWarning("extra"), .enableWarning("conversion"),
  .treatAllWarnings(as: .error),
  .unsafeFlags(["-ffp-contract=off", "-O3"]),
]

let cSettings: [CSetting] = [
  .enableWarning("all"), .enableWarning("extra"), .enableWarning("conversion"),
  .treatAllWarnings(as: .error),
  .unsafeFlags(["-ffp-contract=off"]),
]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings + settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["AssayTestSupport"], swiftSettings: swiftSettings)
}

let package = Package(
  name: "assay",
  products: [
    .executable(name: "assay", targets: ["assay"]),
    // For Tests/Fuzz, which is a package of its own.
    .library(
      name: "AssayLibraries",
      targets: ["AssayFiles", "AssayDocument", "AssayRecording", "AssayModel", "AssayRuntime"]),
    .library(name: "AssayTestSupport", targets: ["AssayTestSupport"]),
  ],
  targets: [
    // System libraries, installed by the Makefile from Debian's packages.
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CTLS", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "CCmocka", pkgConfig: "cmocka", providers: [.apt(["libcmocka-dev"])]),

    // Each module may import only what stands above it.
    .target(name: "AssayKernels", cSettings: kernelSettings),
    module("AssayFiles", ["CCrypto"]),
    module("AssayDocument", ["CYAML", "AssayFiles"]),
    module("AssayRecording", ["CZip", "AssayFiles"]),
    module("AssayModel"),
    module("AssayRuntime", ["AssayModel", "AssayKernels"]),
    module("AssayMeasure", ["AssayFiles", "AssayDocument", "AssayModel", "AssayRuntime"]),
    // Explorations run some fifty thousand updates in the tests: optimised in debug builds too.
    module(
      "AssayUpdate", ["AssayFiles", "AssayDocument"], [.unsafeFlags(["-O"], .when(configuration: .debug))]),
    module("AssayService", ["CMicroHTTPD", "CTLS", "AssayUpdate", "AssayFiles", "AssayDocument"]),
    module("AssayBaseline", ["CSQLite", "AssayFiles", "AssayDocument"]),
    module(
      "AssayGate",
      [
        "AssayFiles", "AssayDocument", "AssayRecording", "AssayModel", "AssayRuntime",
        "AssayMeasure", "AssayUpdate", "AssayBaseline",
      ]),
    .executableTarget(
      name: "assay",
      dependencies: [
        "AssayFiles", "AssayDocument", "AssayRecording", "AssayModel", "AssayRuntime",
        "AssayMeasure", "AssayUpdate", "AssayService", "AssayBaseline", "AssayGate",
      ],
      swiftSettings: swiftSettings),

    // Tests. Kernels are tested in C with cmocka, inside the same `swift test`.
    .target(
      name: "AssayKernelsCases", dependencies: ["AssayKernels", "CCmocka"],
      path: "Tests/AssayKernelsCases", cSettings: cSettings),
    .target(
      name: "AssayTestSupport",
      dependencies: ["AssayFiles", "AssayDocument", "AssayRecording", "AssayModel", "AssayRuntime"],
      path: "Tests/AssayTestSupport",
      swiftSettings: swiftSettings),
    tests("AssayKernelsTests", ["AssayKernels", "AssayKernelsCases"]),
    tests("AssayFilesTests", ["AssayFiles"]),
    tests("AssayDocumentTests", ["AssayDocument"]),
    tests("AssayRecordingTests", ["AssayRecording", "AssayFiles"]),
    tests("AssayModelTests", ["AssayModel", "AssayFiles"]),
    tests(
      "AssayRuntimeTests", ["AssayRuntime", "AssayKernels", "AssayModel", "AssayRecording", "AssayFiles"]),
    tests(
      "AssayMeasureTests",
      ["AssayMeasure", "AssayFiles", "AssayDocument", "AssayModel", "AssayRuntime"]),
    tests("AssayUpdateTests", ["AssayUpdate", "AssayDocument", "AssayFiles"]),
    tests("AssayServiceTests", ["AssayService", "AssayUpdate", "AssayDocument", "AssayFiles"]),
    tests("AssayBaselineTests", ["AssayBaseline", "AssayDocument", "AssayFiles", "CSQLite"]),
    tests(
      "AssayGateTests",
      [
        "AssayGate", "AssayDocument", "AssayFiles", "AssayBaseline", "AssayMeasure", "AssayModel",
        "AssayRecording", "AssayRuntime",
      ]),
    tests(
      "assayTests", ["assay", "AssayDocument", "AssayFiles", "AssayRecording", "AssayGate", "AssayModel"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
