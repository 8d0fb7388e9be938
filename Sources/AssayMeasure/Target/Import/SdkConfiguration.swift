public import AssayDocument

/// ESP-IDF's `sdkconfig`: `CONFIG_X=value` lines.
public struct SdkConfiguration: Sendable, Hashable {
  public struct Setting: Sendable, Hashable {
    /// Without quotes: `y`, `240`, `0x8000`, `80m`.
    public var value: String
    public var location: DocumentLocation
  }

  public let file: String
  private var settings: [String: Setting] = [:]

  /// Files above this are no sdkconfig.
  public static let byteLimit = 4 << 20

  /// - Throws: every line that is neither a setting nor a comment, and settings given twice with
  ///   different values.
  public init(_ bytes: [UInt8], file: String) throws(DocumentErrors) {
    self.file = file
    guard bytes.count <= Self.byteLimit else {
      throw DocumentErrors(DocumentLocation(file: file), "\(bytes.count) bytes are no sdkconfig")
    }
    var problems: [DocumentError] = []
    for (index, line) in TextLines(bytes).enumerated() {
      let location = DocumentLocation(file: file, line: index + 1, column: 1)
      guard let line, let message = add(line, at: location) else {
        if line == nil { problems.append(DocumentError(location, "is not UTF-8 text")) }
        continue
      }
      problems.append(DocumentError(location, message))
    }
    if settings.isEmpty, problems.isEmpty {
      problems.append(DocumentError(DocumentLocation(file: file), "has no CONFIG_ line: not an sdkconfig"))
    }
    if let first = problems.first { throw DocumentErrors(first, Array(problems.dropFirst())) }
  }

  /// - Returns: what is wrong with the line, `nil` when nothing is.
  private mutating func add(_ line: Substring, at location: DocumentLocation) -> String? {
    guard let first = line.first, first != "#" else { return nil }
    guard line.hasPrefix("CONFIG_"), let equals = line.firstIndex(of: "=") else {
      return "expected CONFIG_NAME=value or a comment"
    }
    var value = line[line.index(after: equals)...]
    if value.hasPrefix("\"") {
      guard value.count >= 2, value.hasSuffix("\"") else { return "the quoted value does not end" }
      value = value.dropFirst().dropLast()
    }
    let name = String(line[..<equals])
    let setting = Setting(value: String(value), location: location)
    if let earlier = settings.updateValue(setting, forKey: name), earlier.value != setting.value {
      return "\(name) is \(setting.value) here and \(earlier.value) on line \(earlier.location.line)"
    }
    return nil
  }

  /// A setting by its name without `CONFIG_`.
  public subscript(name: String) -> Setting? { settings["CONFIG_" + name] }

  /// Whether a switch is on.
  public func isOn(_ name: String) -> Bool { self[name]?.value == "y" }

  /// A number from 0 to 2^40, decimal or hexadecimal; `nil` when absent.
  public func number(_ name: String) throws(DocumentErrors) -> (value: Int, location: DocumentLocation)? {
    guard let setting = self[name] else { return nil }
    let hexadecimal = setting.value.hasPrefix("0x") || setting.value.hasPrefix("0X")
    let parsed =
      hexadecimal ? Int(setting.value.dropFirst(2), radix: 16) : Int(setting.value)
    guard let parsed, (0...1 << 40).contains(parsed) else {
      throw DocumentErrors(setting.location, "CONFIG_\(name) is \"\(setting.value)\", not a number")
    }
    return (parsed, setting.location)
  }

  /// The first of several switches that is on: how Kconfig stores a choice.
  func choice<Value>(_ options: [(name: String, value: Value)]) -> (value: Value, location: DocumentLocation)?
  {
    for option in options where isOn(option.name) {
      if let setting = self[option.name] { return (option.value, setting.location) }
    }
    return nil
  }
}

/// Lines of a text file, without their ends (LF or CRLF); `nil` for one that is not UTF-8.
struct TextLines: Sequence {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func makeIterator() -> AnyIterator<Substring?> {
    var start = bytes.startIndex
    let bytes = bytes
    return AnyIterator {
      guard start < bytes.endIndex else { return nil }
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      var line = bytes[start..<end]
      if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
      start = end < bytes.endIndex ? end + 1 : end
      return .some(String(validating: line, as: UTF8.self).map { $0[...] })
    }
  }
}
