public import AssayDocument
import AssayModel
public import AssayRuntime

/// The support matrix as a page of the documentation, as text for a terminal, and as JSON.
public struct SupportPage: Sendable {
  private let matrix: SupportMatrix

  public init(_ matrix: SupportMatrix = SupportMatrix()) { self.matrix = matrix }

  /// How one operator runs on one type, in one word.
  private func mark(_ cell: SupportMatrix.Cell) -> String {
    switch (cell.runs, cell.isOnDevice) {
    case (true, true): cell.isVectorized ? "fast" : "ref"
    case (true, false): "here"
    case (false, true): "lacks"
    case (false, false): ""
    }
  }

  private func title(_ row: SupportMatrix.Row) -> String {
    row.detail.isEmpty ? row.name : "\(row.name), \(row.detail)"
  }

  /// What the marks mean.
  static let legend = [
    ("fast", "a reference kernel, and the same bits from the vector units"),
    ("ref", "a reference kernel"),
    ("here", "runs here only: TensorFlow Lite Micro refuses it, and so does the gate"),
    ("lacks", "TensorFlow Lite Micro runs it, Assay does not"),
  ]

  // MARK: Terminal

  private static let shortTypes = ["f32", "i8", "i16", "i32", "i64", "u8", "bool"]

  /// Lines of at most 80 columns.
  public var lines: [String] {
    var lines = [padded("operator", 37) + Self.shortTypes.map { padded($0, 6) }.joined()]
    for row in matrix.rows {
      let cells = SupportMatrix.types.map { padded(row.cells[$0].map(mark) ?? "", 6) }
      lines.append(padded(title(row), 37) + cells.joined())
    }
    lines.append("")
    lines += Self.legend.map { "\(padded($0.0, 6))\($0.1)" }
    return lines.map { String($0.reversed().drop(while: { $0 == " " }).reversed()) }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 1))
  }

  // MARK: JSON

  public var json: JSONValue {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["operators"] = .array(matrix.rows.flatMap(rows))
    object["executorchKernels"] = .array(ExecuTorchSupport.kernelNames.map { .string($0) })
    object["onnxOperators"] = .array(ONNXSupport.operators.map { .string($0) })
    return .object(object)
  }

  private func rows(_ row: SupportMatrix.Row) -> [JSONValue] {
    SupportMatrix.types.compactMap { type in
      guard let cell = row.cells[type] else { return nil }
      var object = JSONObject()
      object["name"] = .string(row.name)
      object["form"] = .string(row.detail)
      object["dtype"] = .string(type.rawValue)
      object["reference"] = .bool(cell.runs)
      object["fast"] = .bool(cell.isVectorized)
      object["tflm"] = .bool(cell.isOnDevice)
      object["boardDefects"] = .array(cell.boardDefects.map { .string($0.rawValue) })
      return .object(object)
    }
  }
}

// MARK: - Documentation

extension SupportPage {
  /// `docs/operators.md`.
  public var markdown: String {
    """
    # Operators

    Made by `make operators` from the kernels and the refusal rules themselves: one small graph per operator, form and type of data is prepared, and what the code answers is below. A test compares this page with the code.

    ## TensorFlow Lite Micro (`.tflite`)

    \(Self.legend.map { "* **\($0.0)**: \($0.1)." }.joined(separator: "\n"))
    * **board**: layers that a release of ESP-NN computes with other numbers have a kernel that gives those (`assay run --kernels board`).

    \(table)

    \(SupportMatrix.control.map { "`\($0.name)`" }.joined(separator: ", ")) steer the interpreter or hold state and take every type. Operators that are not here are refused by TensorFlow Lite Micro, by name. Weights are int8 beside int16 data and constants; int4 weights are widened to int8 when a model is loaded.

    ## ExecuTorch (`.pte`)

    \(kernels)

    ## ONNX

    Nodes are lowered onto the kernels above, with shapes settled when the file is read (operator sets 11 to 21): \(list(ONNXSupport.operators)).

    """
  }

  private var table: String {
    let header = "| operator | " + SupportMatrix.types.map(\.rawValue).joined(separator: " | ") + " |"
    let rule = "|---" + String(repeating: "|:-:", count: SupportMatrix.types.count) + "|"
    let rows = matrix.rows.map { row in
      let cells = SupportMatrix.types.map { row.cells[$0].map(words) ?? "" }
      return "| \(title(row)) | " + cells.joined(separator: " | ") + " |"
    }
    return ([header, rule] + rows).joined(separator: "\n")
  }

  private func words(_ cell: SupportMatrix.Cell) -> String {
    mark(cell) + (cell.boardDefects.isEmpty ? "" : ", board")
  }

  private var kernels: String {
    let libraries = Dictionary(grouping: ExecuTorchSupport.kernelNames) { name in
      String(name.split(separator: ":").first ?? "")
    }
    let about: [(library: String, words: String)] = [
      ("aten", "Portable kernels, on float32; those that move or compare elements take integers as well"),
      ("dim_order_ops", "Memory order"), ("quantized_decomposed", "Codes and floats"),
      ("cortex_m", "int8, as the kernels of the `cortex_m` backend compute"),
    ]
    return about.map { "* `\($0.library)`: \($0.words): \(list(bare(libraries[$0.library] ?? [])))." }
      .joined(separator: "\n")
  }

  /// Without the library's name.
  private func bare(_ names: [String]) -> [String] {
    names.map { name in String(name.split(separator: ":").last ?? "") }
  }

  private func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}
