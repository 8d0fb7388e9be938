import AssayModel
import AssayRuntime
import Testing

struct `An operator that moves elements is refused` {
  static let reducing = OperatorOptions.reducer(keepDimensions: false)

  static let shapes: [Refused] = [
    Refused("holds 5 elements, the input 6", .steered(.reshape, [2, 3], to: [5], by: [5])),
    Refused("shape [7] does not hold 6 elements", .steered(.reshape, [2, 3], to: [6], by: [7])),
    Refused("shape [-1, -1] does not hold 6", .steered(.reshape, [2, 3], to: [6], by: [-1, -1])),
    Refused("shape [-2, -3] is not a shape", .steered(.reshape, [2, 3], to: [6], by: [-2, -3])),
    Refused(
      "is not a shape", .steered(.reshape, [2, 3], to: [6], by: Array(repeating: .max, count: 4))),
    Refused("dimension 1 is 3, not 1", .steered(.squeeze, with: .squeeze(dimensions: [1]), [1, 3], to: [3])),
    Refused(
      "axis 5 is outside a rank of 2", .steered(.squeeze, with: .squeeze(dimensions: [5]), [1, 3], to: [3])),
    Refused(
      "output has shape [1, 3], expected [3]",
      .steered(.squeeze, with: .squeeze(dimensions: [0]), [1, 3], to: [1, 3])),
    Refused("axis 3 is outside a rank of 3", .steered(.expandDims, [2, 3], to: [2, 3, 1], by: [3])),
    Refused("axis -100000 is outside", .steered(.expandDims, [2, 3], to: [1, 2, 3], by: [-100000])),
    Refused("output has shape [2, 3], not [2, 1, 3]", .steered(.expandDims, [2, 3], to: [2, 3], by: [1])),
    Refused("does not broadcast to [2, 4]", .steered(.broadcastTo, [2, 3], to: [2, 4], by: [2, 4])),
    Refused("[0, 0] is not a permutation of 2 axes", .steered(.transpose, [2, 3], to: [2, 2], by: [0, 0])),
    Refused("output has shape [2, 3], not [3, 2]", .steered(.transpose, [2, 3], to: [2, 3], by: [1, 0])),
    Refused("axis 2 is outside a rank of 2", .steered(.reverseV2, [2, 3], to: [2, 3], by: [2])),
  ]

  @Test(arguments: shapes)
  func `where shapes disagree`(_ refused: Refused) { refused.check() }

  static let slices: [Refused] = [
    Refused("stride 0 on axis 1", .stridedSlice([0, 0, 0], [2, 3, 4], [1, 0, 1], to: [2, 3, 4])),
    Refused(
      "index 2 is outside axis 0 of 2",
      .stridedSlice([2, 0, 0], [3, 3, 4], [1, 1, 1], to: [3, 4], shrink: 1)),
    Refused(
      "index -3 is outside axis 0 of 2",
      .stridedSlice([-3, 0, 0], [3, 3, 4], [1, 1, 1], to: [3, 4], shrink: 1)),
    Refused(
      "output has shape [2, 3, 4], not [1, 3, 4]",
      .stridedSlice([1, 0, 0], [9, 3, 4], [1, 1, 1], to: [2, 3, 4])),
    Refused(
      "begin, end and strides need 3 values each", .stridedSlice([0, 0], [2, 3], [1, 1], to: [2, 3, 4])),
    Refused(
      "TFLite Micro ignores them",
      .stridedSlice([0, 0, 0], [2, 3, 4], [1, 1, 1], to: [2, 3, 4], ellipsis: 1)),
    Refused("begin 3 is outside 2", .steered(.slice, [2], to: [1], by: [3], [1])),
    Refused("size 3 from 1 exceeds 2", .steered(.slice, [2], to: [3], by: [1], [3])),
    Refused("padding [-1, 0] is negative", .steered(.pad, [2], to: [1], by: [-1, 0])),
    Refused("the paddings do not give it", .steered(.pad, [2], to: [5], by: [1, 1])),
    Refused("1 paddings for 1 dimensions", .steered(.pad, [2], to: [2], by: [1])),
    Refused(
      "axis 0 of 2 is too short",
      .steered(.mirrorPad, with: .mirrorPad(reflect: true), [2], to: [4], by: [2, 0])),
  ]

  static func update(_ part: [Int], at start: [Int32]) -> SingleOperator {
    var result = SingleOperator(
      .dynamicUpdateSlice, .none, inputs: [.quantized(.int8, [2, 3]), .quantized(.int8, part)],
      output: .quantized(.int8, [2, 3]))
    result.setZeroConstants()
    result.appendControl(start)
    return result
  }

  static let updates: [Refused] = [
    Refused("an update of shape [2, 4] does not fit [2, 3]", update([2, 4], at: [0, 0])),
    Refused("an update of shape [2] does not fit [2, 3]", update([2], at: [0, 0])),
    Refused("start needs 2 values", update([1, 1], at: [0])),
  ]

  @Test(arguments: updates)
  func `where an update does not fit`(_ refused: Refused) { refused.check() }

  @Test(arguments: [([0, 0], 0), ([1, 2], 5), ([9, -9], 3), ([.min, .max], 2)] as [([Int32], Int)])
  func `but an update that starts outside is moved inside`(_ start: [Int32], _ place: Int) throws {
    let codes: [Int8] = [1, 2, 3, 4, 5, 6]
    var expected = codes
    expected[place] = 0
    #expect(try Self.update([1, 1], at: start).run([codes]) == [expected])
  }

  @Test(arguments: slices)
  func `where a slice or border reaches outside`(_ refused: Refused) { refused.check() }

