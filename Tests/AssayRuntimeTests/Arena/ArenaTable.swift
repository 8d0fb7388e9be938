import AssayFiles
import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

/// One model of `ARENA.tsv`: what the real allocator used, figure by figure.
struct ArenaRow: CustomTestStringConvertible, Sendable {
  let model: String
  let figures: [String: Int]
  var testDescription: String { model }

  /// All rows, none where the fixtures are absent.
  static let all: [ArenaRow] = {
    let path = "\(Checkout.conformance)/models/ARENA.tsv"
    guard let text = try? FileBytes.readText(path, limit: 1 << 20) else { return [] }
    let lines = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    guard let names = lines.first else { return [] }
    return lines.dropFirst().map { fields in
      let figures = zip(names, fields).dropFirst().compactMap { name, field in Int(field).map { (name, $0) } }
      return ArenaRow(model: fields[0], figures: Dictionary(uniqueKeysWithValues: figures))
    }
  }()

  func graph() throws -> Graph {
    let path = "\(Checkout.conformance)/models/\(model).tflite"
    return try TFLiteReader.read(FileBytes.read(path, limit: 1 << 26))
  }
}

extension MemoryPlan {
  /// The figures of `ARENA.tsv`'s 32-bit columns, computed.
  var referenceFigures: [String: Int] {
    var figures = [
      "ref32_min_arena": minimumBytes, "ref32_used": usedBytes, "ref32_head": headBytes,
      "ref32_tail": tailBytes, "ref32_planning_need": most { $0 == .plan },
      "ref32_prep_peak": most { $0 != .plan },
    ]
    for (cause, bytes) in tailByCause { figures["ref32_\(Self.columns[cause] ?? "")"] = bytes }
    return figures
  }

  private func most(_ isCounted: (ArenaStage.Moment) -> Bool) -> Int {
    stages.filter { isCounted($0.moment) }.map(\.byteCount).max() ?? 0
  }

  private static let columns: [TailCause: String] = [
    .allocator: "fixed", .resourceVariables: "resource_vars", .evalTensors: "eval_tensors",
    .operators: "node_reg", .parameters: "builtin_data", .operatorData: "op_init", .prepared: "op_prepare",
    .scratchHandles: "scratch_handles", .variables: "variables", .inputsAndOutputs: "io_tensors",
  ]
}
