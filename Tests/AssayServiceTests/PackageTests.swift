import AssayFiles
import Glibc
import Testing

@testable import AssayService

private let hasTar = unsafe access("/bin/tar", X_OK) == 0

/// Packages as other people's tools read them.
struct PackageTests {
  private static let model = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

  @Test func `a cpio archive has the header, the checksum and the padding of the format`() {
    var archive = CpioArchive()
    archive.add("ab", [1, 2, 3])
    let bytes = archive.finish()
    let text = String(decoding: bytes.prefix(110), as: UTF8.self)
    #expect(text.hasPrefix("07070200000001000081A4"))
    #expect(text.hasSuffix("0000000300000006"), "name with its NUL, sum of the bytes")
    #expect(Array(bytes[110..<113]) == [0x61, 0x62, 0])
    // 113 bytes so far: three of padding before the data, one after it.
    #expect(Array(bytes[116..<120]) == [1, 2, 3, 0])
    #expect(String(decoding: bytes.dropFirst(120 + 110), as: UTF8.self).hasPrefix("TRAILER!!!"))
    #expect(bytes.count.isMultiple(of: 4))
  }

  @Test(.enabled(if: hasTar, "tar is not installed"))
  func `tar and gzip read back what was stored`() throws {
    var archive = TarArchive()
    archive.add("first", Array("1".utf8))
    archive.add("model.bin", Self.model)
    let folder = try TemporaryFolder()
    try FileBytes.write(GzipStream.wrap(archive.finish()), to: "\(folder.path)/a.tar.gz")
    let ending = try ClientProcess(["tar", "-xzf", "\(folder.path)/a.tar.gz", "-C", folder.path]).run()
    #expect(ending == .exited(0))
    #expect(try FileBytes.read("\(folder.path)/model.bin", limit: 1 << 20) == Self.model)
    #expect(try FileBytes.read("\(folder.path)/first", limit: 10) == [0x31])
  }

  @Test func `a package is the same bytes every time, and says so when it lies`() throws {
    let order = ModelPackage.Order(version: "2.0.0", path: "/a/flash.img", folder: "/nowhere")
    let good = try ModelPackage.mender.wrap(Self.model, order)
    #expect(try ModelPackage.mender.wrap(Self.model, order) == good)
    var lying = order
    lying.isWrong = true
    let text = String(decoding: try ModelPackage.mender.wrap(Self.model, lying), as: UTF8.self)
    #expect(!text.contains(SHA256.hex(of: Self.model)))
    #expect(String(decoding: good, as: UTF8.self).contains(SHA256.hex(of: Self.model)))
  }

  @Test func `digests of other protocols are those of the standards`() {
    #expect(LegacyDigest.sha1.hex(of: Array("abc".utf8)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(LegacyDigest.md5.hex(of: Array("abc".utf8)) == "900150983cd24fb0d6963f7d28e17f72")
  }
}
