import AssayFiles
import AssayTestSupport
import Glibc
import Testing

@Suite struct `Text for one line` {
  @Test(arguments: [
    ("plain é 日本 😀", "plain é 日本 😀"), ("a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"), ("\u{1b}[2J", "\\u{1b}[2J"),
    ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"), ("\u{85}\u{2028}", "\\u{85}\\u{2028}"),
  ])
  func `shows what would move the cursor`(text: String, line: String) {
    #expect(PrintableText.line(text) == line)
    #expect(FileError(.notFound, path: text, "gone").description == "\(line): gone")
  }
}

@Suite struct `Paths` {
  @Test(arguments: [
    ("suites/digits/suite.yaml", "suites/digits", "suite.yaml", "suite", "yaml"),
    ("suite.yaml", ".", "suite.yaml", "suite", "yaml"), ("/etc", "/", "etc", "etc", ""),
    ("a/.hidden", "a", ".hidden", ".hidden", ""), ("a/b.tar.gz", "a", "b.tar.gz", "b.tar", "gz"),
    ("a/", "a", "", "", ""),
  ])
  func `fall into folder, name, stem and extension`(
    path: String, parent: String, name: String, stem: String, ending: String
  ) {
    #expect(Path.parent(path) == parent)
    #expect(Path.name(path) == name)
    #expect(Path.stem(path) == stem)
    #expect(Path.fileExtension(path) == ending)
  }

  @Test(arguments: [
    ("a", "b", "a/b"), ("a/", "b", "a/b"), ("", "b", "b"), ("a", "/b", "/b"), ("a", "", "a"),
    ("/", "b", "/b"),
  ])
  func `are joined with one slash`(folder: String, path: String, joined: String) {
    #expect(Path.join(folder, path) == joined)
  }

  @Test(arguments: [
    ("/etc/passwd", "must be a relative path inside"), ("../secret", "must be a relative path inside"),
    ("a/../../secret", "must be a relative path inside"), ("a//b", "must be a relative path inside"),
    ("", "empty path"), ("a\0b", "a zero byte in the path"), ("missing", "no such file"),
    ("escape", "a link leads outside"), ("out/secret", "a link leads outside"),
  ])
  func `that lead out of their folder are refused`(relative: String, text: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("secret", "s")
    try Folder.create(folder("inner/a"))
    unsafe symlink("../secret", folder("inner/escape"))
    unsafe symlink("..", folder("inner/out"))
    let error = #expect(throws: FileError.self) {
      try Path.contained(relative, inside: folder("inner"))
    }
    #expect(error?.description.contains(text) == true, "\(String(describing: error))")
  }

  @Test func `inside their folder are accepted, links only where allowed`() throws {
    let folder = try TemporaryFolder()
    try folder.write("data/plain", "s")
    unsafe symlink("plain", folder("data/soft"))
    #expect(try Path.contained("data/plain", inside: folder.path) == folder("data/plain"))
    #expect(try Path.contained("data/plain", inside: folder.path, links: .refused) == folder("data/plain"))
    #expect(try Path.contained("data/soft", inside: folder.path) == folder("data/soft"))
    for name in ["data/soft", "data/hard"] {
      unsafe link(folder("data/plain"), folder("data/hard"))
      #expect(throws: FileError(.badPath, path: folder(name), "links are not allowed here")) {
        try Path.contained(name, inside: folder.path, links: .refused)
      }
    }
  }
}
