import AssayDocument
import Testing

/// A schema like a suite's, to decode with.
struct Sample: Equatable {
  enum Kind: String, CaseIterable { case float, int8 }
  var name: String
  var kind: Kind
  var size: Int
  var clocks: [Int]
  var share: Double?

  init(_ value: DocumentValue) throws(DocumentErrors) {
    var map = try value.map()
    let name = map.required("name") { try $0.string() }
    let kind = map.required("kind") { try $0.choice(Kind.self) }
    let size = map.required("size") { try $0.byteCount() }
    clocks = map.optional("clocks", or: []) {
      try $0.list { try $0.hertz() }
    }
    share = map.optional("share") { try $0.fraction() }
    (self.name, self.kind, self.size) = try map.finish(name, kind, size)
  }
}

func decode(_ text: String) throws(DocumentErrors) -> Sample {
  try Sample(YAML.parse(Array(text.utf8), file: "a.yaml"))
}

@Suite struct `YAML documents` {
  @Test func `are decoded with their units`() throws {
    let sample = try decode(
      """
      # comment
      name: "240"
      kind: int8
      size: 1.5 MiB
      clocks: [240 MHz, 80MHz]
      share: 2 %
      """)
    #expect(sample.name == "240" && sample.kind == .int8 && sample.size == 1_572_864)
    #expect(sample.clocks == [240_000_000, 80_000_000] && sample.share == 0.02)
  }

  @Test func `show all their errors at once, in order`() throws {
    let error = #expect(throws: DocumentErrors.self) {
      try decode(
        """
        nmae: x
        kind: int9
        size: 12 KB
        clocks: [240, 80 MHz, fast]
        share: .nan
        """)
    }
    #expect(
      error?.description == """
        a.yaml:1:1: missing key "name"
        a.yaml:1:1: unknown key "nmae"; did you mean "name"? allowed: name, kind, size, clocks, share
        a.yaml:2:7: unknown value "int9"; did you mean "int8"? allowed: float, int8
        a.yaml:3:7: unknown unit "KB"; allowed: B, KiB, MiB, GiB, kB, MB, GB
        a.yaml:4:10: "240" needs a unit: Hz, kHz, MHz, GHz
        a.yaml:4:23: expected a frequency such as 240 MHz, found "fast"
        a.yaml:5:8: expected a number or percentage, found ".nan"
        """)
  }

  @Test(arguments: [
    ("", "a.yaml:1:1: is empty"),
    ("# only a comment\n", "a.yaml:2:1: is empty"),
    ("a: 1\na: 2\n", "a.yaml:2:1: duplicate key \"a\", first on line 1"),
    ("a: &x 1\n", "a.yaml:1:4: anchors (&name) are not allowed"),
    ("a: &x [1]\n", "a.yaml:1:4: anchors (&name) are not allowed"),
    ("a: *x\n", "a.yaml:1:4: aliases (*name) are not allowed"),
    ("a: !!int 1\n", "a.yaml:1:4: tags (!name) are not allowed"),
    ("a: !x {b: 1}\n", "a.yaml:1:4: tags (!name) are not allowed"),
    ("<<: {a: 1}\n", "a.yaml:1:1: merges (<<) are not allowed"),
    ("%YAML 1.1\n---\na: 1\n", "a.yaml:1:1: % directives are not allowed"),
    ("a: 1\n---\nb: 1\n", "a.yaml:2:1: a second document starts here; only one is allowed"),
    ("[1]: 2\n", "a.yaml:1:1: a key must be a word, not a list or map"),
    ("a: [1, 2\n", "a.yaml:2:1: not YAML: did not find expected ',' or ']' while parsing a flow sequence"),
    ("a: b: c\n", "a.yaml:1:5: not YAML: mapping values are not allowed in this context"),
    ("a: \"x\n", "a.yaml:2:1: not YAML: found unexpected end of stream while scanning a quoted scalar"),
    (
      "a: 1\n\tb: 2\n",
      "a.yaml:2:1: not YAML: found a tab character that violates indentation while scanning a plain scalar"
    ),
    ("a: 1\nb: \u{1}\n", "a.yaml:2:4: control characters are not allowed"),
    (String(repeating: "[", count: 40), "a.yaml:1:33: nested deeper than 32 levels"),
  ])
  func `that are not plain are refused with the place`(text: String, message: String) {
    let error = #expect(throws: DocumentErrors.self) { try YAML.parse(Array(text.utf8), file: "a.yaml") }
    #expect(error?.description == message)
  }

  @Test func `above a limit are refused`() {
    var limits = YAML.Limits()
    limits.nodes = 3
    limits.bytes = 20
    #expect(throws: DocumentErrors.self) {
      try YAML.parse(Array("[1, 2, 3]".utf8), file: "a", limits: limits)
    }
    let error = #expect(throws: DocumentErrors.self) {
      try YAML.parse([UInt8](repeating: 65, count: 21), file: "a", limits: limits)
    }
    #expect(error?.description == "a: 21 bytes, above the limit of 20")
  }

  @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0x61, 0x3A, 0x20, 0xC3], [0xED, 0xA0, 0x80], [0x00]])
  func `that are not UTF-8 are refused`(bytes: [UInt8]) {
    #expect(throws: DocumentErrors.self) { try YAML.parse(bytes, file: "a") }
  }

  @Test func `of random bytes never do worse than an error`() {
    var random = SystemRandomNumberGenerator()
    let seed = random.next()
    var state = seed
    let alphabet = Array("ab: -[]{},\"'#|>&*!%\n\t\\u0?~<\u{e9}".utf8)
    for _ in 0..<2_000 {
      let bytes = (0..<40).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return alphabet[Int(state >> 33) % alphabet.count]
      }
      do {
        _ = try YAML.parse(bytes, file: "random")
      } catch {
        #expect(error.description.hasPrefix("random:"), "seed \(seed)")
      }
    }
  }

  @Test func `laid over another combine maps and replace the rest`() throws {
    let base = try YAML.parse(Array("{a: {x: 1, y: 2}, b: [1, 2], c: 3}".utf8), file: "base")
    let over = try YAML.parse(Array("{a: {y: 5, z: 6}, b: [9]}".utf8), file: "over")
    let both = over.overlaid(on: base)
    #expect(try both.entries().map(\.key) == ["a", "b", "c"])
    #expect(try both["a"]?.entries().map { "\($0.key)=\(try $0.value.integer())" } == ["x=1", "y=5", "z=6"])
    #expect(try both["b"]?.list { try $0.integer() } == [9])
    #expect(both["a"]?["y"]?.location.file == "over" && both["a"]?["x"]?.location.file == "base")
  }
}
