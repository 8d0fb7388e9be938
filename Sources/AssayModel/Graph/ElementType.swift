/// What one element of a tensor is.
///
/// The cases are the union of what `.tflite`, `.pte` and `.onnx` files can hold; whether a
/// runtime computes with a type is decided per operator, never here.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float32, float16, bfloat16, float64
  case int2, int4, int8, int16, int32, int64
  case uint4, uint8, uint16, uint32, uint64
  case bool, string, complex64, complex128, resource, variant

  /// Bytes of one element in memory; `nil` for types without a fixed size.
  ///
  /// `int4` counts one byte: the device's runtime unpacks it into a byte each and plans for that.
  /// Packed constants are measured with ``packedByteCount(elements:)``.
  public var byteSize: Int? {
    switch self {
    case .int2, .int4, .int8, .uint4, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32, .resource: 4
    case .float64, .int64, .uint64, .complex64: 8
    case .complex128: 16
    case .string, .variant: nil
    }
  }

  /// Bytes that `elements` elements take in a file, where `int4` is packed two to a byte.
  ///
  /// - Returns: `nil` when the type has no fixed size or the product overflows.
  public func packedByteCount(elements: Int) -> Int? {
    if self == .int4 || self == .uint4 { return elements / 2 + elements % 2 }
    if self == .int2 { return elements / 4 + (elements % 4 == 0 ? 0 : 1) }
    guard let size = byteSize else { return nil }
    let (bytes, overflow) = elements.multipliedReportingOverflow(by: size)
    return overflow ? nil : bytes
  }

  /// The range of codes of an integer type of up to 32 bits.
  public var codeRange: ClosedRange<Int>? {
    switch self {
    case .int2: -2...1
    case .int4: -8...7
    case .uint4: 0...15
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32768...32767
    case .uint16: 0...65535
    case .int32: Int(Int32.min)...Int(Int32.max)
    default: nil
    }
  }
}
