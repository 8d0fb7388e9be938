/// Reads ExecuTorch programs: `.pte`, and the program inside a `.bpte`.
///
/// ```swift
/// let graph = try ExecuTorchReader.read(bytes, options: ReadingOptions(method: "forward"))
/// ```
///
/// One method becomes the graph's only subgraph. Views are tensors of their own that share memory, so
/// the graph carries the program's own memory plan (``ExecuTorchMethod``). Programs that no board runs
/// (delegated, computed control flow) are read like any other, so that they can be named.
public enum ExecuTorchReader {
  /// Whether an identifier at byte 4 is one of ExecuTorch's, of whatever version.
  static func reads(_ identifier: String) -> Bool {
    guard identifier.utf8.count == 4, identifier.utf8.dropFirst(2).allSatisfy({ (48...57).contains($0) })
    else { return false }
    return ["ET", "BP", "FT"].contains(String(identifier.prefix(2)))
  }

  /// - Throws: `ModelError`, with the byte and the place in the program.
  public static func read(
    _ bytes: [UInt8], options: ReadingOptions = ReadingOptions(), limits: ModelLimits = .default
  ) throws(ModelError) -> Graph {
    let program = try program(in: bytes, limits: limits)
    let file = try ExecuTorchFile(program, externalWeights: options.externalWeights, limits: limits)
    let plan = try file.plan(named: options.method)
    return try ExecuTorchGraphBuilder(plan: plan, file: file.facts, limits: limits).graph(inputShapes: nil)
  }

  /// The program itself: `bytes`, or what a bundled program wraps.
  static func program(in bytes: [UInt8], limits: ModelLimits) throws(ModelError) -> [UInt8] {
    guard bytes.count <= limits.fileBytes else {
      throw ModelError(.limit, "\(bytes.count) bytes are more than \(limits.fileBytes)")
    }
    switch FlatBuffer.identifier(of: bytes) {
    case ExecuTorchSchema.program: return bytes
    case ExecuTorchSchema.bundle: return try BundledProgram.program(in: bytes, limits: limits)
    case ExecuTorchSchema.tensors:
      throw ModelError(
        .notAModel, at: 4, "these are weights of a program (.ptd), not a program: give them with --data")
    case let other:
      throw ModelError(
        .unsupported, at: 4,
        "a program of format \(PrintableName.text(Array((other ?? "").utf8)[...], limit: 16)); \(ExecuTorchSchema.program) is known"
      )
    }
  }
}

/// What a graph made from a method repeats from its file.
struct ExecuTorchFileFacts: Sendable {
  /// `[program]`, or `[program, external weights]`.
  var storage: [[UInt8]]
  var methodNames: [String]
}

/// A program's file: its segments and its methods.
struct ExecuTorchFile {
  typealias Schema = ExecuTorchSchema.Program

  let facts: ExecuTorchFileFacts
  private let root: FlatTable
  private let plans: FlatTables
  private let data: ExecuTorchData
  private let limits: ModelLimits

  init(_ bytes: [UInt8], externalWeights: [UInt8]?, limits: ModelLimits) throws(ModelError) {
    var segments = try ExecuTorchSegments(header: bytes, limits: limits)
    // The FlatBuffer ends where its header says: nothing in it may lead into the segments.
    let root = try FlatBuffer(
      Array(bytes[..<segments.programByteCount]), limits: limits, checksTableSizes: false
    ).root()
    let version: UInt32 = try root.integer(Schema.version)
    guard version == 0 else {
      throw ModelError(.unsupported, at: root.position, "program version \(version) is newer than 0")
    }
    try segments.read(root.tables(Schema.segments).limited(to: limits.tensors))
    let external = try externalWeights.map { bytes throws(ModelError) in
      try ExternalTensors(bytes, limits: limits)
    }
    data = try ExecuTorchData(root, segments: segments, external: external, limits: limits)
    plans = try root.tables(Schema.plans).limited(to: limits.subgraphs)
    guard !plans.isEmpty else { throw ModelError(.invalid, at: root.position, "the program has no method") }
    var names: [String] = []
    for index in 0..<plans.count {
      names.append(try plans.table(index).shownText(ExecuTorchSchema.Plan.name, limits))
    }
    facts = ExecuTorchFileFacts(
      storage: [bytes] + (externalWeights.map { [$0] } ?? []), methodNames: names)
    self.root = root
    self.limits = limits
  }

  func plan(named name: String) throws(ModelError) -> ExecuTorchPlan {
    guard let index = facts.methodNames.firstIndex(of: name) else {
      throw ModelError(
        .invalid, at: root.position,
        "no method \"\(PrintableName.text(Array(name.utf8)[...], limit: 80))\"; the program has \(facts.methodNames.prefix(16).joined(separator: ", "))"
      )
    }
    do throws(ModelError) {
      return try ExecuTorchPlanReader(plans.table(index), data: data, limits: limits).plan()
    } catch {
      throw error.placed(in: "method \(name)")
    }
  }
}

extension FlatTable {
  /// A string field made printable, cut where it is only shown.
  func shownText(_ field: FlatField, _ limits: ModelLimits) throws(ModelError) -> String {
    guard let range = try string(field) else { return "" }
    return PrintableName.text(buffer.bytes[range], limit: limits.identifierBytes)
  }
}
