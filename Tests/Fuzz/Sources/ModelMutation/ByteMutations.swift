import AssayTestSupport

/// Damage below the schema: offsets, vtables, vector lengths, bits, lost and moved bytes.
enum ByteMutations {
  static func applyOne(_ bytes: inout [UInt8], sites: [FlatSite], _ random: inout SeededGenerator) {
    guard bytes.count > 8 else { return }
    switch Int.random(in: 0..<10, using: &random) {
    case 0...4: damage(&bytes, sites, &random)
    case 5: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
    case 6: flip(&bytes, &random)
    case 7: overwrite(&bytes, &random)
    case 8: move(&bytes, &random)
    default: lose(&bytes, &random)
    }
  }

  /// Puts a wrong number where the container keeps one of its own.
  private static func damage(_ bytes: inout [UInt8], _ sites: [FlatSite], _ random: inout SeededGenerator) {
    guard let site = sites.randomElement(using: &random), site.position + site.size <= bytes.count else {
      return
    }
    let other = sites.randomElement(using: &random) ?? site
    let number: Int64 =
      switch Int.random(in: 0..<4, using: &random) {
      case 0: Int64(Interesting.int32(&random))
      // An offset to where another table or vector begins: the right place for the wrong thing.
      case 1: Int64(other.position - site.position)
      case 2: Int64.random(in: 0...64, using: &random)
      default: Int64.random(in: -8...Int64(bytes.count), using: &random)
      }
    bytes.replaceSubrange(
      site.position..<site.position + site.size, with: littleEndian(number).prefix(site.size))
  }

  private static func flip(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    let index = Int.random(in: bytes.indices, using: &random)
    bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
  }

  private static func overwrite(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    let index = Int.random(in: 0...(bytes.count - 4) / 4, using: &random) * 4
    bytes.replaceSubrange(index..<index + 4, with: littleEndian(Interesting.int32(&random)))
  }

  private static func move(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    let count = Int.random(in: 1...min(64, bytes.count - 8), using: &random)
    let from = Int.random(in: 0...bytes.count - count, using: &random)
    let to = Int.random(in: 0...bytes.count - count, using: &random)
    bytes.replaceSubrange(to..<to + count, with: Array(bytes[from..<from + count]))
  }

  private static func lose(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    let count = 4 * Int.random(in: 1...min(8, (bytes.count - 8) / 4 + 1), using: &random)
    let from = Int.random(in: 0...max(0, bytes.count - count), using: &random)
    bytes.removeSubrange(from..<min(from + count, bytes.count))
  }
}
