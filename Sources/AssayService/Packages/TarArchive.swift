/// A `tar` archive (POSIX ustar) of plain files, without times or owners: the same files, the same bytes.
struct TarArchive {
  private var bytes: [UInt8] = []
  private static let blockBytes = 512

  /// Adds a file; the name has at most 100 bytes.
  mutating func add(_ name: String, _ data: [UInt8]) {
    bytes += Self.header(name, count: data.count)
    bytes += data
    pad(to: Self.blockBytes)
  }

  /// The whole archive, ended by two empty blocks.
  consuming func finish() -> [UInt8] {
    bytes += [UInt8](repeating: 0, count: 2 * Self.blockBytes)
    return bytes
  }

  private mutating func pad(to multiple: Int) {
    let over = bytes.count % multiple
    if over > 0 { bytes += [UInt8](repeating: 0, count: multiple - over) }
  }

  private static func header(_ name: String, count: Int) -> [UInt8] {
    var header: [UInt8] = []
    func field(_ text: String, _ width: Int) {
      let utf8 = Array(text.utf8.prefix(width))
      header += utf8 + [UInt8](repeating: 0, count: width - utf8.count)
    }
    field(name, 100)
    for text in ["0000644", "0000000", "0000000"] { field(text, 8) }
    for number in [count, 0] { field(octal(number, digits: 11), 12) }
    // The checksum is computed with its own field full of spaces.
    field("        ", 8)
    field("0", 1)
    field("", 100)
    field("ustar", 6)
    field("00", 2)
    field("", blockBytes - header.count)
    let sum = header.reduce(0) { $0 + Int($1) }
    let checksum = Array(octal(sum, digits: 6).utf8) + [0, 0x20]
    header.replaceSubrange(148..<156, with: checksum)
    return header
  }

  private static func octal(_ value: Int, digits: Int) -> String {
    let text = String(value, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
