import AssayDocument
import Testing

@Suite struct `JSON texts` {
  @Test func `is written in order with the fewest digits`() {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object.set("cosine", .nan, reason: "a zero vector")
    object.set("rmse", 0.1, reason: "unused")
    object.set("sqnrDb", nil, reason: "no error at all")
    object["texts"] = ["a\"\\\n\u{1}\u{7f}é<", true, nil, [], [:]]
    object["numbers"] = [0.1, 1e300, .number(.leastNonzeroMagnitude), -0.0, 3]
    let text = JSONValue.object(object).text(isPretty: false)
    #expect(
      text == #"{"schemaVersion":1,"cosine":null,"reason":"cosine: a zero vector; sqnrDb: no error at all","#
        + #""rmse":0.1,"sqnrDb":null,"texts":["a\"\\\n\u0001\u007fé<",true,null,[],{}],"#
        + #""numbers":[0.1,1e+300,5e-324,-0.0,3]}"# + "\n")
    #expect(JSONValue.string("</script>").text(escapesMarkup: true) == "\"\\u003c/script\\u003e\"\n")
    let pretty = (["a": [1, 2]] as JSONValue).text()
    #expect(pretty == "{\n  \"a\": [\n    1,\n    2\n  ]\n}\n")
  }

  @Test func `comes back as it was written`() throws {
    let value: JSONValue = [
      "a": [1, -2.5, 1e-7, "x\u{0}\u{1F600}\"\\", true, false, nil], "b": ["c": [:], "d": []],
      "e": .integer(.max), "f": .integer(.min), "g": .number(.pi),
    ]
    for isPretty in [true, false] {
      #expect(try JSON.parse(Array(value.text(isPretty: isPretty).utf8), file: "f") == value)
    }
    let escaped = try JSON.parse(Array(#""\u00e9\ud83d\ude00\/\b\f""#.utf8), file: "f")
    #expect(escaped == .string("é😀/\u{8}\u{c}"))
  }

  @Test(arguments: [
    ("", "f:1:1: the text ends here, a value is missing"), ("nul", "f:1:1: not a JSON value"),
    ("NaN", "f:1:1: not a JSON value"), ("[1,]", "f:1:4: not a JSON value"),
    ("[1 2]", "f:1:4: expected a comma or \"]\""),
    ("{\"a\":1,}", "f:1:8: expected a name in quotes"), ("{\"a\" 1}", "f:1:6: expected a colon"),
    ("{\"a\":1,\n \"a\":2}", "f:2:2: duplicate name \"a\""), ("1 2", "f:1:3: text after the value"),
    ("01", "f:1:2: text after the value"), ("1.", "f:1:3: expected a digit"),
    ("-", "f:1:2: expected a digit"),
    ("1e", "f:1:3: expected a digit"), ("+1", "f:1:1: not a JSON value"),
    ("1e999", "f:1:1: the number 1e999 is out of range"),
    ("\"a", "f:1:3: a string without its closing quote"),
    ("\"\\", "f:1:3: a string without its closing quote"),
    ("\"\\x\"", "f:1:3: unknown escape in a string"),
    ("\"\\ud800\"", "f:1:4: half a surrogate pair in a string"),
    ("\"\\ud800\\u0041\"", "f:1:4: half a surrogate pair in a string"),
    ("\"\\udc00\"", "f:1:4: half a surrogate pair in a string"),
    ("\"\\u12\"", "f:1:4: expected four hexadecimal digits"),
    ("\"\\u+123\"", "f:1:4: expected four hexadecimal digits"),
    ("\"\n\"", "f:1:2: a control character in a string"), ("// x", "f:1:1: not a JSON value"),
    (String(repeating: "[", count: 65), "f:1:65: nested deeper than 64 levels"),
  ])
  func `that is malformed is refused with the place`(text: String, message: String) {
    let error = #expect(throws: DocumentErrors.self) { try JSON.parse(Array(text.utf8), file: "f") }
    #expect(error?.description == message)
  }

  @Test func `that is not UTF-8 or too large is refused`() {
    var limits = JSON.Limits()
    limits.bytes = 3
    limits.values = 1
    #expect(throws: DocumentErrors.self) { try JSON.parse([0x22, 0xFF, 0x22], file: "f") }
    #expect(throws: DocumentErrors.self) { try JSON.parse(Array("1234".utf8), file: "f", limits: limits) }
    #expect(throws: DocumentErrors.self) { try JSON.parse(Array("[1]".utf8), file: "f", limits: limits) }
  }
}
