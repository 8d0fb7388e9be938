import AssayDocument
import AssayFiles
import AssayModel

/// Reads `suite.yaml` files; all errors of a file at once, each with its line and column.
public enum SuiteReader {
  static let fileName = "suite.yaml"
  private static let deepest = 16

  /// The suite that `path` names: its file, the folder that holds it, or a bundled program (`.bpte`).
  public static func read(_ path: String) throws(SuiteError) -> Suite {
    if let bundle = try BundleSuite.read(path) { return bundle }
    let file = path.hasSuffix(".yaml") || path.hasSuffix(".yml") ? path : Path.join(path, fileName)
    do {
      let bytes = try FileBytes.read(file, limit: YAML.Limits().bytes)
      return try decode(try YAML.parse(bytes, file: file), file: file)
    } catch let error as FileError {
      throw SuiteError([error.description])
    } catch let errors as DocumentErrors {
      throw SuiteError(errors.errors.map(\.description))
    } catch {
      throw SuiteError(["\(file): \(error)"])
    }
  }

  static func decode(_ root: DocumentValue, file: String) throws -> Suite {
    var map = try root.map()
    let folder = Path.parent(file)
    let name = map.required("suite", Self.name)
    let summary = map.optional("summary", or: "") { try $0.string() }
    let cases = map.optional("expect_cases") { try $0.integer(in: 1...1_000_000) }
    let targets = map.required("targets") { try $0.list { try $0.string() } }
    let models = map.required("models") { try $0.list { try model($0, folder: folder) } }
    if let targets, targets.isEmpty { map.fail("a suite without targets checks nothing", at: "targets") }
    if let targets, Set(targets).count < targets.count { map.fail("a target is listed twice", at: "targets") }
    if let models, models.isEmpty { map.fail("a suite without models checks nothing", at: "models") }
    if let models, Set(models.map(\.name)).count < models.count {
      map.fail("two models have one name", at: "models")
    }
    let (title, names, list) = try map.finish(name, targets, models)
    return Suite(
      name: title, file: file, folder: folder, summary: summary, expectedCases: cases, targets: names,
      models: list)
  }

  private static func model(_ value: DocumentValue, folder: String) throws -> SuiteModel {
    var map = try value.map()
    func path(_ value: DocumentValue) throws -> String { Self.tidy(Path.join(folder, try value.string())) }
    let name = map.required("name", Self.name)
    let candidate = map.required("candidate", path)
    var model = SuiteModel(
      name: name ?? "", location: value.location, candidate: candidate ?? "",
      reference: map.optional("reference", path),
      baseline: map.optional("baseline", path),
      recordings: map.optional("recordings", path),
      metric: map.optional("metric", or: .none) { try $0.choice() },
      labels: map.optional("labels", or: []) { try $0.list { try $0.string() } },
      arena: map.optional("arena", or: ArenaDeclaration(), arena),
      contract: map.optional("io", or: IOContract(), contract),
      permutations: map.optional("permute_input", or: InputPermutations(), permutations),
      layerTolerance: map.optional("layer_tolerance", or: 0.2) { try $0.number(in: 0...1000) },
      layerSamples: map.optional("layer_samples", or: 64) { try $0.integer(in: 1...100_000) },
      latencyEnd: map.optional("latency_decided_by", or: .upper) { try $0.choice() },
      scenarios: map.optional("update_scenarios", or: []) { try $0.list { try path($0) } })
    model.methods = map.optional("method", or: ProgramMethods(), methods)
    model.weights = map.optional("weights", or: ProgramWeights()) { try weights($0, path) }
    model.targets = map.optional("targets") { try $0.list { try $0.string() } }
    model.isComparisonOnly = map.optional("comparison_only", or: false) { try $0.bool() }
    if let targets = model.targets, targets.isEmpty || Set(targets).count < targets.count {
      map.fail("name each target once; a model without targets checks nothing", at: "targets")
    }
    if model.isComparisonOnly && (model.reference == nil || model.recordings == nil) {
      map.fail("a model that is only compared needs reference and recordings", at: "comparison_only")
    }
    if model.isComparisonOnly && (model.targets != nil || !model.scenarios.isEmpty) {
      map.fail("a model that is only compared has no targets and no update", at: "comparison_only")
    }
    // Two methods of one program may well be compared.
    if model.reference == model.candidate, model.methods.reference == model.methods.candidate {
      map.fail("the reference is the candidate itself: their difference says nothing", at: "reference")
    }
    if Set(model.labels).count < model.labels.count { map.fail("two classes have one name", at: "labels") }
    if model.metric != .none && model.recordings == nil {
      map.fail("metric \"\(model.metric.rawValue)\" needs recordings", at: "metric")
    }
    try map.finish()
    return model
  }

