import AssayModel
import AssayTestSupport

/// Changes to a model's meaning: the container stays well formed, so that the damage reaches what
/// lies behind the first checks.
struct TreeMutations {
  var root: FlatTableValue
  let donor: FlatTableValue
  var random: SeededGenerator

  mutating func applyOne() {
    switch below(15) {
    case 0: changeShape(keepingBytes: true)
    case 1: changeShape(keepingBytes: false)
    case 2: changeType()
    case 3, 4: changeQuantization()
    case 5, 6: changeOperand()
    case 7, 8: changeOption()
    case 9: changeOperatorCode()
    case 10: changeOperators()
    case 11, 12: changeConstant()
    case 13: changeScalar()
    default: splice()
    }
  }

  func isEmpty(_ slot: Int, in subgraph: Int) -> Bool { root[2].tables[subgraph][slot].tables.isEmpty }

  mutating func below(_ count: Int) -> Int { count > 0 ? Int.random(in: 0..<count, using: &random) : 0 }
  mutating func chance(_ one: Int) -> Bool { below(one) == 0 }

  /// A subgraph, and a member of one of its vectors of tables; `nil` where there is none.
  mutating func pick(_ slot: Int) -> (subgraph: Int, index: Int)? {
    guard !root[2].tables.isEmpty else { return nil }
    let subgraph = below(root[2].tables.count)
    let count = root[2].tables[subgraph][slot].tables.count
    return count > 0 ? (subgraph, below(count)) : nil
  }
}

// MARK: - Tensors

extension TreeMutations {
  /// Changes a dimension; the constant's bytes follow, or contradict.
  private mutating func changeShape(keepingBytes: Bool) {
    guard let place = pick(0) else { return }
    var tensor = root[2].tables[place.subgraph][0].tables[place.index]
    guard case .int32s(var shape)? = tensor.fields[0] else { return }
    switch below(5) {
    case 0 where !shape.isEmpty: shape[below(shape.count)] = Interesting.int32(&random)
    case 1 where !shape.isEmpty: shape[below(shape.count)] &+= chance(2) ? 1 : -1
    case 2 where shape.count > 1: shape.swapAt(below(shape.count), below(shape.count))
    case 3 where !shape.isEmpty: shape.remove(at: below(shape.count))
    default: shape.insert(chance(2) ? 1 : 2, at: below(shape.count + 1))
    }
    tensor[0] = .int32s(shape)
    root[2].tables[place.subgraph][0].tables[place.index] = tensor
    if !keepingBytes { fitBuffer(of: tensor) }
  }

  private mutating func changeType() {
    guard let place = pick(0) else { return }
    let types: [UInt8] = [0, 2, 3, 4, 6, 7, 9, 9, 17, 13, 1, 5, 10, 19, 21, 255]
    var tensor = root[2].tables[place.subgraph][0].tables[place.index]
    tensor[1] = .uint8(types[below(types.count)])
    if chance(8) { tensor[5] = .uint8(1) }
    root[2].tables[place.subgraph][0].tables[place.index] = tensor
    if chance(2) { fitBuffer(of: tensor) }
  }

  /// Gives a constant as many bytes as its shape and type now take.
  private mutating func fitBuffer(of tensor: FlatTableValue) {
    guard case .int32s(let shape)? = tensor.fields[0], case .int32(let buffer)? = tensor.fields[2],
      root[4].tables.indices.contains(Int(buffer)),
      case .bytes(let old)? = root[4].tables[Int(buffer)].fields[0], !old.isEmpty
    else { return }
    let widths: [UInt8: Int] = [0: 4, 2: 4, 4: 8, 7: 2, 1: 2, 10: 8]
    var count = 1
    if case .uint8(let type)? = tensor.fields[1] { count = widths[type] ?? 1 } else { count = 4 }
    for dimension in shape {
      guard dimension >= 0, count * Int(dimension) <= 1 << 20 else { return }
      count *= Int(dimension)
    }
    root[4].tables[Int(buffer)][0] = .bytes((0..<count).map { old[$0 % old.count] })
  }

