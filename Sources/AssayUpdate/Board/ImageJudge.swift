internal import Glibc

/// Remembers the digest and self-test of images that were judged before.
///
/// A memory is used only when the slot's bytes compare equal to a judged image; any other content
/// is hashed and tested. Exploring 17,000 cuts therefore runs the model's self-test a few times,
/// and still notices a single flipped bit.
///
/// A class, because every fork of a run shares what it learns; never shared between threads.
final class ImageJudge {
  private struct Judged {
    let bytes: [UInt8]
    /// The same bytes as whole sectors, which slots that hold them share.
    let sectors: [[UInt8]]
    let digest: ImageDigest
    var result: SelfTestResult?

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      sectors = Flash.sectors(of: bytes)
      digest = ImageDigest(of: bytes)
    }
  }

  private let selfTest: SelfTest
  private var judged: [Judged] = []
  private static let memoryLimit = 12

  init(selfTest: @escaping SelfTest) { self.selfTest = selfTest }

  /// Judges an image that will be seen often.
  func remember(_ image: [UInt8]) {
    guard !judged.contains(where: { $0.bytes == image }), judged.count < Self.memoryLimit else { return }
    judged.append(Judged(image))
  }

  /// Lets a slot that holds a judged image share its sectors, so that the next comparison of a
  /// sector that nobody wrote since is a comparison of addresses.
  func share(_ flash: inout Flash, slot: SlotIndex, count: Int) {
    guard let index = index(of: flash, slot: slot, count: count) else { return }
    flash.share(judged[index].sectors, slot: slot)
  }

  /// The digest of the first `count` bytes of a slot; nil when they cannot be read.
  func digest(of flash: Flash, slot: SlotIndex, count: Int) -> ImageDigest? {
    if let index = index(of: flash, slot: slot, count: count) { return judged[index].digest }
    guard count <= flash.geometry.slotBytes else { return nil }
    guard let bytes = try? flash.read(at: flash.geometry.address(of: slot), count: count) else { return nil }
    return ImageDigest(of: bytes)
  }

  /// The self-test of the first `count` bytes of a slot; nil when they cannot be read.
  func result(of flash: Flash, slot: SlotIndex, count: Int) -> SelfTestResult? {
    if let index = index(of: flash, slot: slot, count: count) {
      if let known = judged[index].result { return known }
      let result = selfTest(judged[index].bytes)
      judged[index].result = result
      return result
    }
    guard count <= flash.geometry.slotBytes else { return nil }
    guard let bytes = try? flash.read(at: flash.geometry.address(of: slot), count: count) else { return nil }
    return selfTest(bytes)
  }

  /// Whether a slot begins with the first whole sectors of a judged image; nil for one never judged.
  func slot(_ slot: SlotIndex, of flash: Flash, beginsWith digest: ImageDigest, count: Int) -> Bool? {
    guard let image = judged.first(where: { $0.digest == digest }) else { return nil }
    let sectors = Array(image.sectors.prefix(count / FlashGeometry.sectorBytes))
    return flash.holds(sectors, bytes: sectors.count * FlashGeometry.sectorBytes, slot: slot)
  }

  private func index(of flash: Flash, slot: SlotIndex, count: Int) -> Int? {
    judged.firstIndex { $0.bytes.count == count && flash.holds($0.sectors, bytes: count, slot: slot) }
  }
}

extension Flash {
  /// An image as whole sectors, the last one filled with 0xFF.
  static func sectors(of image: [UInt8]) -> [[UInt8]] {
    stride(from: 0, to: image.count, by: FlashGeometry.sectorBytes).map { start in
      let part = image[start..<min(image.count, start + FlashGeometry.sectorBytes)]
      return Array(part) + erasedSector[part.count...]
    }
  }

  /// True when a slot begins with exactly the first `count` bytes of `image` and all can be read.
  func holds(_ image: [[UInt8]], bytes count: Int, slot: SlotIndex) -> Bool {
    guard count <= geometry.slotBytes else { return false }
    let first = geometry.firstSector(of: slot)
    for index in image.indices {
      guard !isUnreadable(sector: first + index) else { return false }
      let part = min(FlashGeometry.sectorBytes, count - index * FlashGeometry.sectorBytes)
      guard Self.begin(sectors[first + index], with: image[index], count: part) else { return false }
    }
    return true
  }

  /// Replaces the sectors of a slot that holds this image by the very same ones.
  ///
  /// The last sector is left alone when something else follows the image in it.
  mutating func share(_ image: [[UInt8]], slot: SlotIndex) {
    let first = geometry.firstSector(of: slot)
    for index in image.indices {
      let isLast = index == image.count - 1
      guard !isLast || sectors[first + index] == image[index] else { return }
      sectors[first + index] = image[index]
    }
  }

  private static func begin(_ stored: [UInt8], with wanted: [UInt8], count: Int) -> Bool {
    if stored.span.isIdentical(to: wanted.span) { return true }
    return unsafe stored.withUnsafeBytes { (stored: UnsafeRawBufferPointer) -> Bool in
      unsafe wanted.withUnsafeBytes { (wanted: UnsafeRawBufferPointer) -> Bool in
        guard let a = stored.baseAddress, let b = wanted.baseAddress else { return count == 0 }
        return unsafe memcmp(a, b, count) == 0
      }
    }
  }
}
