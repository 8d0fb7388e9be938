public import AssayModel
public import AssayRecording
import AssayRuntime

/// Recorded inputs, ready to be fed to one model sample by sample.
public struct SampleFeed: Sendable {
  /// How strictly recordings must match the model.
  public enum Matching: Sendable {
    /// Each array has the tensor's own dtype and shape: `assay run`.
    case exact
    /// Real values are quantised by the model's own scale, codes are read with the quantisation of
    /// the given tensors (the candidate's inputs) and brought over.
    case realValues(codesOf: [Tensor])
  }

  public let count: Int
  /// True where state is reset before the sample.
  public let resets: [Bool]
  private let arrays: [RecordedArray]
  private let tensors: [Tensor]
  /// What a recorded element is, where it is not the tensor's own type.
  private let sources: [Tensor?]
  private let permutation: [Int]?

  /// - Throws: `GateError.unusable` naming file and array: missing, of another dtype or shape, with
  ///   values that are not finite.
  public init(
    _ recording: Recording, file: String, model: LoadedModel, matching: Matching, permutation: [Int]? = nil
  ) throws(GateError) {
    var arrays: [RecordedArray] = []
    var sources: [Tensor?] = []
    for (index, tensor) in model.inputs.enumerated() {
      guard let array = recording["in_\(index)"] else {
        throw GateError(.unusable, "\(file): in_\(index) is missing; \(model.path) has \(ReportText.count(model.inputs.count, "input"))")
      }
      if let element = array.firstNonFinite {
        throw GateError(.unusable, "\(file): in_\(index): element \(element) is not a finite number")
      }
      try Self.checkShape(array, tensor, file, permutation)
      sources.append(try Self.source(array, index, tensor, file, matching))
      arrays.append(array)
    }
    count = arrays.first?.shape.first ?? 1
    guard arrays.allSatisfy({ $0.shape.first == arrays[0].shape.first }) else {
      throw GateError(.unusable, "\(file): the inputs have different numbers of samples")
    }
    guard count > 0 else { throw GateError(.unusable, "\(file): no samples") }
    resets = try Self.resets(recording, file, count)
    self.arrays = arrays
    self.sources = sources
    self.permutation = permutation
    tensors = model.inputs
  }

  /// One sample of zero codes, real zero for floats.
  public init(zerosFor model: LoadedModel) {
    count = 1
    resets = [false]
    arrays = []
    sources = []
    permutation = nil
    tensors = model.inputs
  }

  /// The bytes of sample `index` for input `input` of the model.
  public func bytes(sample index: Int, input: Int) throws(GateError) -> [UInt8] {
    let tensor = tensors[input]
    guard input < arrays.count else { return [UInt8](repeating: 0, count: tensor.byteCount) }
    let sample = Array(arrays[input].sample(index))
    guard let source = sources[input] else { return sample }
    guard let values = RealValues.decode(sample.span, of: source) else {
      throw GateError(.unusable, "in_\(input): \(source.type) values cannot be fed to \(tensor.type)")
    }
    let ordered = permutation.map { Permutation.apply($0, to: values, shape: source.shape) } ?? values
    guard let bytes = RealValues.encode(ordered, as: tensor) else {
      throw GateError(.unusable, "in_\(input): sample \(index) cannot be represented as \(tensor.type)")
    }
    return bytes
  }

  /// Real values of sample `index`, in the model's layout.
  public func values(sample index: Int, input: Int) throws(GateError) -> [Float] {
    let bytes = try bytes(sample: index, input: input)
    return RealValues.decode(bytes.span, of: tensors[input]) ?? []
  }

  // MARK: Checks

  private static func checkShape(
    _ array: RecordedArray, _ tensor: Tensor, _ file: String, _ permutation: [Int]?
  ) throws(GateError) {
    let sample = Array(array.shape.dropFirst())
    let permuted = permutation.flatMap { axes in
      axes.sorted() == Array(sample.indices) ? axes.map { sample[$0] } : nil
    }
    guard (permutation == nil ? sample : permuted) == tensor.shape else {
      throw GateError(
        .unusable,
        "\(file): \(array.name) has shape \(array.shape), the model takes [N] + \(tensor.shape)")
    }
  }

  private static func source(
    _ array: RecordedArray, _ index: Int, _ tensor: Tensor, _ file: String, _ matching: Matching
  ) throws(GateError) -> Tensor? {
    let type = ElementType(rawValue: array.type.rawValue)
    let mismatch = GateError(
      .unusable, "\(file): \(array.name) is \(array.type.rawValue), the model takes \(tensor.type)")
    guard case .realValues(let candidate) = matching else {
      guard type == tensor.type else { throw mismatch }
      return nil
    }
    guard let type else { throw mismatch }
    var source = tensor
    source.type = type
    source.shape = Array(array.shape.dropFirst())
    if type == .float32 || type == .float64 || type == .float16 {
      source.quantization = nil
      return type == tensor.type && tensor.quantization == nil ? nilUnlessPermuted(source, tensor) : source
    }
    // Codes: they are the candidate's own.
    guard candidate.indices.contains(index), candidate[index].type == type else { throw mismatch }
    source.quantization = candidate[index].quantization
    let same = type == tensor.type && source.quantization == tensor.quantization
    return same ? nilUnlessPermuted(source, tensor) : source
  }

  private static func nilUnlessPermuted(_ source: Tensor, _ tensor: Tensor) -> Tensor? {
    source.shape == tensor.shape ? nil : source
  }

  private static func resets(_ recording: Recording, _ file: String, _ count: Int) throws(GateError) -> [Bool] {
    guard let array = recording["reset"] else { return [Bool](repeating: false, count: count) }
    guard array.type.rawValue == "bool", array.shape == [count], let values = array.integers else {
      throw GateError(.unusable, "\(file): reset is \(array.type.rawValue) \(array.shape), not bool [\(count)]")
    }
    return values.map { $0 != 0 }
  }
}

/// Reordering of axes.
enum Permutation {
  /// Elements of an array of `shape` with its axes in the order `axes`.
  static func apply<Element>(_ axes: [Int], to values: [Element], shape: [Int]) -> [Element] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * shape[axis + 1] }
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
