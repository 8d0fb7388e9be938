import AssayDocument
import AssayFiles
import AssayMeasure
import AssayRuntime
import AssayTestSupport
import Testing

/// The profiles this repository ships.
private func committed() throws -> TargetLibrary {
  let folder = Checkout.root + "/baselines/targets"
  let names = [
    "esp32s3-n16r8", "esp32s3-n8", "esp32s3-n8r2", "esp32s3-n16r8-160mhz", "esp32s3-n16r8-executorch",
  ]
  return try TargetLibrary(
    profiles: names.map { name in
      .init(file: "\(name).yaml", bytes: try FileBytes.read("\(folder)/\(name).yaml", limit: 1 << 16))
    })
}

/// A library of the committed base profile and one more.
private func library(_ text: String) throws(DocumentErrors) -> TargetLibrary {
  let base = """
    target: base
    chip: esp32s3
    cpu: {clock: 240 MHz}
    flash: {size: 16 MiB, mode: qio, clock: 80 MHz}
    cache: {data: 32 KiB, line: 32 B}
    runtime: {name: tflm, esp_nn: 1.2.1, esp_tflite_micro: 1.4.0, operators: [CONV_2D: 5, SOFTMAX]}
    memory: {arena: internal, weights: flash}
    """
  return try TargetLibrary(profiles: [
    .init(file: "base.yaml", bytes: Array(base.utf8)), .init(file: "t.yaml", bytes: Array(text.utf8)),
  ])
}

private func problem(_ text: String, overrides: [String] = []) -> String {
  do {
    _ = try library(text).resolve("t", overrides: overrides)
    return "no error"
  } catch {
    return "\(error)"
  }
}

struct `Target profiles` {
  @Test func `the committed profiles resolve, each with its own digest, and read back as themselves`() throws
  {
    let library = try committed()
    var digests: Set<String> = []
    for name in library.names {
      let target = try library.resolve(name)
      #expect(target.name == name)
      digests.insert(target.sha256)
      let again = try TargetLibrary(profiles: [
        .init(file: "canonical", bytes: Array(target.canonicalText.utf8))
      ]).resolve(name)
      #expect(again == target && again.canonicalText == target.canonicalText)
    }
    #expect(digests.count == library.names.count)
  }

  @Test func `profiles inherit, override and drop`() throws {
    let library = try committed()
    #expect(try library.resolve("esp32s3-n8").psram == nil)
    #expect(try library.resolve("esp32s3-n8").flash.sizeBytes == 8 << 20)
    #expect(try library.resolve("esp32s3-n8").flash.mode == .qio)
    #expect(try library.resolve("esp32s3-n8r2").psram?.bus == .quad)
    #expect(try library.resolve("esp32s3-n16r8-160mhz").clockHertz == 160_000_000)
    #expect(try library.resolve("esp32s3-n16r8-160mhz").power?.activeMilliwatts == 210)
    let executorch = try library.resolve("esp32s3-n16r8-executorch")
    #expect(executorch.runtime.espNN == nil && executorch.runtime.kernels == [.portable])
    #expect(executorch.fielded.isEmpty && executorch.variants.map(\.firmware) == [nil])
  }

  @Test func `every fielded firmware is a variant, the own runtime only when none has it`() throws {
    let library = try committed()
    let target = try library.resolve("esp32s3-n16r8")
    #expect(target.variants.map(\.firmware) == ["fw-2.3", "fw-2.4"])
    #expect(target.variants.map(\.target.runtime.espNN) == ["1.1.2", "1.2.1"])
    let newer = try library.resolve("esp32s3-n16r8", overrides: ["runtime.esp_nn=1.2.3"])
    #expect(newer.variants.map(\.firmware) == [nil, "fw-2.3", "fw-2.4"])
    #expect(newer.variants[1].target.runtime.espNN == "1.1.2")
  }

  @Test func `overrides take values with and without spaces, lists, and drop psram`() throws {
    let library = try committed()
    let target = try library.resolve(
      "esp32s3-n16r8",
      overrides: [
        "cpu.clock=160MHz", "cache.line=64 B", "psram=none", "fielded=[{name: a, esp_nn: ansi}]",
        "runtime.resource_variables.count=3",
      ])
    #expect(target.clockHertz == 160_000_000 && target.cache.lineBytes == 64 && target.psram == nil)
    #expect(target.fielded.map(\.runtime.espNN) == ["ansi"])
    #expect(target.runtime.resourceVariables == ResourceVariableTable(placement: .shared, count: 3))
  }

