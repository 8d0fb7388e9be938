internal import CZip

/// An open ZIP archive, closed when the last reference goes.
///
/// A class because the readers of its entries keep it alive.
@safe final class ZipArchive {
  let file: String
  private let handle: OpaquePointer
  private(set) var entries: [Entry] = []

  /// What the archive's directory says about an entry; untrusted until the entry was read.
  struct Entry {
    var index: UInt64
    var name: String
    var byteCount: Int
    var compressedByteCount: Int
  }

  /// Opens the archive at `path`; it stays open, and the file must not change.
  init(path: String, limits: RecordingLimits) throws(RecordingError) {
    file = path
    var code: Int32 = 0
    guard let handle = unsafe zip_open(path, ZIP_RDONLY, &code) else {
      throw RecordingError(.malformed, file: path, "not a readable ZIP archive")
    }
    unsafe self.handle = handle
    try readDirectory(limits)
  }

  /// Opens the archive in `buffer`, which must outlive it.
  @unsafe init(_ buffer: UnsafeRawBufferPointer, file: String, limits: RecordingLimits) throws(RecordingError)
  {
    self.file = file
    let failure = RecordingError(.malformed, file: file, "not a readable ZIP archive")
    guard let source = unsafe zip_source_buffer_create(buffer.baseAddress, UInt64(buffer.count), 0, nil)
    else { throw failure }
    guard let handle = unsafe zip_open_from_source(source, ZIP_RDONLY, nil) else {
      unsafe zip_source_free(source)
      throw failure
    }
    unsafe self.handle = handle
    try readDirectory(limits)
  }

  deinit { unsafe zip_discard(handle) }

  func open(_ entry: Entry) throws(RecordingError) -> ZipEntryReader {
    guard let opened = unsafe zip_fopen_index(handle, entry.index, 0) else {
      throw error(.malformed, entry.name, "damaged: it cannot be read")
    }
    return unsafe ZipEntryReader(self, entry, opened)
  }

  func error(_ code: RecordingError.Code, _ array: String?, _ message: String) -> RecordingError {
    RecordingError(code, file: file, array: array, message)
  }

  private func readDirectory(_ limits: RecordingLimits) throws(RecordingError) {
    let count = Int(unsafe zip_get_num_entries(handle, 0))
    // libzip opens an empty file as an empty archive.
    guard count > 0 else { throw error(.malformed, nil, "no arrays in the file") }
    guard count <= limits.arrays else {
      throw error(.limit, nil, "\(count) arrays, above the limit of \(limits.arrays)")
    }
    var names: Set<String> = []
    var total = 0
    for index in 0..<count {
      let entry = try entry(UInt64(index))
      guard names.insert(entry.name).inserted else {
        throw error(.malformed, entry.name, "twice in the file")
      }
      let (sum, overflow) = total.addingReportingOverflow(entry.byteCount)
      guard !overflow, sum <= limits.bytes else {
        throw error(.limit, entry.name, "more than \(limits.bytes) bytes in all")
      }
      total = sum
      try limits.checkRatio(entry, in: self)
      entries.append(entry)
    }
  }

  private func entry(_ index: UInt64) throws(RecordingError) -> Entry {
    var facts = unsafe zip_stat_t()
    let wanted = UInt64(ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD)
    guard unsafe zip_stat_index(handle, index, 0, &facts) == 0, unsafe facts.valid & wanted == wanted,
      let rawName = unsafe facts.name
    else { throw error(.malformed, nil, "entry \(index) is damaged") }
    let name = try arrayName(unsafe String(cString: rawName))
    let method = unsafe Int32(facts.comp_method)
    guard method == ZIP_CM_STORE || method == ZIP_CM_DEFLATE else {
      throw error(
        .unsupported, name, "compressed by method \(method); only stored and deflated arrays are read")
    }
    if unsafe facts.valid & UInt64(ZIP_STAT_ENCRYPTION_METHOD) != 0,
      unsafe Int32(facts.encryption_method) != ZIP_EM_NONE
    {
      throw error(.unsupported, name, "encrypted")
    }
    guard let size = unsafe Int(exactly: facts.size), let compressed = unsafe Int(exactly: facts.comp_size)
    else {
      throw error(.limit, name, "larger than this machine can address")
    }
    return Entry(index: index, name: name, byteCount: size, compressedByteCount: compressed)
  }

  /// `in_0` of `in_0.npy`. Names are labels here, never paths; still one that looks like a path has
  /// no honest reason.
  private func arrayName(_ entry: String) throws(RecordingError) -> String {
    let isPlain = entry.utf8.allSatisfy { $0 > 32 && $0 != 127 && $0 != 47 && $0 != 92 }
    guard isPlain, entry.hasSuffix(".npy"), entry.utf8.count > 4, entry.utf8.count <= 255 else {
      let shown = String(entry.unicodeScalars.prefix(60).map { $0.value < 32 ? "?" : Character($0) })
      throw error(.malformed, nil, "\"\(shown)\" is not the name of an array (name.npy)")
    }
    return String(entry.dropLast(4))
  }
}