  static let axes: [Refused] = [
    Refused("axis 4 is outside a rank of 2", .steered(.mean, with: reducing, [2, 3], to: [2], by: [4])),
    Refused(
      "output has shape [3], the axes leave [2, 1]", .steered(.sum, with: reducing, [2, 3], to: [3], by: [1])),
    Refused("input of shape [0, 3] is empty", .steered(.mean, with: reducing, [0, 3], to: [3], by: [0])),
    Refused(
      "input and output differ in scale", .steered(.reduceMax, with: reducing, [2, 3], to: [2], by: [1])
    ) {
      $0.output.quantization?.scales = [2]
    },
    Refused("MEAN on int32", .steered(.mean, with: reducing, [2, 3], to: [2], by: [1], type: .int32)),
    Refused(
      "axis 2 is outside a rank of 2",
      .steered(.argMax, with: .argMinMax(output: .int32), [2, 3], to: [2], by: [2])
    ) {
      $0.output.type = .int32
    },
    Refused(
      "ARG_MAX to int64", .steered(.argMax, with: .argMinMax(output: .int64), [2, 3], to: [2], by: [1])
    ) {
      $0.output.type = .int64
    },
    Refused(
      "2 axes, expected 1", .steered(.argMin, with: .argMinMax(output: .int32), [2, 3], to: [2], by: [0, 1])
    ) {
      $0.output.type = .int32
    },
    Refused(
      "axis -3 is outside",
      .steered(.cumsum, with: .cumsum(exclusive: false, reverse: false), [2, 3], to: [2, 3], by: [-3])),
  ]

  @Test(arguments: axes)
  func `where an axis is not there`(_ refused: Refused) { refused.check() }

  static let blocks: [Refused] = [
    Refused(
      "block size 0 is not between",
      .steered(.spaceToDepth, with: .spaceDepth(blockSize: 0), [1, 2, 2, 1], to: [1, 1, 1, 4])),
    Refused(
      "do not fit a block of 2",
      .steered(.depthToSpace, with: .spaceDepth(blockSize: 2), [1, 1, 1, 3], to: [1, 2, 2, 1])),
    Refused(
      "block [0, 1] is not between",
      .steered(.spaceToBatchNd, [1, 2, 2, 1], to: [1, 2, 2, 1], by: [0, 1], [0, 0, 0, 0])),
    Refused(
      "do not fit a block of [2, 2]",
      .steered(.batchToSpaceNd, [3, 1, 1, 1], to: [1, 2, 2, 1], by: [2, 2], [0, 0, 0, 0])),
    Refused(
      "crops [0, 0, 0, 1] do not fit",
      .steered(.batchToSpaceNd, [4, 1, 1, 1], to: [1, 2, 2, 1], by: [2, 2], [0, 0, 0, 1])),
    Refused(
      "size [3, 3] is not the output's 4 x 4",
      .steered(
        .resizeBilinear, with: .resize(alignCorners: false, halfPixelCenters: false), [1, 2, 2, 1],
        to: [1, 4, 4, 1], by: [3, 3])),
    Refused(
      "are not between 1 and 32767",
      .steered(
        .resizeNearestNeighbor, with: .resize(alignCorners: false, halfPixelCenters: false), [1, 2, 0, 1],
        to: [1, 4, 4, 1],
        by: [4, 4])),
    Refused(
      "batch dimensions do not fit",
      .steered(.gather, with: .gather(axis: 0, batchDimensions: 1), [2, 3], to: [2, 3], by: [0, 1])),
    Refused(
      "output has shape [3], expected [2, 3]",
      .steered(.gather, with: .gather(axis: 0, batchDimensions: 0), [2, 3], to: [3], by: [0, 1])),
  ]

  @Test(arguments: blocks)
  func `where blocks, sizes or indices do not fit`(_ refused: Refused) { refused.check() }

  static func joined(_ first: [Int], _ second: [Int], axis: Int, to output: [Int]) -> SingleOperator {
    var result = SingleOperator(
      .concatenation, .concatenation(axis: axis, .none),
      inputs: [.quantized(.int8, first), .quantized(.int8, second)],
      output: .quantized(.int8, output))
    result.setZeroConstants()
    return result
  }

  static func split(_ count: Int, of extent: Int, axis: Int32, into part: Int) -> SingleOperator {
    var result = SingleOperator(
      .split, .split(count: count), inputs: [.plain(.int32, [1]), .quantized(.int8, [extent])],
      output: .quantized(.int8, [part]))
    result.furtherOutputs = Array(repeating: .quantized(.int8, [part]), count: max(0, count - 1))
    result.feeds = 1
    result.setConstant(0, LittleEndian.bytes([axis]))
    return result
  }

  static let joints: [Refused] = [
    Refused("does not fit [2, 5] along axis 1", joined([2, 3], [3, 2], axis: 1, to: [2, 5])),
    Refused("the parts are 5 long, the whole 6", joined([2, 3], [2, 2], axis: 1, to: [2, 6])),
    Refused("axis 2 is outside a rank of 2", joined([2, 3], [2, 2], axis: 2, to: [2, 5])),
    Refused("which TFLite Micro refuses", joined([2, 3], [2, 2], axis: 1, to: [2, 5])) {
      $0.options = .concatenation(axis: 1, .relu)
    },
    Refused("5 elements do not split into 2", split(2, of: 5, axis: 0, into: 2)),
    Refused("axis 7 is outside a rank of 1", split(2, of: 4, axis: 7, into: 2)),
    Refused("are not equal parts of 4", split(2, of: 4, axis: 0, into: 3)),
    Refused("has 1 outputs, expected 0", split(0, of: 4, axis: 0, into: 4)),
  ]

  @Test(arguments: joints)
  func `where parts do not make the whole`(_ refused: Refused) { refused.check() }
}
