import Testing

@testable import AssayUpdate

struct FlashTests {
  private static func flash() throws -> Flash {
    Flash(geometry: try #require(FlashGeometry(slotBytes: 65536)))
  }

  @Test func `a chip comes erased`() throws {
    let flash = try Self.flash()
    #expect(try flash.read(at: 4000, count: 200) == [UInt8](repeating: 0xFF, count: 200))
  }

  @Test func `programming only clears bits`() throws {
    var flash = try Self.flash()
    let operation = FlashOperation(kind: .program, address: 65536 + 16, count: 2)
    #expect(try flash.program(operation, from: [0xF0, 0x0F], at: 0))
    #expect(try flash.read(at: 65536 + 16, count: 2) == [0xF0, 0x0F])
    let isClean = try flash.program(operation, from: [0xFF, 0x0F], at: 0)
    #expect(!isClean, "a bit that was 0 cannot become 1")
    #expect(try flash.read(at: 65536 + 16, count: 2) == [0xF0, 0x0F])
  }

  @Test func `an erase sets a whole sector and wears it`() throws {
    var flash = try Self.flash()
    flash.overwrite(at: 17 * 4096 + 5, with: 0)
    try flash.erase(sector: 17)
    #expect(try flash.read(at: 17 * 4096, count: 4096).allSatisfy { $0 == 0xFF })
    #expect(flash.erases[17] == 1)
    #expect(flash.erases[18] == 0)
  }

  @Test func `a copy keeps what it had when the original changes`() throws {
    var flash = try Self.flash()
    let copy = flash
    flash.overwrite(at: 70000, with: 1)
    #expect(try copy.read(at: 70000, count: 1) == [0xFF])
  }

  @Test(arguments: [
    (SectorDefect.programError, false), (.silentProgram, true), (.silentErase, true), (.eraseError, true),
  ])
  func `a defect refuses or ignores what is programmed`(defect: SectorDefect, isSilent: Bool) throws {
    var flash = try Self.flash()
    flash.setDefect(defect, sector: 16)
    let operation = FlashOperation(kind: .program, address: 65536, count: 1)
    let succeeded = (try? flash.program(operation, from: [0], at: 0)) != nil
    #expect(succeeded == isSilent)
    let kept = try flash.read(at: 65536, count: 1) == [0]
    #expect(kept == (defect == .silentErase || defect == .eraseError))
  }

  @Test func `a sector that cannot be read says so`() throws {
    var flash = try Self.flash()
    flash.setDefect(.readError, sector: 16)
    #expect(throws: FlashFailure.readFailed(sector: 16)) { try flash.read(at: 65530, count: 100) }
  }

  @Test func `weak bits read one until power returns`() throws {
    var flash = try Self.flash()
    var mask = [UInt8](repeating: 0, count: 4096)
    mask[9] = 0b100
    flash.weaken(sector: 16, mask: mask)
    #expect(try flash.read(at: 65536 + 9, count: 1) == [0xFF])
    flash.settleWeakBits()
    #expect(try flash.read(at: 65536 + 9, count: 1) == [0xFB])
  }

  @Test func `erasing again cures weak bits`() throws {
    var flash = try Self.flash()
    flash.weaken(sector: 16, mask: [UInt8](repeating: 0xFF, count: 4096))
    try flash.erase(sector: 16)
    flash.settleWeakBits()
    #expect(try flash.read(at: 65536, count: 4096).allSatisfy { $0 == 0xFF })
  }

  @Test(arguments: [0, -65536, 4096, 65537, FlashGeometry.largestSlotBytes + 65536])
  func `a slot that cannot be mapped is refused`(bytes: Int) {
    #expect(FlashGeometry(slotBytes: bytes) == nil)
  }

  @Test func `regions do not overlap`() throws {
    let geometry = try #require(FlashGeometry(slotBytes: 131072))
    let regions = (0..<geometry.sectorCount).map { geometry.region(ofSector: $0) }
    #expect(regions.count { $0 == .slot(.zero) } == 32)
    #expect(regions.count { $0 == .slot(.one) } == 32)
    #expect(regions.count { $0 == .record(.zero) } == 1)
    #expect(regions.count { $0 == .record(.one) } == 1)
    #expect(geometry.address(of: .one) % FlashGeometry.slotAlignmentBytes == 0)
  }
}

struct FlashTearTests {
  @Test(arguments: TearMode.allCases, 0..<20)
  func `a torn program changes only bits it should, or its own sector`(mode: TearMode, seed: Int) throws {
    var flash = Flash(geometry: try #require(FlashGeometry(slotBytes: 65536)))
    var random = SeededRandom(seed: UInt64(seed))
    let data = random.bytes(256)
    let before = flash
    let operation = FlashOperation(kind: .program, address: 16 * 4096 + 512, count: 256)
    flash.tear(operation, from: data, at: 0, mode: mode, random: &random)
    for sector in flash.sectors.indices where sector != 16 {
      #expect(flash.sectors[sector] == before.sectors[sector])
    }
    let page = flash.sectors[16][512..<768]
    switch mode {
    case .before: #expect(flash.sectors == before.sectors)
    case .prefix:
      let done = page.firstIndex(of: 0xFF).map { $0 - 512 } ?? 256
      #expect(Array(page.prefix(done)) == Array(data.prefix(done)))
    case .subset:
      #expect(zip(page, data).allSatisfy { $0 & $1 == $1 }, "no bit is cleared that the data keeps")
    case .disturbed: #expect(flash.sectors[16] != before.sectors[16])
    }
  }

  @Test(arguments: 0..<20)
  func `a torn erase never reads as data again after it settles as one`(seed: Int) throws {
    var flash = Flash(geometry: try #require(FlashGeometry(slotBytes: 65536)))
    var random = SeededRandom(seed: UInt64(seed))
    let old = random.bytes(4096)
    flash.leave(old, sector: 16)
    let operation = FlashOperation(kind: .erase, address: 16 * 4096, count: 4096)
    flash.tear(operation, from: [], at: 0, mode: .subset, random: &random)
    let torn = flash.sectors[16]
    #expect(zip(torn, old).allSatisfy { $0 & $1 == $1 }, "an erase raises bits")
    flash.settleWeakBits()
    #expect(zip(flash.sectors[16], torn).allSatisfy { $0 & ~$1 == 0 }, "weak bits only fall")
    #expect(flash.erases[16] == 1)
  }
}
