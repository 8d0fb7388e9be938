internal import AssayFiles
internal import AssayUpdate
internal import Glibc

/// The files around a client under test, and what it made of them.
///
///     flash/flash.img       what ASSAY_FLASH_IMAGE names
///     flash/neighbour.img   what lies beside it in flash; must never change
///     scratch/              where the client may keep what it likes
struct ClientBench: ~Copyable {
  private let folder: TemporaryFolder
  let image: String
  let scratch: String
  private let flash: String
  private let neighbour: [UInt8]

  private init(_ folder: consuming TemporaryFolder, _ neighbour: [UInt8]) {
    flash = "\(folder.path)/flash"
    scratch = "\(folder.path)/scratch"
    image = "\(flash)/flash.img"
    self.folder = folder
    self.neighbour = neighbour
  }

  /// Lays the files out in a new folder.
  static func make(old: [UInt8], neighbour: [UInt8]) throws(ServiceError) -> ClientBench {
    let bench = ClientBench(try TemporaryFolder(), neighbour)
    for folder in [bench.flash, bench.scratch] {
      do { try Folder.create(folder) } catch { throw .socket(call: "make \(folder)", error: EIO) }
    }
    try write(old, to: bench.image)
    try write(neighbour, to: "\(bench.flash)/neighbour.img")
    return bench
  }

  /// The folder around all of it.
  var root: String { folder.path }

  /// The name of the image that is there, or `damaged`.
  func serves(_ images: [ClientRow.Image]) -> String {
    let found = (try? FileBytes.read(image, limit: 1 << 26)) ?? []
    return images.first { $0.bytes == found }?.name ?? "damaged"
  }

  /// What the client did outside its image, in words.
  var trespasses: [String] {
    var found: [String] = []
    if (try? FileBytes.read("\(flash)/neighbour.img", limit: 1 << 26)) != neighbour {
      found.append("I10 changed neighbour.img, which is not its image")
    }
    for entry in (try? Folder.list(flash)) ?? []
    where !entry.name.hasPrefix("flash.img") && entry.name != "neighbour.img" {
      found.append("I10 wrote \(PrintableText.line(entry.name)) beside its image")
    }
    return found
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(ServiceError) {
    do { try FileBytes.write(bytes, to: path) } catch { throw .socket(call: "write \(path)", error: EIO) }
  }
}
