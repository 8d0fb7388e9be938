/// Changes to the fields of a protobuf file, which stays well formed.
public struct ProtobufMutation {
  public var random: SeededGenerator
  /// Texts that stand in for others: operators, attributes, modes.
  private let texts: [String]

  public init(random: SeededGenerator, texts: [String]) {
    self.random = random
    self.texts = texts
  }

  private mutating func below(_ count: Int) -> Int {
    count > 0 ? Int.random(in: 0..<count, using: &random) : 0
  }

  /// Changes one thing somewhere below `fields`.
  public mutating func apply(to fields: inout [ProtobufField]) {
    guard !fields.isEmpty else {
      fields.append(.int(1 + below(20), Int(TroubleNumbers.integer(&random))))
      return
    }
    let deep = fields.indices.filter { !fields[$0].fields.isEmpty }
    let index = !deep.isEmpty && below(4) > 0 ? deep[below(deep.count)] : below(fields.count)
    switch below(30) {
    case 0: fields.remove(at: index)
    case 1: fields.insert(fields[index], at: below(fields.count))
    case 2: fields.swapAt(index, below(fields.count))
    case 3: fields[index].number = 1 + below(20)
    case 4: fields[index].value = fields[below(fields.count)].value
    default: change(&fields[index], in: fields)
    }
  }

  private mutating func change(_ field: inout ProtobufField, in siblings: [ProtobufField]) {
    switch field.value {
    case .message(var inner):
      apply(to: &inner)
      field.value = .message(inner)
    case .varint(let number):
      field.value = .varint(
        UInt64(bitPattern: TroubleNumbers.integer(near: Int64(bitPattern: number), &random)))
    case .fixed32: field.value = .fixed32(Float(TroubleNumbers.double(&random)).bitPattern)
    case .fixed64: field.value = .fixed64(TroubleNumbers.double(&random).bitPattern)
    case .bytes(var bytes):
      // Names are short and printable; anything else is data.
      if bytes.count < 40, bytes.allSatisfy({ (0x20..<0x7f).contains($0) }), below(4) > 0 {
        let other = siblings[below(siblings.count)].value
        if below(2) == 0, case .bytes(let name) = other { bytes = name } else { bytes = text() }
      } else if bytes.count >= 8, below(3) > 0 {
        let place = below(bytes.count / 8) * 8
        bytes.replaceSubrange(place..<place + 8, with: littleEndian(TroubleNumbers.integer(&random)))
      } else {
        TroubleNumbers.damage(&bytes, &random)
      }
      field.value = .bytes(bytes)
    }
  }

  private mutating func text() -> [UInt8] {
    texts.isEmpty ? Array("other".utf8) : Array(texts[below(texts.count)].utf8)
  }
}
