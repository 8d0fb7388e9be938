internal import AssayDocument

extension BuildFacts {
  /// What an sdkconfig of an ESP32-S3 says, from the symbols that Kconfig writes.
  mutating func add(_ config: SdkConfiguration) throws(DocumentErrors) {
    if let chip = config["IDF_TARGET"], chip.value != "esp32s3" {
      throw DocumentErrors(chip.location, "is for \(chip.value), not esp32s3")
    }
    clockHertz = try config.number("ESP_DEFAULT_CPU_FREQ_MHZ").map {
      Fact(value: $0.value * 1_000_000, location: $0.location)
    }
    addFlash(config)
    try addPSRAM(config)
    cacheDataBytes = try config.number("ESP32S3_DATA_CACHE_SIZE").map(Fact.init)
    cacheLineBytes = try config.number("ESP32S3_DATA_CACHE_LINE_SIZE").map(Fact.init)
    cacheInstructionBytes = try config.number("ESP32S3_INSTRUCTION_CACHE_SIZE").map(Fact.init)
    // The component's own switch between its C and its S3 kernels overrides the locked version.
    if let ansi = config["NN_ANSI_C"], ansi.value == "y" {
      espNN = Fact(value: "ansi", location: ansi.location)
    }
    if let skipped = config["NN_SKIP_NUDGE"], skipped.value == "y" {
      skipsNudge = Fact(value: true, location: skipped.location)
    }
  }

  private mutating func addFlash(_ config: SdkConfiguration) {
    // CONFIG_ESPTOOLPY_FLASHMODE names what the first bootloader starts with ("dio" also for quad
    // flash); the switches say what the application runs with.
    flashMode = config.choice([
      ("ESPTOOLPY_OCT_FLASH", .opi), ("ESPTOOLPY_FLASHMODE_OPI", .opi), ("ESPTOOLPY_FLASHMODE_QIO", .qio),
      ("ESPTOOLPY_FLASHMODE_QOUT", .qout), ("ESPTOOLPY_FLASHMODE_DIO", .dio),
      ("ESPTOOLPY_FLASHMODE_DOUT", .dout),
    ]).map(Fact.init)
    flashClockHertz = config.choice(
      [120, 80, 40, 20].map { ("ESPTOOLPY_FLASHFREQ_\($0)M", $0 * 1_000_000) }
    ).map(Fact.init)
    flashSizeBytes = config.choice(
      [128, 64, 32, 16, 8, 4, 2, 1].map { ("ESPTOOLPY_FLASHSIZE_\($0)MB", $0 << 20) }
    ).map(Fact.init)
  }

  private mutating func addPSRAM(_ config: SdkConfiguration) throws(DocumentErrors) {
    if let enabled = config["SPIRAM"] {
      hasPSRAM = Fact(value: enabled.value == "y", location: enabled.location)
    } else {
      // Kconfig writes a switch that is off as a comment.
      hasPSRAM = Fact(value: false, location: DocumentLocation(file: config.file))
    }
    guard hasPSRAM?.value == true else { return }
    psramBus = config.choice([("SPIRAM_MODE_OCT", .octal), ("SPIRAM_MODE_QUAD", .quad)]).map(Fact.init)
    psramClockHertz = try config.number("SPIRAM_SPEED").map {
      Fact(value: $0.value * 1_000_000, location: $0.location)
    }
  }
}
