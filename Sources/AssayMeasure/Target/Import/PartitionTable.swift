public import AssayDocument

/// ESP-IDF's partition table in its CSV form: `name, type, subtype, offset, size, flags`.
public struct PartitionTable: Sendable, Hashable {
  public struct Partition: Sendable, Hashable {
    public var name: String
    public var type: String
    public var subtype: String
    public var offset: Int
    public var sizeBytes: Int
    public var location: DocumentLocation

    public var end: Int { offset + sizeBytes }
    public var isApplication: Bool { type == "app" || type == "0" || type == "0x00" }
  }

  public private(set) var partitions: [Partition] = []

  /// ESP-IDF's default place of the table; the first partition follows its sector.
  public static let defaultTableOffset = 0x8000
  static let sectorBytes = 0x1000
  /// Applications are mapped in pages of 64 KiB.
  static let applicationAlignment = 0x10000
  static let partitionLimit = 95

  /// Reads the table; blank offsets follow the partition before, aligned as ESP-IDF aligns them.
  ///
  /// - Parameter tableOffset: `CONFIG_PARTITION_TABLE_OFFSET`.
  /// - Throws: every line that is wrong, with its place: fields, numbers, alignment, overlap.
  public init(
    _ bytes: [UInt8], file: String, tableOffset: Int = PartitionTable.defaultTableOffset
  ) throws(DocumentErrors) {
    guard bytes.count <= 1 << 16 else {
      throw DocumentErrors(DocumentLocation(file: file), "\(bytes.count) bytes are no partition table")
    }
    var problems: [DocumentError] = []
    var next = tableOffset + Self.sectorBytes
    for (index, line) in TextLines(bytes).enumerated() {
      let location = DocumentLocation(file: file, line: index + 1, column: 1)
      do throws(DocumentErrors) {
        guard let line else { throw DocumentErrors(location, "is not UTF-8 text") }
        guard let partition = try Self.partition(line, after: next, at: location) else { continue }
        try check(partition, after: next)
        partitions.append(partition)
        next = partition.end
      } catch { problems += error.errors }
    }
    if partitions.isEmpty, problems.isEmpty {
      problems.append(DocumentError(DocumentLocation(file: file), "has no partition"))
    }
    if let first = problems.first { throw DocumentErrors(first, Array(problems.dropFirst())) }
  }

  /// - Returns: `nil` for a blank line or a comment.
  private static func partition(
    _ line: Substring, after next: Int, at location: DocumentLocation
  ) throws(DocumentErrors) -> Partition? {
    let text = line.prefix { $0 != "#" }
    let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
    guard fields.contains(where: { !$0.isEmpty }) else { return nil }
    guard (5...7).contains(fields.count) else {
      throw DocumentErrors(location, "expected name, type, subtype, offset, size, flags")
    }
    let isApplication = ["app", "0", "0x00"].contains(fields[1])
    let alignment = isApplication ? applicationAlignment : sectorBytes
    let offset = fields[3].isEmpty ? aligned(next, to: alignment) : try number(fields[3], "offset", location)
    guard offset % alignment == 0 else {
      throw DocumentErrors(
        location, "offset \(hexadecimal(offset)) is not a multiple of \(hexadecimal(alignment))")
    }
    let size = try number(fields[4], "size", location)
    return Partition(
      name: fields[0], type: fields[1], subtype: fields[2], offset: offset, sizeBytes: size,
      location: location)
  }

  private func check(_ partition: Partition, after next: Int) throws(DocumentErrors) {
    func problem(_ message: String) -> DocumentErrors { DocumentErrors(partition.location, message) }
    guard !partition.name.isEmpty, partition.name.utf8.count <= 16 else {
      throw problem("a name has 1 to 16 bytes, \"\(partition.name)\" has \(partition.name.utf8.count)")
    }
    guard partitions.count < Self.partitionLimit else { throw problem("more than 95 partitions") }
    guard partition.sizeBytes > 0 else { throw problem("size 0") }
    guard partition.offset >= next else {
      throw problem(
        "\(partition.name) starts at \(hexadecimal(partition.offset)), inside what ends at \(hexadecimal(next))"
      )
    }
    if let twin = partitions.first(where: { $0.name == partition.name }) {
      throw problem("\"\(partition.name)\" is also on line \(twin.location.line)")
    }
  }

  /// `0x10000`, `65536`, `64K`, `1M`.
  private static func number(
    _ text: String, _ what: String, _ location: DocumentLocation
  ) throws(DocumentErrors) -> Int {
    var digits = text[...]
    var factor = 1
    if let unit = ["K": 1 << 10, "k": 1 << 10, "M": 1 << 20, "m": 1 << 20][String(digits.suffix(1))] {
      factor = unit
      digits = digits.dropLast()
    }
    let isHexadecimal = digits.hasPrefix("0x") || digits.hasPrefix("0X")
    let plain = isHexadecimal ? digits.dropFirst(2) : digits
    guard let first = plain.first, first != "+", first != "-",
      let value = Int(plain, radix: isHexadecimal ? 16 : 10), value <= 1 << 30 / factor
    else { throw DocumentErrors(location, "\(what) \"\(text)\" is not a number such as 0x10000, 64K or 1M") }
    return value * factor
  }

  private static func aligned(_ offset: Int, to alignment: Int) -> Int {
    (offset + alignment - 1) / alignment * alignment
  }

  private static func trimmed(_ field: Substring) -> String {
    func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
    let start = field.drop(while: isSpace)
    return String(start.reversed().drop(while: isSpace).reversed())
  }
}

/// `0x10000`.
func hexadecimal(_ value: Int) -> String { "0x" + String(value, radix: 16) }
