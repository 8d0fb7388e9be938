import AssayDocument
import AssayMeasure
import Testing

private func facts(
  lock: String? = BuildFixtures.lock, sdkconfig: String? = BuildFixtures.sdkconfig,
  partitions: String? = BuildFixtures.partitions
) throws(DocumentErrors) -> BuildFacts {
  var parsedLock: DependenciesLock?
  if let lock { parsedLock = try DependenciesLock(Array(lock.utf8), file: "dependencies.lock") }
  var parsedConfig: SdkConfiguration?
  if let sdkconfig { parsedConfig = try SdkConfiguration(Array(sdkconfig.utf8), file: "sdkconfig") }
  var parsedTable: PartitionTable?
  if let partitions { parsedTable = try PartitionTable(Array(partitions.utf8), file: "partitions.csv") }
  return try BuildFacts(lock: parsedLock, sdkconfig: parsedConfig, partitions: parsedTable)
}

private func imported(_ facts: BuildFacts) throws(DocumentErrors) -> Target {
  let text = try TargetImport(name: "built", facts: facts).text()
  return try TargetLibrary(profiles: [.init(file: "built.yaml", bytes: Array(text.utf8))]).resolve("built")
}

private func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

struct `Targets from an ESP-IDF build` {
  @Test func `lock, sdkconfig and partition table become a profile that resolves`() throws {
    let target = try imported(try facts())
    #expect(target.clockHertz == 160_000_000 && target.flash.mode == .qio)
    #expect(target.flash.sizeBytes == 16 << 20 && target.psram?.bus == .octal)
    #expect(target.cache.dataBytes == 32 << 10 && target.cache.lineBytes == 32)
    #expect(target.cache.instructionBytes == 16 << 10)
    #expect(target.runtime.espNN == "1.2.1" && target.runtime.espTFLiteMicro == ComponentVersion(1, 4, 0))
    #expect(target.partitions.modelSlotBytes == 512 << 10)
    #expect(target.partitions.applicationSlotBytes == 0x1E0000)
  }

  @Test func `the text names the line behind each value and what was assumed`() throws {
    let text = try TargetImport(
      name: "built", facts: try facts(), files: .init(lock: "dependencies.lock")
    ).text()
    #expect(text.contains("  esp_nn: 1.2.1  # dependencies.lock:11:14\n"))
    #expect(text.contains("  clock: 160 MHz  # sdkconfig:15:1\n"))
    #expect(text.contains("  arena: internal  # assumed"))
    #expect(text.contains("lock: \"dependencies.lock\"\n"))
  }

  @Test func `what no file states is ESP-IDF's default, without PSRAM`() throws {
    let target = try imported(try facts(lock: nil, sdkconfig: nil, partitions: nil))
    #expect(target.clockHertz == 160_000_000 && target.flash.mode == .dio && target.psram == nil)
    #expect(target.runtime.espNN == "none")
  }

  @Test func `a build of the C kernels is ansi whatever version is locked`() throws {
    let config = BuildFixtures.sdkconfig + "CONFIG_NN_ANSI_C=y\n"
    #expect(try imported(try facts(sdkconfig: config)).runtime.espNN == "ansi")
  }

