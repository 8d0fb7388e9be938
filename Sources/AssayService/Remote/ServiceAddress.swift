/// Where a model service is: `http://HOST[:PORT][/BASE]` or `https://...`.
public struct ServiceAddress: Sendable, Equatable {
  public let isSecure: Bool
  public let host: String
  public let port: Int
  /// Path before `/api/v1`, without a slash at its end; usually empty.
  public let base: String

  /// Nil unless the text is such an address: no user, no query, no white space.
  public init?(_ text: String) {
    let isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://"), text.utf8.count <= 512 else { return nil }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Array("@?#\\\"".utf8).contains($0) }) else {
      return nil
    }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let (host, port) = Self.authority(parts[0]) else { return nil }
    self.isSecure = isSecure
    self.host = host
    self.port = port ?? (isSecure ? 443 : 80)
    let path = parts.count == 2 ? "/\(parts[1])" : ""
    base = String(path.reversed().drop { $0 == "/" }.reversed())
  }

  /// `HOST:PORT` as it stands in a `Host` field.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// `localhost`, `localhost:8080`, `[::1]:8080`
  private static func authority(_ text: Substring) -> (String, Int?)? {
    var host = text
    var port: Int?
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      if !rest.isEmpty {
        guard let number = Int(rest.dropFirst()) else { return nil }
        port = number
      }
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      guard let number = Int(text[text.index(after: colon)...]) else { return nil }
      port = number
    }
    guard !host.isEmpty, port.map({ (1...65_535).contains($0) }) ?? true else { return nil }
    return (String(host), port)
  }
}
