public import AssayModel

/// Which operators run on which types here, and which of them TensorFlow Lite Micro takes: asked of the
/// kernels and of the refusal rules themselves, one small graph per operator, form and type.
public struct SupportMatrix: Sendable {
  /// What happens to one operator on data of one type.
  public struct Cell: Sendable, Hashable {
    /// Prepared by the reference kernels.
    public var runs: Bool
    /// Has a form for the vector units of this CPU.
    public var isVectorized: Bool
    /// TensorFlow Lite Micro's kernel takes it.
    public var isOnDevice: Bool
    /// Defects of ESP-NN releases that have a kernel of their own.
    public var boardDefects: [BoardDefect]
  }

  /// One operator in one form.
  public struct Row: Sendable {
    /// `CONV_2D`.
    public var name: String
    /// `int4 weights`; empty for the only or plain form.
    public var detail: String
    /// By the type of the data; types that neither side takes are left out.
    public var cells: [ElementType: Cell]
  }

  public static let types: [ElementType] = [.float32, .int8, .int16, .int32, .int64, .uint8, .bool]

  /// In the order of the names.
  public let rows: [Row]

  /// Operators that steer the interpreter or name state: bytes of any type pass through.
  public static let control: [BuiltinOperator] = [
    .assignVariable, .callOnce, .if, .readVariable, .varHandle, .while,
  ]

  /// Operators that TensorFlow Lite Micro has and no row or ``control`` mentions; always empty.
  public static var unprobed: [BuiltinOperator] {
    let probed = Set(ProbeForm.all.map(\.builtin) + control)
    return OperandTypes.rules.keys.filter { !probed.contains($0) }.sorted { $0.rawValue < $1.rawValue }
  }

  public init() {
    rows = ProbeForm.all.compactMap { form in
      let cells = Self.types.compactMap { type in Self.cell(form, type).map { (type, $0) } }
      guard !cells.isEmpty else { return nil }
      return Row(
        name: form.builtin.name, detail: form.detail,
        cells: Dictionary(cells, uniquingKeysWith: { first, _ in first }))
    }
  }

  /// Whether kernels for the vector units run on this CPU; without, no cell is vectorized.
  public static var hasFastKernels: Bool { FastKernels.hasVectors }

  /// `nil` where neither this program nor the device runs it.
  private static func cell(_ form: ProbeForm, _ type: ElementType) -> Cell? {
    guard form.types?.contains(type) ?? true else { return nil }
    let graph = form.graph(type)
    let fast = prepared(graph, .fast)
    let cell = Cell(
      runs: prepared(graph, .reference) != nil, isVectorized: fast?.isVectorized ?? false,
      isOnDevice: DeviceSupport.refusals(graph).isEmpty,
      boardDefects: type == .int8 && form.detail.isEmpty
        ? BoardDefect.allCases.filter { $0.builtin == form.builtin } : [])
    return cell.runs || cell.isOnDevice ? cell : nil
  }

  private static func prepared(_ graph: Graph, _ kernels: KernelSelection) -> PreparedOperator? {
    let context = OperatorContext(graph: graph, subgraph: 0, index: 0)
    return try? OperatorRegistry.prepare(context, kernels: kernels)
  }
}

extension BoardDefect {
  /// The operator whose kernel has the defect.
  var builtin: BuiltinOperator {
    switch self {
    case .shortPadding, .clobberedPixel: .conv2D
    case .oddSixteens: .fullyConnected
    case .squareRows: .averagePool2D
    case .shiftedMaximum: .softmax
    case .wholeInput, .widenedInput, .codedPadding: .depthwiseConv2D
    case .leftover: .mul
    }
  }
}
