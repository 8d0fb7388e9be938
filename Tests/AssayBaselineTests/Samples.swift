import AssayBaseline
import AssayFiles

enum Sample {
  static let key = BaselineKey(suite: "digits", model: "digits-v2", target: "esp32s3-n16r8")
  static let digest = SHA256.hex(of: "model")
  static let checks = [
    BudgetCheck("arena", .bytes, [.max]), BudgetCheck("latency", .milliseconds, [.max]),
    BudgetCheck("top1", .share, [.min]), BudgetCheck("top1-drop-vs-baseline", .share, [.margin]),
    BudgetCheck("drift-max", .codes, [.max]), BudgetCheck("sqnr", .decibels, [.min]),
    BudgetCheck("cosine", .number, [.min]),
  ]

  static func run(_ id: String, at moment: String = "2026-11-21T09:00:00Z", arena: Double = 18_432)
    -> RunRecord
  {
    var run = RunRecord(
      id: id, startedAt: moment, finishedAt: "2026-11-21T09:00:05Z", assayVersion: "1.0.0", verdict: .pass,
      exitCode: 0, plannedCases: 1, judgedCases: 1)
    run.inputs = [.init(kind: "model", path: "v2.tflite", sha256: digest, byteCount: 5)]
    run.targets = [
      .init(name: key.target, profile: "chip: esp32s3\n", sha256: SHA256.hex(of: "chip: esp32s3\n"))
    ]
    run.checks = [
      .init(
        key: key, code: "arena", verdict: .pass, expected: "at most 20,000 B", found: "18,432 B",
        message: "fits"),
      .init(
        key: key, code: "top1", verdict: .fail, expected: "95 %", found: "94 %", message: "",
        waived: "issue 12"),
    ]
    run.measurements = [
      .init(
        key: key, metric: "arena", value: arena, unit: "B", modelSHA256: digest,
        runtime: ["esp_nn": "1.2.1", "tflm": "1.4.0"]),
      .init(key: key, metric: "top1", value: 0.1 + 0.2, unit: "share", modelSHA256: digest),
    ]
    run.document = "{\"verdict\": \"pass\", \"text\": \"é\\u0000\"}"
    return run
  }

  static let budgets = """
    suite: digits
    budgets:
      - {model: digits-v2, target: esp32s3-n16r8, check: arena, max: 20000 B, note: "of the firmware"}
      - {model: digits-v2, check: arena, max: 32 KiB}
      - {check: arena, max: 64 KiB}
      - {model: [digits-v1, digits-v2], check: top1, min: 95 %}
      - {check: top1-drop-vs-baseline, margin: 2 points}
      - {target: [a, b], check: latency, max: 12.5 ms}
      - {check: drift-max, max: 3 LSB}
      - {check: sqnr, min: 30 dB}
      - {check: cosine, min: 0.99}
    waivers:
      - {model: digits-v2, check: top1, until: 2026-11-30, by: Ada, reason: "issue 12"}
    """
}
