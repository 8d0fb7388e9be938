import AssayFiles
import AssayTestSupport
import Glibc
import Testing

@Suite struct `Files` {
  struct Refusal: CustomTestStringConvertible, Sendable {
    var name: String
    var code: FileError.Code
    var text: String
    var testDescription: String { "\(name.isEmpty ? "an empty path" : name): \(text)" }
  }

  @Test(arguments: [
    Refusal(name: "missing.tflite", code: .notFound, text: "no such file"),
    Refusal(name: "file/below", code: .notFound, text: "a part of the path is not a folder"),
    Refusal(name: "folder", code: .wrongKind, text: "it is a folder, not a file"),
    Refusal(name: "pipe", code: .wrongKind, text: "not a regular file"),
    Refusal(name: "big", code: .tooLarge, text: "101 bytes, above the limit of 100"),
    Refusal(name: "loop", code: .badPath, text: "too many symbolic links"),
    Refusal(name: String(repeating: "n", count: 300), code: .badPath, text: "name too long"),
    Refusal(name: "zero\0byte", code: .badPath, text: "a zero byte in the path"),
  ])
  func `that cannot be read are named with the reason`(_ refusal: Refusal) throws {
    let folder = try TemporaryFolder()
    try folder.write("file", "x")
    try Folder.create(folder("folder"))
    unsafe mkfifo(folder("pipe"), 0o600)
    unsafe symlink("loop", folder("loop"))
    try folder.write("big", [UInt8](repeating: 1, count: 101))
    let error = #expect(throws: FileError.self) {
      try FileBytes.read(folder(refusal.name), limit: 100)
    }
    #expect(error?.code == refusal.code)
    #expect(error?.description.hasPrefix(folder.path) == true)
    #expect(error?.description.contains(refusal.text) == true, "\(String(describing: error))")
  }

  @Test(arguments: [0, 1, 4_096, 1_000_000])
  func `come back as they were written`(count: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    try folder.write("a", "older and perhaps longer")
    try FileBytes.write(bytes, to: folder("a"))
    #expect(try FileBytes.read(folder("a"), limit: count) == bytes)
    #expect(try Folder.list(folder.path).map(\.name) == ["a"])
  }

  @Test func `that are not UTF-8 are not text`() throws {
    let folder = try TemporaryFolder()
    try folder.write("a", [0x61, 0xFF])
    let error = #expect(throws: FileError.self) { try FileBytes.readText(folder("a"), limit: 9) }
    #expect(error?.message == "not UTF-8 text")
  }

  @Test func `that cannot be renamed at the end leave the old file alone`() throws {
    let folder = try TemporaryFolder()
    try folder.write("report", "old")
    try Folder.create(folder("target"))
    // Renaming a file over a folder fails after everything was written: the late failure.
    let error = #expect(throws: FileError.self) { try FileBytes.write("x", to: folder("target")) }
    #expect(error?.code == .wrongKind)
    #expect(try Folder.list(folder.path).map(\.name) == ["report", "target"])
  }

  @Test(.enabled(if: getuid() != 0, "root may write anywhere"))
  func `in a read-only folder are an error and leave nothing`() throws {
    let folder = try TemporaryFolder()
    unsafe chmod(folder.path, 0o500)
    defer { unsafe chmod(folder.path, 0o700) }
    let error = #expect(throws: FileError.self) { try FileBytes.write("x", to: folder("a")) }
    #expect(error?.code == .denied)
    #expect(try Folder.list(folder.path).isEmpty)
  }

  @Test func `on a full disk are an error and leave the old file alone`() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("report", "old")
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      // A limit on the size of files stands in for a disk that fills up.
      var limit = rlimit(rlim_cur: 5_000, rlim_max: 5_000)
      unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limit)
      do throws(FileError) {
        try FileBytes.write([UInt8](repeating: 1, count: 9_000), to: path)
        exit(9)
      } catch { exit(error.code == .full ? 0 : 8) }
    }
    #expect(try FileBytes.readText(path, limit: 10) == "old")
    #expect(try Folder.list(folder.path).map(\.name) == ["report"])
  }

  @Test func `left behind by a killed process do not stop a write`() throws {
    let folder = try TemporaryFolder()
    try folder.write(".a.\(getpid())-0.tmp", "half")
    try FileBytes.write("whole", to: folder("a"))
    #expect(try FileBytes.readText(folder("a"), limit: 10) == "whole")
  }
}

@Suite struct `Folders` {
  @Test func `list their entries by bytes, with kinds`() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "B", "é", "a", "Z"] { try folder.write(name, "") }
    try Folder.create(folder("dir"))
    unsafe symlink("a", folder("link"))
    let entries = try Folder.list(folder.path)
    #expect(entries.map(\.name) == ["B", "Z", "a", "b", "dir", "link", "é"])
    #expect(entries.filter { $0.kind == .folder }.map(\.name) == ["dir"])
    #expect(entries.filter { $0.kind == .link }.map(\.name) == ["link"])
    #expect(throws: FileError(.tooLarge, path: folder.path, "more than 6 entries")) {
      try Folder.list(folder.path, limit: 6)
    }
  }

  @Test func `are made with all above them, and twice is fine`() throws {
    let folder = try TemporaryFolder()
    try Folder.create(folder("a/b/c"))
    try Folder.create(folder("a/b/c/"))
    #expect(Folder.exists(folder("a/b/c")))
    try folder.write("file", "")
    #expect(!Folder.exists(folder("file")) && Folder.holdsFile(folder("file")))
    let error = #expect(throws: FileError.self) { try Folder.create(folder("file/x")) }
    #expect(error?.description.contains("file") == true)
  }

  @Test func `are closed again, whether they can be read or not`() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", "x")
    try folder.write("big", [UInt8](repeating: 1, count: 101))
    let before = try OpenDescriptors.count()
    for _ in 0..<150 {
      _ = try FileBytes.read(folder("file"), limit: 100)
      _ = try? FileBytes.read(folder("big"), limit: 100)
      var stream = try ByteStream(folder("file"), limit: 100)
      _ = try stream.next()
      _ = stream.digest()
      try FileBytes.write([1, 2], to: folder("written"))
    }
    // Other tests open and close files meanwhile.
    #expect(try OpenDescriptors.count() < before + 100)
  }
}
