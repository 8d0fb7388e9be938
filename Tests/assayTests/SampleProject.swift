import AssayFiles
import AssayRecording
import AssayTestSupport

/// A small project as a team would have it: the int8 digits network with its held-out
/// recordings, one target, and budgets that pass.
struct SampleProject {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("suites/s/model.tflite", Self.digits("models/digits-v2.int8.tflite"))
    try folder.write("suites/s/inputs.npz", Self.digits("recordings/heldout.npz"))
    try folder.write("suites/s/suite.yaml", Self.suite)
    try folder.write("baselines/targets/board.yaml", Self.target)
    try folder.write("baselines/budgets/s.yaml", Self.budgets)
  }

  static func digits(_ name: String) throws -> [UInt8] {
    try FileBytes.read("\(Checkout.root)/suites/digits/\(name)", limit: 64 << 20)
  }

  static let suite = """
    suite: s
    targets: [board]
    models:
      - name: m
        candidate: model.tflite
        recordings: inputs.npz
        metric: top1

    """

  static let withoutRecordings = """
    suite: s
    targets: [board]
    models:
      - name: m
        candidate: model.tflite

    """

  static let target = """
    target: board
    chip: esp32s3
    cpu: {clock: 240 MHz}
    flash: {size: 16 MiB, mode: qio, clock: 80 MHz}
    psram: {size: 8 MiB, bus: octal, clock: 80 MHz}
    cache: {data: 32 KiB, line: 32 B, instruction: 16 KiB}
    runtime: {name: tflm, esp_tflite_micro: 1.4.0, esp_nn: 1.2.1}
    memory: {arena: internal, weights: flash}
    partitions: {model_slot: 1 MiB}

    """

  static let budgets = """
    suite: s
    budgets:
      - {check: arena, max: 64 KiB}
      - {check: top1, min: 0 %}

    """

  /// A recording that is wrong in one way, as a test needs it.
  static func recording(
    samples: Int = 4, shape: [Int] = [1, 8, 8, 1], type: RecordedType = .float32,
    labels: [Int]? = [0, 1, 2, 0],
    value: Float = 0.1
  ) throws -> Recording {
    let count = samples * shape.reduce(1, *)
    let bytes: [UInt8] =
      type == .float32
      ? (0..<count).flatMap { littleEndian((Float($0 &* 37 % 23 - 11) * value).bitPattern) }
      : [UInt8](repeating: 1, count: count * (type.byteSize ?? 1))
    let input = ArrayDescription(name: "in_0", type: type, shape: [samples] + shape)
    var recording = Recording([try RecordedArray(input, bytes: bytes)])
    if let labels { recording.append(RecordedArray(name: "labels", labels)) }
    return recording
  }

  func run(_ arguments: String..., environment: [String] = [], outputPath: String? = nil) throws -> ProgramRun
  {
    try ProgramRun(arguments, in: folder.path, environment: environment, outputPath: outputPath)
  }

  func run(words: String) throws -> ProgramRun {
    try ProgramRun(words.split(separator: " ").map(String.init), in: folder.path)
  }
}
