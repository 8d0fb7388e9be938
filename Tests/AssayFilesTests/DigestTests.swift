import AssayFiles
import Testing

@Suite struct `Digests` {
  // The examples of FIPS 180-4 and the check value of CRC-32/ISO-HDLC.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", UInt32(0)),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 0x3524_41C2),
    ("123456789", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", 0xCBF4_3926),
  ])
  func `agree with the published examples`(text: String, sha256: String, crc: UInt32) {
    #expect(SHA256.hex(of: text) == sha256)
    #expect(CRC32.value(of: Array(text.utf8)) == crc)
  }

  @Test func `do not depend on how the bytes are cut`() {
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for cut in [0, 1, 63, 64, 65, 9_999] {
      var hash = SHA256()
      hash.update(Array(bytes[..<cut]))
      hash.update(Array(bytes[cut...]))
      #expect(Hexadecimal.text(hash.finish()) == SHA256.hex(of: bytes))
      var checksum = CRC32()
      checksum.update(Array(bytes[..<cut]).span)
      checksum.update(Array(bytes[cut...]).span)
      #expect(checksum.value == CRC32.value(of: bytes))
    }
  }
}