  @Test(arguments: [
    (
      "cpu.clok=160MHz", "--set cpu.clok=160MHz: unknown key \"clok\"; did you mean \"clock\"? allowed: clock"
    ),
    (
      "cpu.clock=100MHz",
      "--set cpu.clock=100MHz: unknown value \"100 MHz\"; allowed: 80 MHz, 160 MHz, 240 MHz"
    ),
    (
      "flash.mode=qoi",
      "--set flash.mode=qoi: unknown value \"qoi\"; did you mean \"qio\"? allowed: qio, qout, dio, dout, opi"
    ),
    (
      "runtime.esp_nn=banana",
      "--set runtime.esp_nn=banana: unknown value \"banana\"; allowed: none, ansi, 1.1.2, 1.2.0, 1.2.1, 1.2.2, 1.2.3"
    ),
    ("cpu", "--set cpu: expected path=value, such as cpu.clock=160MHz"),
    ("=1", "--set =1: expected path=value, such as cpu.clock=160MHz"),
    ("target=x", "--set target=x: \"target\" cannot be overridden"),
    ("memory.arena=psram", "--set memory.arena=psram: memory is placed in psram, but the target has none"),
    (
      "cache.data=48 KiB",
      "--set cache.data=48 KiB: unknown value \"48 KiB\"; allowed: 16 KiB, 32 KiB, 64 KiB"
    ),
    (
      "runtime.kernels=[portable]",
      "--set runtime.kernels=[portable]: \"kernels\" belongs to runtime executorch; remove it, or write ~ to drop an inherited one"
    ),
    ("power.active=-3 mW", "--set power.active=-3 mW: expected a power such as 210 mW, found \"-3 mW\""),
  ])
  func `a wrong override says what is allowed`(override: String, expected: String) {
    #expect(problem("target: t\nextends: base\n", overrides: [override]) == expected)
  }

  @Test(arguments: [
    (
      "target: t\nextends: bse\n",
      "t.yaml:2:10: extends unknown target \"bse\"; did you mean \"base\"? allowed: base, t"
    ),
    ("target: t\nextends: t\n", "t.yaml:2:10: extends goes in a circle: t -> t"),
    (
      "target: t\nextends: base\nruntime: {esp_nn: 1.1.2, operators: [CONV_2X: 1]}\n",
      "t.yaml:3:47: unknown operator \"CONV_2X\"; did you mean \"CONV_2D\"? (custom operators are CUSTOM:NAME)"
    ),
    (
      "target: t\nextends: base\nfielded: [{name: a, esp_nn: 1.1.2}, {name: a, esp_nn: 1.2.1}]\n",
      "t.yaml:3:10: firmware \"a\" is listed twice"
    ),
    (
      "target: t\nchip: esp32\nextends: base\n",
      "t.yaml:2:7: unknown value \"esp32\"; allowed: esp32s3"
    ),
    ("target: a/b\n", "t.yaml:1:9: \"a/b\" is not a name: letters, digits, '.', '-' and '_' (1 to 64)"),
    ("target: base\n", "t.yaml:1:9: target \"base\" is defined twice"),
    ("extends: base\n", "t.yaml:1:1: missing key \"target\""),
  ])
  func `a wrong profile names the place`(text: String, expected: String) {
    #expect(problem(text) == expected)
  }

  @Test func `all problems of a profile are reported at once`() {
    let found = problem("target: t\nextends: base\ncpu: {clock: 1 MHz}\nflash: {mode: x}\nfoo: 1\n")
    #expect(found.split(separator: "\n").count == 3, "\(found)")
  }

  @Test func `an unknown target is answered with the known ones`() throws {
    let library = try library("target: t\nextends: base\n")
    let error = #expect(throws: DocumentErrors.self) { try library.resolve("bas") }
    #expect(error?.description == "--target: unknown target \"bas\"; did you mean \"base\"? allowed: base, t")
  }

  @Test func `a version that is not modelled is accepted as a target and refused as a library`() throws {
    let target = try library("target: t\nextends: base\n").resolve("t", overrides: ["runtime.esp_nn=1.2.6"])
    let error = #expect(throws: UnmodelledKernelLibrary.self) { try target.runtime.kernelLibrary() }
    #expect(error == UnmodelledKernelLibrary(name: "1.2.6"))
    #expect(try library("target: t\nextends: base\n").resolve("t").runtime.kernelLibrary() == .espNN121)
  }

  @Test func `the operator set answers per name and version`() throws {
    let operators = try #require(try library("target: t\nextends: base\n").resolve("t").runtime.operators)
    #expect(
      operators.refusal(of: "CONV_2D", version: 5) == nil
        && operators.refusal(of: "SOFTMAX", version: 9) == nil)
    #expect(
      operators.refusal(of: "CONV_2D", version: 6)
        == "CONV_2D version 6 is newer than version 5, which the firmware registers")
    #expect(
      operators.refusal(of: "ADD", version: 1)
        == "ADD is not registered by the firmware's operator resolver")
  }

  @Test(
    arguments: [
      ("1.4.0", ComponentVersion(1, 4, 0)), ("1.3.4~1", ComponentVersion(1, 3, 4)), ("1.4", nil),
      ("v1.4.0", nil),
      ("1.4.-1", nil), ("1.4.0-rc1", nil), ("99999999999999999999.0.0", nil), ("", nil),
    ] as [(String, ComponentVersion?)])
  func `component versions are three numbers`(text: String, expected: ComponentVersion?) {
    #expect(ComponentVersion(text) == expected)
    #expect(
      ComponentVersion(1, 3, 8) > ComponentVersion(1, 3, 7)
        && ComponentVersion(1, 10, 0) > ComponentVersion(1, 9, 9))
  }
}
