import AssayDocument
import Testing

@Suite struct `Scalars` {
  static func value(_ text: String) -> DocumentValue {
    DocumentValue(.scalar(text, isPlain: true), at: DocumentLocation(file: "f", line: 1, column: 1))
  }

  @Test(arguments: [
    ("0", 0), ("20000", 20_000), ("20000 B", 20_000), ("32 KiB", 32_768), ("32KiB", 32_768),
    ("0x10000", 65_536),
    ("0.5 KiB", 512), ("4 MB", 4_000_000), ("16  MiB", 16 << 20),
  ])
  func `are bytes with a binary or decimal unit`(text: String, bytes: Int) throws {
    #expect(try Self.value(text).byteCount() == bytes)
  }

  @Test(arguments: [
    "", "-1", "KiB", "1.5", "0.3 KiB", "1 KB", "1 kib", "1e3", "nan", "0x", "0x-1", "9223372036854775808",
    "9999999999 GiB",
    "1. KiB", ".5 KiB", "1.0000000001 KiB", "1 KiB x", "١ KiB",
  ])
  func `that are not whole bytes are refused`(text: String) {
    #expect(throws: DocumentErrors.self) { try Self.value(text).byteCount() }
  }

  @Test(arguments: [
    ("240 MHz", 240_000_000), ("240MHz", 240_000_000), ("32.768 kHz", 32_768), ("1 GHz", 1_000_000_000),
  ])
  func `are frequencies`(text: String, hertz: Int) throws {
    #expect(try Self.value(text).hertz() == hertz)
  }

  @Test(arguments: [
    ("12.5 ms", 12.5), ("250 us", 0.25), ("250 µs", 0.25), ("2 s", 2_000), ("1 h", 3_600_000),
    ("14 d", 1_209_600_000),
  ])
  func `are times`(text: String, milliseconds: Double) throws {
    #expect(try Self.value(text).milliseconds() == milliseconds)
  }

  @Test(arguments: ["nan", "inf", "-inf", "infinity", ".inf", "1e999", "0x1p3", "", "1,5", "1 2", "~"])
  func `that are not finite numbers are refused`(text: String) {
    #expect(throws: DocumentErrors.self) { try Self.value(text).number() }
  }

  @Test(arguments: [("1.5", 1.5), ("-2e-3", -0.002), ("7", 7), ("0", 0)])
  func `are finite numbers`(text: String, number: Double) throws {
    #expect(try Self.value(text).number() == number)
  }

  @Test(arguments: ["yes", "on", "True", "1", "y", ""])
  func `are booleans only as true and false`(text: String) throws {
    #expect(throws: DocumentErrors.self) { try Self.value(text).bool() }
    #expect(try Self.value("true").bool() && !Self.value("false").bool())
  }

  @Test func `are checked against ranges`() throws {
    let error = #expect(throws: DocumentErrors.self) { try Self.value("9").integer(in: 1...8) }
    #expect(error?.description == "f:1:1: 9 is not between 1 and 8")
    #expect(throws: DocumentErrors.self) { try Self.value("1.5").number(in: 0...1) }
    #expect(throws: DocumentErrors.self) { try Self.value("101 %").fraction() }
    #expect(throws: DocumentErrors.self) { try Self.value("-0.1").fraction() }
    #expect(try Self.value("-8").integer() == -8)
  }

  @Test(arguments: [
    ("modle", "model"), ("MODEL", "model"), ("modl", "model"), ("input", "inputs"), ("zzz", nil), ("", nil),
  ])
  func `that are nearly right get a suggestion`(word: String, suggestion: String?) {
    #expect(Suggestion.nearest(to: word, in: ["model", "inputs", "targets"]) == suggestion)
  }
}
