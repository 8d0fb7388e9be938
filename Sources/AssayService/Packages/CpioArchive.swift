/// A `cpio` archive in the "new portable" format with checksums (magic 070702), as swupdate reads it.
///
///     header of 110 hexadecimal digits | name, NUL | padding to 4 | data | padding to 4 | ... | TRAILER!!!
struct CpioArchive {
  private var bytes: [UInt8] = []
  private var entries = 0

  mutating func add(_ name: String, _ data: [UInt8]) {
    entries += 1
    append(name, data, inode: entries)
  }

  /// The whole archive, its end marked.
  consuming func finish() -> [UInt8] {
    append("TRAILER!!!", [], inode: 0)
    return bytes
  }

  private mutating func append(_ name: String, _ data: [UInt8], inode: Int) {
    let checksum = data.reduce(UInt32(0)) { $0 &+ UInt32($1) }
    let regularFile = 0o100644
    let fields: [Int] = [
      inode, inode == 0 ? 0 : regularFile, 0, 0, 1, 0, data.count, 0, 0, 0, 0, name.utf8.count + 1,
      Int(checksum),
    ]
    bytes += Array("070702".utf8)
    for field in fields { bytes += Self.digits(field) }
    bytes += Array(name.utf8) + [0]
    pad()
    bytes += data
    pad()
  }

  private mutating func pad() {
    while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
  }

  /// Eight upper-case hexadecimal digits.
  private static func digits(_ value: Int) -> [UInt8] {
    let text = String(UInt32(truncatingIfNeeded: value), radix: 16, uppercase: true)
    return Array(String(repeating: "0", count: 8 - text.utf8.count).utf8) + Array(text.utf8)
  }
}
