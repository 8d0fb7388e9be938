/// The rules by which the arrays of a file are a model's recording.
struct RecordingLayout {
  let file: String
  let arrays: [ArrayDescription]

  static let extraNames: Set<String> = ["labels", "tags", "reset"]

  static func isTensor(_ name: String) -> Bool { index(name, "in_") != nil || index(name, "out_") != nil }

  /// 3 of `in_3`; not of `in_03`.
  private static func index(_ name: String, _ prefix: String) -> Int? {
    guard name.hasPrefix(prefix), let index = Int(name.dropFirst(prefix.utf8.count)), index >= 0,
      name == "\(prefix)\(index)"
    else { return nil }
    return index
  }

  /// The arrays `in_0`, `in_1`, ... without a gap.
  func tensors(_ prefix: String) throws(RecordingError) -> [ArrayDescription] {
    let found = arrays.filter { Self.index($0.name, prefix) != nil }
    var ordered: [ArrayDescription] = []
    for index in found.indices {
      guard let array = found.first(where: { $0.name == "\(prefix)\(index)" }) else {
        throw error(found[0].name, "\(prefix)\(index) is missing")
      }
      guard !array.type.isText else { throw error(array.name, "holds texts, not numbers") }
      ordered.append(array)
    }
    return ordered
  }

  /// N, the same of all `tensors`.
  func sampleCount(_ tensors: [ArrayDescription]) throws(RecordingError) -> Int {
    guard let first = tensors.first else { throw error(nil, "neither in_0 nor out_0 is in the file") }
    for tensor in tensors {
      guard let count = tensor.sampleCount else { throw error(tensor.name, "a single number, not samples") }
      guard count > 0 else { throw error(tensor.name, "no samples") }
      guard count == first.sampleCount else {
        throw error(tensor.name, "\(count) samples, but \(first.name) has \(first.sampleCount ?? 0)")
      }
    }
    return first.sampleCount ?? 0
  }

  func labels(_ extras: [RecordedArray], _ count: Int) throws(RecordingError) -> RecordedArray? {
    guard let labels = extras.first(where: { $0.name == "labels" }) else { return nil }
    guard labels.integers != nil else { throw error("labels", "\(labels.type.rawValue), not whole numbers") }
    try check(labels, count)
    return labels
  }

  func tags(_ extras: [RecordedArray], _ count: Int) throws(RecordingError) -> [String]? {
    guard let tags = extras.first(where: { $0.name == "tags" }) else { return nil }
    try check(tags, count)
    guard tags.shape.count == 1, let texts = tags.texts ?? tags.integers?.map(String.init) else {
      throw error("tags", "not one text or whole number a sample")
    }
    return texts
  }

  func resets(_ extras: [RecordedArray], _ count: Int) throws(RecordingError) -> [Bool]? {
    guard let reset = extras.first(where: { $0.name == "reset" }) else { return nil }
    try check(reset, count)
    guard reset.type == .bool, reset.shape.count == 1 else { throw error("reset", "not one bool a sample") }
    return reset.bytes.map { $0 != 0 }
  }

  /// Names that mean nothing; one that looks like a slip of the pen is an error instead.
  func ignoredNames() throws(RecordingError) -> [String] {
    let names = arrays.map(\.name).filter { !Self.isTensor($0) && !Self.extraNames.contains($0) }
    for name in names
    where ["in", "out", "label", "tag", "reset"].contains(where: { name.lowercased().hasPrefix($0) }) {
      throw error(name, "unknown array; allowed: in_0, in_1, ..., out_0, out_1, ..., labels, tags, reset")
    }
    return names
  }

  private func check(_ extra: RecordedArray, _ count: Int) throws(RecordingError) {
    guard extra.description.sampleCount == count else {
      let found = extra.description.sampleCount.map(String.init) ?? "no"
      throw error(extra.name, "\(found) samples, but the tensors have \(count)")
    }
  }

  private func error(_ array: String?, _ message: String) -> RecordingError {
    RecordingError(.mismatch, file: file, array: array, message)
  }
}