  private mutating func changeQuantization() {
    guard let place = pick(0) else { return }
    var table = root[2].tables[place.subgraph][0].tables[place.index][4].table
    var scales: [Float] = []
    var zeroPoints: [Int64] = []
    if case .floats(let found)? = table.fields[2] { scales = found }
    if case .int64s(let found)? = table.fields[3] { zeroPoints = found }
    switch below(7) {
    case 0 where !scales.isEmpty:
      scales[below(scales.count)] = Interesting.floats[below(Interesting.floats.count)]
    case 1 where !zeroPoints.isEmpty: zeroPoints[below(zeroPoints.count)] = Int64(Interesting.int32(&random))
    case 2 where !scales.isEmpty: scales[0] *= chance(2) ? 1e-6 : 1e6
    case 3: scales = scales.dropLast()
    case 4: (scales, zeroPoints) = ([0.5], [0])
    case 5: table[6] = .int32(Interesting.int32(&random))
    default:
      let count = below(5)
      (scales, zeroPoints) = (Array(repeating: 0.25, count: count), Array(repeating: 0, count: count))
    }
    table[2] = .floats(scales)
    table[3] = .int64s(zeroPoints)
    if chance(10) { table.fields[chance(2) ? 2 : 3] = nil }
    root[2].tables[place.subgraph][0].tables[place.index][4] = .table(table)
  }

  /// Changes the contents of a constant: axes, shapes, paddings and indices are numbers in there.
  private mutating func changeConstant() {
    let filled = root[4].tables.indices.filter {
      if case .bytes(let bytes)? = root[4].tables[$0].fields[0] { !bytes.isEmpty } else { false }
    }
    guard !filled.isEmpty else { return }
    // Small constants steer operators, large ones are weights.
    let small = filled.filter {
      if case .bytes(let bytes)? = root[4].tables[$0].fields[0] { bytes.count <= 32 } else { false }
    }
    let index = !small.isEmpty && !chance(4) ? small[below(small.count)] : filled[below(filled.count)]
    guard case .bytes(var bytes)? = root[4].tables[index].fields[0] else { return }
    if chance(12) {
      root[4].tables[index].fields[0] = nil
      return
    }
    if bytes.count >= 4 {
      let word = below(bytes.count / 4) * 4
      bytes.replaceSubrange(word..<word + 4, with: littleEndian(Interesting.int32(&random)))
    } else {
      bytes[below(bytes.count)] = UInt8(below(256))
    }
    root[4].tables[index][0] = .bytes(bytes)
  }
}

// MARK: - Operators

extension TreeMutations {
  private mutating func changeOperand() {
    guard let place = pick(3) else { return }
    let slot = chance(3) ? 2 : 1
    var op = root[2].tables[place.subgraph][3].tables[place.index]
    guard case .int32s(var operands)? = op.fields[slot] else { return }
    let tensors = root[2].tables[place.subgraph][0].tables.count
    switch below(5) {
    case 0, 1:
      guard !operands.isEmpty else { return }
      operands[below(operands.count)] = chance(6) ? Interesting.int32(&random) : Int32(below(tensors))
    case 2 where operands.count > 1: operands.swapAt(below(operands.count), below(operands.count))
    case 3 where !operands.isEmpty: operands.remove(at: below(operands.count))
    default: operands.append(chance(3) ? -1 : Int32(below(tensors)))
    }
    op[slot] = .int32s(operands)
    root[2].tables[place.subgraph][3].tables[place.index] = op
  }

  private mutating func changeOption() {
    guard let place = pick(3) else { return }
    var op = root[2].tables[place.subgraph][3].tables[place.index]
    if chance(10) { op[3] = .uint8(UInt8(below(128))) }
    var options = op[4].table
    let slot = options.fields.keys.sorted().randomElement(using: &random) ?? below(6)
    switch options.fields[slot] {
    case .uint8?: options[slot] = .uint8(UInt8(below(8)))
    case .int32s?: options[slot] = .int32s((0..<below(6)).map { _ in Interesting.int32(&random) })
    case .string?: options[slot] = .string("other")
    default:
      options[slot] = .int32(
        chance(3)
          ? Int32(bitPattern: Interesting.floats[below(Interesting.floats.count)].bitPattern)
          : Interesting.int32(&random))
    }
    if chance(12) { options.fields[slot] = nil }
    op[4] = .table(options)
    root[2].tables[place.subgraph][3].tables[place.index] = op
  }