  /// What checks, budgets and reports call a suite or a model: one line, and no sign that they use
  /// themselves (`suite/model/target`, `*` for every one).
  private static func name(_ value: DocumentValue) throws -> String {
    let text = try value.string()
    guard !text.isEmpty, text.utf8.count <= 200, text == PrintableText.line(text),
      !text.contains("/"), !text.contains("*")
    else { throw value.error("a name has 1 to 200 printable characters, none of them / or *") }
    return text
  }

  /// `a/b/../c` as `a/c`, so that commands in reports are short; leading `..` stay.
  private static func tidy(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      if part == "..", let last = parts.last, last != "..", !last.isEmpty {
        parts.removeLast()
      } else if part != "." {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  private static func arena(_ value: DocumentValue) throws -> ArenaDeclaration {
    var map = try value.map()
    var arena = ArenaDeclaration()
    arena.isAligned = map.optional("aligned", or: false) { try $0.bool() }
    arena.declaredBytes = map.optional("declared") { try $0.byteCount() }
    try map.finish()
    return arena
  }

  private static func permutations(_ value: DocumentValue) throws -> InputPermutations {
    func axes(_ value: DocumentValue) throws -> [Int] { try value.list { try $0.integer(in: 0...7) } }
    var map = try value.map()
    var permutations = InputPermutations()
    permutations.candidate = map.optional("candidate", axes)
    permutations.reference = map.optional("reference", axes)
    permutations.baseline = map.optional("baseline", axes)
    try map.finish()
    return permutations
  }

  /// One name for all programs of the model, or one for each.
  private static func methods(_ value: DocumentValue) throws -> ProgramMethods {
    var methods = ProgramMethods()
    if let name = try? value.string() {
      (methods.candidate, methods.reference, methods.baseline) = (name, name, name)
      return methods
    }
    var map = try value.map()
    methods.candidate = map.optional("candidate", or: "forward") { try $0.string() }
    methods.reference = map.optional("reference", or: "forward") { try $0.string() }
    methods.baseline = map.optional("baseline", or: "forward") { try $0.string() }
    try map.finish()
    return methods
  }

  private static func weights(
    _ value: DocumentValue, _ path: (DocumentValue) throws -> String
  ) throws -> ProgramWeights {
    var map = try value.map()
    var weights = ProgramWeights()
    weights.candidate = map.optional("candidate", path)
    weights.reference = map.optional("reference", path)
    weights.baseline = map.optional("baseline", path)
    try map.finish()
    return weights
  }

  private static func contract(_ value: DocumentValue) throws -> IOContract {
    var map = try value.map()
    var contract = IOContract()
    contract.inputs = map.optional("inputs") { try $0.list(tensor) }
    contract.outputs = map.optional("outputs") { try $0.list(tensor) }
    try map.finish()
    return contract
  }

  private static func tensor(_ value: DocumentValue) throws -> TensorContract {
    var map = try value.map()
    var tensor = TensorContract()
    tensor.shape = map.optional("shape") { try $0.list { try $0.integer(in: 0...Int(Int32.max)) } }
    tensor.type = map.optional("dtype") { try $0.choice(of: ElementType.allCases.map(\.rawValue)) }
    tensor.scale = map.optional("scale") { Float(try $0.number()) }
    tensor.zeroPoint = map.optional("zero_point") { try $0.integer(in: -(1 << 31)...(1 << 31)) }
    try map.finish()
    return tensor
  }

  /// Every suite under `root`, in path order; folders named `examples` and `incidents` are left to
  /// be named explicitly: they are wrong on purpose.
  public static func discover(_ root: String) throws(SuiteError) -> [String] {
    do {
      var found: [String] = []
      try visit(root, depth: 0, &found)
      return found
    } catch let error as SuiteError {
      throw error
    } catch { throw SuiteError(["\(error)"]) }
  }

  private static func visit(_ folder: String, depth: Int, _ found: inout [String]) throws {
    // Links are followed: a suite that is not judged looks like one that passes. A loop of links ends
    // here too.
    guard depth <= deepest else {
      throw SuiteError(["\(folder): more than \(deepest) folders deep; is a link among them a loop?"])
    }
    for entry in try Folder.list(folder) {
      let path = Path.join(folder, entry.name)
      if ["suite.yaml", "suite.yml"].contains(entry.name), entry.kind != .folder { found.append(path) }
      let skipped = entry.name.hasPrefix(".") || ["examples", "incidents"].contains(entry.name)
      if !skipped, Folder.exists(path) { try visit(path, depth: depth + 1, &found) }
    }
  }
}

/// Why a suite cannot be judged: one line per error, each naming its place.
public struct SuiteError: Error, Sendable, Hashable, CustomStringConvertible {
  public var lines: [String]

  public init(_ lines: [String]) { self.lines = lines }

  public var description: String { lines.joined(separator: "\n") }
}
