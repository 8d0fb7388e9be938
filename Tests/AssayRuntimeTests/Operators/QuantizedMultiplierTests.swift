import AssayKernels
import AssayModel
import Testing

@testable import AssayRuntime

/// A real factor and its fixed-point form.
struct MultiplierCase: Sendable {
  let real: Double
  let mantissa: Int32
  let shift: Int32

  init(_ real: Double, _ mantissa: Int32, _ shift: Int32) {
    self.real = real
    self.mantissa = mantissa
    self.shift = shift
  }
}

struct `A fixed-point multiplier` {
  static let cases: [MultiplierCase] = [
    MultiplierCase(0, 0, 0),
    MultiplierCase(1, 1 << 30, 1),
    MultiplierCase(0.5, 1 << 30, 0),
    MultiplierCase(-0.5, -(1 << 30), 0),
    MultiplierCase(0.75, 3 << 29, 0),
    MultiplierCase(1.0 / 3, 1_431_655_765, -1),
    // Just below a power of two the mantissa rounds up to it.
    MultiplierCase(1 - 0x1p-40, 1 << 30, 1),
    MultiplierCase(-1 + 0x1p-40, -(1 << 30), 1),
    // Half a unit of the mantissa rounds away from zero.
    MultiplierCase(0.5 + 0x1p-32, (1 << 30) + 1, 0),
    MultiplierCase(0x1p-32, 1 << 30, -31),
    MultiplierCase(0x1p-33, 0, 0),
    MultiplierCase(0x1p29, 1 << 30, 30),
    MultiplierCase(.leastNonzeroMagnitude, 0, 0),
  ]

  @Test(arguments: cases)
  func `has a mantissa of 31 bits and a power of two`(_ expected: MultiplierCase) throws {
    let multiplier = try #require(QuantizedMultiplier(real: expected.real))
    #expect(multiplier.mantissa == expected.mantissa)
    #expect(multiplier.shift == expected.shift)
  }

  @Test(arguments: [0x1p30, -0x1p30, 1e300, Double.infinity, -.infinity, .nan])
  func `does not exist for what the kernels cannot shift`(_ real: Double) {
    #expect(QuantizedMultiplier(real: real) == nil)
  }
}

struct `A window along one axis` {
  @Test func `with SAME padding covers every stride and pads the rest after`() {
    let axis = WindowAxis(input: 10, window: 4, stride: 3)
    #expect(axis.outputs(.same) == 4)
    #expect(axis.paddingBefore(outputs: 4) == 1)
  }

  @Test func `with VALID padding stays inside`() {
    #expect(WindowAxis(input: 10, window: 4, stride: 3).outputs(.valid) == 3)
    #expect(WindowAxis(input: 10, window: 3, stride: 1, dilation: 4).outputs(.valid) == 2)
    #expect(WindowAxis(input: 3, window: 4, stride: 1).outputs(.valid) == 0)
  }
}