  /// Another operator on the same operands; its options may then be those of another.
  private mutating func changeOperatorCode() {
    guard !root[1].tables.isEmpty else { return }
    let index = below(root[1].tables.count)
    let number = chance(12) ? Interesting.int32(&random) : Int32(below(BuiltinOperator.allCases.count))
    root[1].tables[index][0] = .uint8(UInt8(clamping: min(number, 127)))
    root[1].tables[index][3] = .int32(number)
    if chance(2) {
      for subgraph in root[2].tables.indices {
        for op in root[2].tables[subgraph][3].tables.indices {
          root[2].tables[subgraph][3].tables[op][3] = .uint8(0)
        }
      }
    }
  }

  /// Loses, doubles or swaps operators and their codes.
  private mutating func changeOperators() {
    guard let place = pick(3) else { return }
    var operators = root[2].tables[place.subgraph][3].tables
    switch below(4) {
    case 0: operators.remove(at: place.index)
    case 1: operators.insert(operators[place.index], at: below(operators.count))
    case 2: operators.swapAt(place.index, below(operators.count))
    default: operators[place.index][0] = .int32(Int32(below(root[1].tables.count + 1)))
    }
    root[2].tables[place.subgraph][3] = .tables(operators)
  }

  /// Indices of inputs, outputs, buffers, subgraphs; versions; whole fields lost.
  private mutating func changeScalar() {
    guard let place = pick(0) else { return }
    switch below(6) {
    case 0: root[2].tables[place.subgraph][chance(2) ? 1 : 2] = .int32s([Interesting.int32(&random)])
    case 1:
      root[2].tables[place.subgraph][0].tables[place.index][2] = .int32(
        Int32(below(root[4].tables.count + 1)))
    case 2: root[2].tables.append(root[2].tables[place.subgraph])
    case 3: root.fields[below(7)] = nil
    case 4: root[2].tables[place.subgraph].fields[below(5)] = nil
    default: root[2].tables[place.subgraph][0].tables[place.index].fields[below(8)] = nil
    }
  }

  /// An operator of another model, with the tensors and constants it names.
  private mutating func splice() {
    guard !root[2].tables.isEmpty, let source = donor[2].tables.first, !source[3].tables.isEmpty else {
      return
    }
    var op = source[3].tables[below(source[3].tables.count)]
    let firstTensor = root[2].tables[0][0].tables.count
    let firstBuffer = Int32(root[4].tables.count)
    root[4] = .tables(root[4].tables + donor[4].tables)
    root[2].tables[0][0] = .tables(
      root[2].tables[0][0].tables
        + source[0].tables.map { tensor in
          var tensor = tensor
          if case .int32(let buffer)? = tensor.fields[2] { tensor[2] = .int32(buffer &+ firstBuffer) }
          return tensor
        })
    if case .int32(let code)? = op.fields[0] {
      op[0] = .int32(code &+ Int32(root[1].tables.count))
    } else {
      op[0] = .int32(Int32(root[1].tables.count))
    }
    root[1] = .tables(root[1].tables + donor[1].tables)
    for slot in [1, 2] {
      guard case .int32s(let operands)? = op.fields[slot] else { continue }
      op[slot] = .int32s(
        operands.map { $0 < 0 || chance(4) && $0 < firstTensor ? $0 : $0 &+ Int32(firstTensor) })
    }
    root[2].tables[0][3] = .tables(root[2].tables[0][3].tables + [op])
    // What the spliced operator reads has to come from somewhere.
    if chance(2), case .int32s(let inputs)? = root[2].tables[0].fields[1],
      case .int32s(let more)? = op.fields[1],
      case .int32s(let results)? = op.fields[2]
    {
      root[2].tables[0][1] = .int32s(inputs + more.prefix(1))
      root[2].tables[0][2] = .int32s(results)
    }
  }
}
