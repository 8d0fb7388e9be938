/// Whether a tensor moves at all, and which of its channels do, over the samples of a run.
public struct TensorActivity: Sendable, Hashable {
  /// Size of the last axis.
  public let channels: Int
  public private(set) var samples = 0
  /// Whether any sample differed from the first.
  public private(set) var changes = false
  private var first: [Float] = []
  private var lowest: [Float]
  private var highest: [Float]
  private var sawNaN: [Bool]

  /// - Parameter channels: at least 1; elements are channels-last, as the device keeps them.
  public init(channels: Int) {
    self.channels = max(1, channels)
    lowest = [Float](repeating: .infinity, count: self.channels)
    highest = [Float](repeating: -.infinity, count: self.channels)
    sawNaN = [Bool](repeating: false, count: self.channels)
  }

  /// Adds one sample of real values.
  public mutating func add(_ values: Span<Float>) {
    var copy: [Float] = []
    copy.reserveCapacity(values.count)
    for index in values.indices { copy.append(values[index]) }
    add(copy)
  }

  /// Adds one sample of codes.
  public mutating func add(codes: Span<Int8>) {
    var copy: [Float] = []
    copy.reserveCapacity(codes.count)
    for index in codes.indices { copy.append(Float(codes[index])) }
    add(copy)
  }

  private mutating func add(_ values: [Float]) {
    samples += 1
    if samples == 1 { first = values } else if values != first { changes = true }
    for (index, value) in values.enumerated() {
      let channel = index % channels
      lowest[channel] = min(lowest[channel], value)
      highest[channel] = max(highest[channel], value)
      if value.isNaN { sawNaN[channel] = true }
    }
  }

  /// Appends what another tracker of the same tensor saw after this one.
  ///
  /// - Returns: false, and nothing is merged, when the numbers of channels differ.
  public mutating func merge(_ later: TensorActivity) -> Bool {
    guard channels == later.channels else { return false }
    if samples == 0 {
      self = later
      return true
    }
    guard later.samples > 0 else { return true }
    changes = changes || later.changes || first != later.first
    samples += later.samples
    for channel in 0..<channels {
      lowest[channel] = min(lowest[channel], later.lowest[channel])
      highest[channel] = max(highest[channel], later.highest[channel])
      sawNaN[channel] = sawNaN[channel] || later.sawNaN[channel]
    }
    return true
  }

  /// Whether every sample gave the same values; false for fewer than two samples, which cannot tell.
  public var isConstant: Bool { samples > 1 && !changes }

  /// Channels with a single value over all positions and samples, as a share of all channels.
  public var deadChannelShare: Double {
    let dead = (0..<channels).filter { lowest[$0] == highest[$0] && !sawNaN[$0] }
    return Double(dead.count) / Double(channels)
  }
}
