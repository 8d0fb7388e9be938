/// Bytes that a layer moves over the bus that flash and PSRAM share, and the time they take.
///
/// These are nanoseconds: they do not shrink when the processor's clock rises. Only what misses the
/// data cache counts.
struct MemoryTraffic: Sendable, Hashable {
  var flashBytes = 0.0
  var psramReadBytes = 0.0
  var psramWrittenBytes = 0.0

  var bytes: Double { flashBytes + psramReadBytes + psramWrittenBytes }
}

/// What flash, PSRAM and the cache of a target cost.
struct MemoryModel: Sendable {
  let target: Target

  func nanoseconds(_ traffic: MemoryTraffic) -> Double {
    traffic.flashBytes * flashNanosecondsPerByte
      + (traffic.psramReadBytes + 1.78 * traffic.psramWrittenBytes) * psramNanosecondsPerByte
  }

  /// A line is filled in one burst: address and dummy clocks, then 2, 4 or 16 bits each clock.
  /// For quad flash at 80 MHz this gives the measured 30 ns per byte.
  private var flashNanosecondsPerByte: Double {
    let bitsPerClock: Double
    let startClocks: Double
    switch target.flash.mode {
    case .qio: (bitsPerClock, startClocks) = (4, 12)
    case .qout: (bitsPerClock, startClocks) = (4, 32)
    case .dio: (bitsPerClock, startClocks) = (2, 26)
    case .dout: (bitsPerClock, startClocks) = (2, 40)
    case .opi: (bitsPerClock, startClocks) = (16, 20)
    }
    let line = Double(target.cache.lineBytes)
    let clocks = line * 8 / bitsPerClock + startClocks
    return clocks / line * 1e9 / Double(target.flash.clockHertz)
  }

  /// Measured on octal PSRAM at 80 MHz: 525 ns for a line of 32 bytes, 954 for one of 64. A quad bus
  /// is a quarter as wide per clock edge and pays about twice as much in all.
  private var psramNanosecondsPerByte: Double {
    guard let psram = target.psram else { return 0 }
    let line = Double(target.cache.lineBytes)
    let octal = (96 + 13.4 * line) / line * 80e6 / Double(psram.clockHertz)
    return psram.bus == .octal ? octal : 2 * octal
  }

  /// The share of a set of bytes that is fetched again on every walk through it: none while it fits
  /// the cache with room to spare, all once it is a quarter larger.
  func missShare(_ bytes: Double) -> Double {
    min(1, max(0, (bytes / Double(target.cache.dataBytes) - 0.75) / 0.5))
  }

  func traffic(_ layer: LayerBytes) -> MemoryTraffic {
    var traffic = MemoryTraffic()
    let walks = 1 + max(0, layer.weightWalks - 1) * missShare(layer.weights)
    switch target.placement.weights {
    case .flash: traffic.flashBytes = layer.weights * walks
    case .psram: traffic.psramReadBytes = layer.weights * walks
    case .internal: break
    }
    if target.placement.arena == .psram {
      let misses = missShare(layer.inputs + layer.outputs + layer.scratch)
      let inputWalks = 1 + max(0, layer.inputWalks - 1) * missShare(layer.inputs)
      traffic.psramReadBytes += (layer.inputs * inputWalks + layer.scratch) * misses
      traffic.psramWrittenBytes += (layer.outputs + layer.scratch) * misses
    }
    return traffic
  }
}

/// Bytes of a layer's operands and how often a kernel walks through them.
struct LayerBytes: Sendable, Hashable {
  var weights = 0.0
  var weightWalks = 1.0
  var inputs = 0.0
  var inputWalks = 1.0
  var outputs = 0.0
  var scratch = 0.0
}
