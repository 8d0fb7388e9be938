internal import Glibc

/// Paths as text, `/` between the parts.
public enum Path {
  /// `join("suites", "digits/suite.yaml")`; an absolute second part stands alone.
  public static func join(_ folder: String, _ path: String) -> String {
    if path.utf8.first == slash || folder.isEmpty { return path }
    if path.isEmpty { return folder }
    return folder.utf8.last == slash ? folder + path : "\(folder)/\(path)"
  }

  /// The folder that holds `path`: `"."` for a bare name, `"/"` for what stands at the root.
  public static func parent(_ path: String) -> String {
    guard let last = path.utf8.lastIndex(of: slash) else { return "." }
    return last == path.startIndex ? "/" : String(path[..<last])
  }

  /// The last component: `"suite.yaml"` of `"suites/digits/suite.yaml"`, empty after a final `/`.
  public static func name(_ path: String) -> String {
    guard let last = path.utf8.lastIndex(of: slash) else { return path }
    return String(path[path.utf8.index(after: last)...])
  }

  /// The last component without its extension: `"suite"`.
  public static func stem(_ path: String) -> String {
    let name = name(path)
    guard let dot = name.utf8.lastIndex(of: 46), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// What follows the last dot of the last component, without it: `"yaml"`; empty if nothing does.
  public static func fileExtension(_ path: String) -> String {
    let name = name(path)
    guard let dot = name.utf8.lastIndex(of: 46), dot != name.startIndex else { return "" }
    return String(name[name.utf8.index(after: dot)...])
  }

  /// Whether `a` sorts before `b` byte by byte, whatever the locale.
  public static func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  static let slash = UInt8(ascii: "/")

  /// Refuses what the C library would silently cut or misread.
  package static func check(_ path: String) throws(FileError) {
    guard !path.isEmpty else { throw FileError(.badPath, path: "\"\"", "empty path") }
    guard !path.utf8.contains(0) else {
      let shown = path.split(separator: "\0", omittingEmptySubsequences: false).joined(separator: "?")
      throw FileError(.badPath, path: shown, "a zero byte in the path")
    }
  }
}
