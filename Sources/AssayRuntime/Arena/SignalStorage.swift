import AssayModel

/// Memory of the custom Signal operators (audio front ends) that TFLite Micro brings.
///
/// Their attributes lie in a format of their own, but what decides sizes (channels, length of the
/// transform) also shows in their output shapes. Operators that are not here are not modelled.
enum SignalStorage {
  static let operators: [String: OperatorStorage] = [
    "SignalEnergy": .init(data: 8),
    "SignalFftAutoScale": .init(),
    "SignalFilterBank": .init(data: 36),
    "SignalFilterBankLog": .init(data: 8),
    "SignalFilterBankSpectralSubtraction": .init(data: 44),
    "SignalFilterBankSquareRoot": .init(),
    "SignalPCAN": .init(data: 4),
    "SignalRfft": .init(data: 32),
    "SignalWindow": .init(data: 8),
  ]

  /// What an operator allocates beside its data structure when it initialises.
  static func buffers(_ context: OperatorContext) throws(ModelError) -> [CheckedSize] {
    guard case .custom(let name) = context.op.code else { return [] }
    switch name {
    // One 64-bit sum per channel and one for what lies below the first.
    case "SignalFilterBank": return [8 * (.product(try context.output(0).shape) + 1)]
    case "SignalFilterBankSpectralSubtraction": return [4 * .product(try context.output(0).shape)]
    case "SignalRfft":
      let (length, element) = try transform(context)
      return [transformState(length: length, element: element)]
    default: return []
    }
  }

  static func scratch(_ context: OperatorContext) throws(ModelError) -> [CheckedSize] {
    guard case .custom("SignalRfft") = context.op.code else { return [] }
    let (length, element) = try transform(context)
    return [CheckedSize(length) * CheckedSize(element)]
  }

  /// Points of the transform and bytes of an element: the output has half as many complex numbers,
  /// and one.
  private static func transform(_ context: OperatorContext) throws(ModelError) -> (length: Int, element: Int)
  {
    let numbers = try context.output(0).shape.last ?? 0
    let type = try context.input(0).type
    try context.require(
      (4...Int(Int32.max)).contains(numbers), "its output is no transform of 2 points or more")
    guard let element = type.byteSize, [.int16, .int32, .float32].contains(type) else {
      throw context.invalid("transforms int16, int32 or float32, not \(type.rawValue)")
    }
    return (2 * (numbers / 2 - 1), element)
  }

  /// KissFFT's tables for a real transform: its own structure (12), that of the complex transform
  /// of half the length (264 and one complex number per point), and three complex numbers for every
  /// two points.
  private static func transformState(length: Int, element: Int) -> CheckedSize {
    let points = length / 2
    let complex = CheckedSize(2 * element)
    return 12 + 264 + complex * CheckedSize(points) + complex * CheckedSize(points * 3 / 2)
  }
}
