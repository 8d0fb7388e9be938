internal import AssayModel

/// Small ExecuTorch programs that many tests start from.
public enum SamplePrograms {
  /// Convolution, ReLU, a view that shares memory, a linear layer and a concatenation.
  public static func network() -> ProgramWriter {
    var program = ProgramWriter()
    let x = program.input(.float32, [1, 2, 4, 4])
    let filter = program.constant(.float32, [2, 2, 3, 3], floats(36))
    let bias = program.constant(.float32, [2], floats(2))
    let (one, none, no) = (program.ints([1, 1]), program.ints([0, 0]), program.bool(false))
    let (groups, pads) = (program.int(1), program.ints([1, 1]))
    let map = program.tensor(.float32, [1, 2, 4, 4])
    program.call(
      "aten::convolution", "out", [x, filter, bias, one, pads, one, no, none, groups, map, map])
    let positive = program.tensor(.float32, [1, 2, 4, 4], at: 256)
    program.call("aten::relu", "out", [map, positive, positive])
    let flat = program.tensor(.float32, [1, 32], at: 256)
    let (weights, shift) = (
      program.constant(.float32, [32, 3], floats(96)), program.constant(.float32, [3], floats(3))
    )
    let (alpha, beta) = (program.double(1), program.int(1))
    let logits = program.tensor(.float32, [1, 3], at: 0)
    program.call("aten::addmm", "out", [shift, flat, weights, beta, alpha, logits, logits])
    let (list, axis) = (program.tensors([logits, logits]), program.int(1))
    let twice = program.tensor(.float32, [1, 6], at: 64)
    program.call("aten::cat", "out", [list, axis, twice, twice])
    program.output(twice)
    return program
  }

  /// One kernel of one input and one output of the same shape.
  public static func unary(_ name: String = "aten::relu", shape: [Int] = [1, 4]) -> ProgramWriter {
    var program = ProgramWriter()
    let x = program.input(.float32, shape)
    let y = program.tensor(.float32, shape)
    program.call(name, "out", [x, y, y])
    program.output(y)
    return program
  }

  /// `count` small floats, little-endian.
  public static func floats(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { littleEndian((Float(($0 * 37 + 11) % 64) / 32 - 1).bitPattern) }
  }
}
