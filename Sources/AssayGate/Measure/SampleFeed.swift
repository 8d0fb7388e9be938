public import AssayModel
public import AssayRecording
import AssayRuntime

/// Recorded inputs brought to the types and layout of one model.
public struct SampleFeed: Sendable {
  /// How strictly recordings must match the model.
  public enum Matching: Sendable {
    /// Each array has the tensor's own dtype and shape: `assay run`.
    case exact
    /// Real values are quantised by the model's own scale; codes are read with the quantisation of
    /// the given tensors (the candidate's inputs) and brought over.
    case realValues(codesOf: [Tensor])
  }

  public let count: Int
  private let recording: ModelRecording?
  private let tensors: [Tensor]
  /// What a recorded element is, where it is not the tensor's own type and layout.
  private let sources: [Tensor?]
  private let permutation: [Int]?

  /// - Throws: `GateError.unusable` naming file and array: missing, of another dtype or shape.
  public init(
    _ recording: ModelRecording, model: LoadedModel, matching: Matching, permutation: [Int]? = nil
  ) throws(GateError) {
    let tensors = model.inputs
    guard recording.inputs.count >= tensors.count else {
      let found = ReportText.count(recording.inputs.count, "input")
      throw GateError(.unusable, "\(recording.file): \(found), \(model.path) takes \(tensors.count)")
    }
    var sources: [Tensor?] = []
    for (index, tensor) in tensors.enumerated() {
      let array = recording.inputs[index]
      try Self.checkShape(array, tensor, recording.file, permutation)
      sources.append(try Self.source(array, index, tensor, recording.file, matching))
    }
    guard recording.sampleCount > 0 else { throw GateError(.unusable, "\(recording.file): no samples") }
    self.recording = recording
    self.sources = sources
    self.permutation = permutation
    self.tensors = tensors
    count = recording.sampleCount
  }

  /// One sample of zero codes, real zero for floats.
  public init(zerosFor model: LoadedModel) {
    count = 1
    recording = nil
    sources = []
    permutation = nil
    tensors = model.inputs
  }

  /// Hands the first `limit` samples to `body`, in order, in blocks of `size`: large recordings are
  /// never in memory at once.
  func forEachBlock(
    of size: Int, limit: Int = .max, _ body: ([FedSample]) throws(GateError) -> Void
  ) throws(GateError) {
    guard let recording else {
      let zeros = tensors.map { [UInt8](repeating: 0, count: $0.byteCount) }
      return try body([FedSample(index: 0, isReset: false, inputs: zeros)])
    }
    do {
      let reader = try recording.samples()
      var block: [FedSample] = []
      var taken = 0
      while taken < limit, let sample = try reader.next() {
        block.append(FedSample(index: sample.index, isReset: sample.isReset, inputs: try converted(sample)))
        taken += 1
        if block.count == size {
          try body(block)
          block = []
        }
      }
      if !block.isEmpty { try body(block) }
    } catch let error as GateError {
      throw error
    } catch { throw GateError(.unusable, "\(error)") }
  }

  private func converted(_ sample: RecordedSample) throws(GateError) -> [[UInt8]] {
    var inputs: [[UInt8]] = []
    for (index, tensor) in tensors.enumerated() {
      let bytes = Array(sample.inputs[index])
      guard let source = sources[index] else {
        inputs.append(bytes)
        continue
      }
      let values = RealValues.decode(bytes.span, of: source) ?? []
      let ordered = permutation.map { Permutation.apply($0, to: values, shape: source.shape) } ?? values
      guard let fed = RealValues.encode(ordered, as: tensor) else {
        throw GateError(
          .unusable, "in_\(index): sample \(sample.index) cannot be represented as \(tensor.type)")
      }
      inputs.append(fed)
    }
    return inputs
  }

  // MARK: Checks

  private static func checkShape(
    _ array: ArrayDescription, _ tensor: Tensor, _ file: String, _ permutation: [Int]?
  ) throws(GateError) {
    let sample = Array(array.shape.dropFirst())
    let permuted = permutation.flatMap { axes in
      axes.sorted() == Array(sample.indices) ? axes.map { sample[$0] } : nil
    }
    guard (permutation == nil ? sample : permuted) == tensor.shape else {
      // Only a layout of the same extents can be declared away.
      let isTurned = permutation == nil && sample.sorted() == tensor.shape.sorted()
      let hint = isTurned ? "; declare another layout with permute_input (suite) or --permute-input" : ""
      throw GateError(
        .unusable,
        "\(file): \(array.name) has shape \(array.shape), the model takes [N] + \(tensor.shape)\(hint)")
    }
  }

  /// How recorded elements are to be read, `nil` where they are the tensor's own bytes.
  private static func source(
    _ array: ArrayDescription, _ index: Int, _ tensor: Tensor, _ file: String, _ matching: Matching
  ) throws(GateError) -> Tensor? {
    let mismatch = GateError(
      .unusable, "\(file): \(array.name) is \(array.type.rawValue), the model takes \(tensor.type)")
    guard let type = ElementType(rawValue: array.type.rawValue) else { throw mismatch }
    guard case .realValues(let candidate) = matching else {
      guard type == tensor.type else { throw mismatch }
      return nil
    }
    var source = tensor
    source.type = type
    source.shape = Array(array.shape.dropFirst())
    if array.type.isFloat {
      source.quantization = nil
    } else {
      // Codes: they are the candidate's own.
      guard candidate.indices.contains(index), candidate[index].type == type else { throw mismatch }
      source.quantization = candidate[index].quantization
    }
    let isOwn = type == tensor.type && source.quantization == tensor.quantization
    return isOwn && source.shape == tensor.shape ? nil : source
  }
}

/// One sample in a model's own types.
struct FedSample: Sendable {
  var index: Int
  /// Whether state is reset before it.
  var isReset: Bool
  /// Bytes by input.
  var inputs: [[UInt8]]
}

/// Reordering of axes.
enum Permutation {
  /// Elements of an array of `shape` with its axes in the order `axes`.
  static func apply<Element>(_ axes: [Int], to values: [Element], shape: [Int]) -> [Element] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    let target = axes.map { shape[$0] }
    var result: [Element] = []
    result.reserveCapacity(values.count)
    var position = [Int](repeating: 0, count: target.count)
    for _ in values.indices {
      let source = zip(position, axes).reduce(0) { $0 + $1.0 * strides[$1.1] }
      result.append(values[source])
      for axis in stride(from: target.count - 1, through: 0, by: -1) {
        position[axis] += 1
        if position[axis] < target[axis] { break }
        position[axis] = 0
      }
    }
    return result
  }
}