  @Test func `a build that shortens rounding says so`() throws {
    let config = BuildFixtures.sdkconfig + "CONFIG_NN_SKIP_NUDGE=y\n"
    #expect(try imported(try facts(sdkconfig: config)).runtime.skipsNudge)
    #expect(try !imported(try facts()).runtime.skipsNudge)
    let target = try imported(try facts())
    #expect(
      target.disagreements(with: try facts(sdkconfig: config)).map(\.description).joined().contains(
        "skip_nudge"))
  }

  @Test func `blank offsets follow with 64 KiB steps for applications`() throws {
    let table = try PartitionTable(Array(BuildFixtures.partitions.utf8), file: "p")
    #expect(
      table.partitions.map(\.offset) == [0x9000, 0xd000, 0xf000, 0x10000, 0x1F0000, 0x3F0000, 0x470000])
  }

  @Test func `a target agrees with its own build and every difference is listed`() throws {
    let facts = try facts()
    var target = try imported(facts)
    #expect(target.disagreements(with: facts).isEmpty)
    target.clockHertz = 240_000_000
    target.runtime.espNN = "1.1.2"
    target.psram = nil
    target.partitions.modelSlotBytes = nil
    #expect(
      target.disagreements(with: facts).map(\.description) == [
        "sdkconfig:15:1: cpu.clock is 160 MHz in the build and 240 MHz in the target",
        "sdkconfig:21:1: psram is enabled in the build and none in the target",
        "sdkconfig:23:1: psram.bus is octal in the build and not stated in the target",
        "sdkconfig:25:1: psram.clock is 80 MHz in the build and not stated in the target",
        "partitions.csv:7:1: partitions.model_slot is 512 KiB in the build and not stated in the target",
        "dependencies.lock:11:14: runtime.esp_nn is 1.2.1 in the build and 1.1.2 in the target",
      ])
  }

  @Test(arguments: [
    ("nvs,data,nvs,0x9000\n", "p:1:1: expected name, type, subtype, offset, size, flags"),
    ("nvs,data,nvs,0x9001,4K\n", "p:1:1: offset 0x9001 is not a multiple of 0x1000"),
    ("a,app,ota_0,0x11000,1M\n", "p:1:1: offset 0x11000 is not a multiple of 0x10000"),
    ("a,data,nvs,,4K\nb,data,nvs,0x9000,4K\n", "p:2:1: b starts at 0x9000, inside what ends at 0xa000"),
    ("a,data,nvs,,4K\na,data,nvs,,4K\n", "p:2:1: \"a\" is also on line 1"),
    ("a,data,nvs,,4Q\n", "p:1:1: size \"4Q\" is not a number such as 0x10000, 64K or 1M"),
    ("a,data,nvs,,-4\n", "p:1:1: size \"-4\" is not a number such as 0x10000, 64K or 1M"),
    (
      "a,data,nvs,,99999999999999999999\n",
      "p:1:1: size \"99999999999999999999\" is not a number such as 0x10000, 64K or 1M"
    ),
    ("a,data,nvs,,9999999M\n", "p:1:1: size \"9999999M\" is not a number such as 0x10000, 64K or 1M"),
    ("a,data,nvs,,0\n", "p:1:1: size 0"),
    ("# only a comment\n", "p: has no partition"),
    ("", "p: has no partition"),
    (
      "a_name_that_is_too_long,data,nvs,,4K\n",
      "p:1:1: a name has 1 to 16 bytes, \"a_name_that_is_too_long\" has 23"
    ),
  ])
  func `a wrong partition table names the line`(text: String, expected: String) {
    #expect(message { _ = try PartitionTable(Array(text.utf8), file: "p") } == expected)
  }

  @Test(arguments: [
    ("CONFIG_A=1\nhello\n", "s:2:1: expected CONFIG_NAME=value or a comment"),
    ("CONFIG_A=\"x\n", "s:1:1: the quoted value does not end"),
    ("CONFIG_A=1\nCONFIG_A=2\n", "s:2:1: CONFIG_A is 2 here and 1 on line 1"),
    ("# nothing\n", "s: has no CONFIG_ line: not an sdkconfig"),
    ("", "s: has no CONFIG_ line: not an sdkconfig"),
    ("CONFIG_IDF_TARGET=\"esp32\"\n", "s:1:1: is for esp32, not esp32s3"),
    (
      "CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ=fast\n",
      "s:1:1: CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ is \"fast\", not a number"
    ),
    (
      "CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ=100\n",
      "s:1:1: unknown value \"100 MHz\"; allowed: 80 MHz, 160 MHz, 240 MHz"
    ),
    (
      "CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ=9223372036854775807\n",
      "s:1:1: CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ is \"9223372036854775807\", not a number"
    ),
  ])
  func `a wrong sdkconfig names the line`(text: String, expected: String) {
    let found = message {
      let config = try SdkConfiguration(Array(text.utf8), file: "s")
      let facts = try BuildFacts(lock: nil, sdkconfig: config, partitions: nil)
      _ = try TargetImport(name: "t", facts: facts).text()
    }
    #expect(found == expected)
  }

  @Test(arguments: [
    ("a: 1\n", "l:1:1: missing key \"dependencies\": not a dependencies.lock"),
    (
      "dependencies:\n  espressif/esp-nn:\n    source: {}\n",
      "l:3:5: component \"espressif/esp-nn\" has no version"
    ),
    (
      "dependencies:\n  espressif/esp-nn:\n    version: 44fabb0\n",
      "l:3:14: espressif/esp-nn is locked to \"44fabb0\", not to a release such as 1.2.1"
    ),
    ("dependencies: [\n", "l:2:1: not YAML"),
  ])
  func `a wrong lock names the place`(text: String, expected: String) {
    let found = message {
      let lock = try DependenciesLock(Array(text.utf8), file: "l")
      _ = try BuildFacts(lock: lock, sdkconfig: nil, partitions: nil)
    }
    #expect(found.hasPrefix(expected), "\(found)")
  }

  @Test func `bytes that are no text are refused in each file`() {
    let bytes: [UInt8] = [0xFF, 0xFE, 0x00, 0x0A, 0xC3]
    #expect(throws: DocumentErrors.self) { try DependenciesLock(bytes, file: "l") }
    #expect(throws: DocumentErrors.self) { try SdkConfiguration(bytes, file: "s") }
    #expect(throws: DocumentErrors.self) { try PartitionTable(bytes, file: "p") }
  }
}
