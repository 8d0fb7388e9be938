internal import AssayFiles
internal import Glibc

/// A folder under `/tmp` for one run, removed with everything in it at its end.
struct TemporaryFolder: ~Copyable {
  let path: String

  init() throws(ServiceError) {
    var template = Array("/tmp/assay-client-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw .socket(call: "mkdtemp in /tmp", error: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path, depth: 0) }

  /// Links are removed, never followed.
  private static func remove(_ path: String, depth: Int) {
    guard depth < 16, let entries = try? Folder.list(path) else { return }
    for entry in entries {
      let inner = "\(path)/\(entry.name)"
      if entry.kind == .folder {
        remove(inner, depth: depth + 1)
      } else {
        _ = unsafe unlink(inner)
      }
    }
    _ = unsafe rmdir(path)
  }
}
