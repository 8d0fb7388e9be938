internal import CZip
internal import Glibc

/// Writes a ZIP archive in memory, byte for byte reproducible: stored, fixed time, given order.
@safe struct ZipWriter: ~Copyable {
  private let source: OpaquePointer
  private var archive: OpaquePointer?

  init() throws(RecordingError) {
    guard let source = unsafe zip_source_buffer_create(nil, 0, 0, nil) else { throw Self.failure }
    guard let archive = unsafe zip_open_from_source(source, ZIP_TRUNCATE, nil) else {
      unsafe zip_source_free(source)
      throw Self.failure
    }
    // Closing the archive gives up its reference; the bytes are read from ours.
    unsafe zip_source_keep(source)
    unsafe self.source = source
    unsafe self.archive = archive
  }

  deinit {
    if let archive = unsafe archive { unsafe zip_discard(archive) }
    unsafe zip_source_free(source)
  }

  /// Adds `parts`, one after the other, as the file `name`.
  func add(_ name: String, _ parts: [[UInt8]]) throws(RecordingError) {
    let count = parts.reduce(0) { $0 + $1.count }
    guard let archive = unsafe archive, let copy = unsafe malloc(max(1, count)) else { throw Self.failure }
    var offset = 0
    for part in parts {
      unsafe UnsafeMutableRawBufferPointer(start: copy + offset, count: part.count).copyBytes(from: part)
      offset += part.count
    }
    guard let entry = unsafe zip_source_buffer(archive, copy, UInt64(count), 1) else {
      unsafe free(copy)
      throw Self.failure
    }
    let index = unsafe zip_file_add(archive, name, entry, 0)
    guard index >= 0 else {
      unsafe zip_source_free(entry)
      throw Self.failure
    }
    try unsafe setFixedFacts(archive, UInt64(index))
  }

  private func setFixedFacts(_ archive: OpaquePointer, _ index: UInt64) throws(RecordingError) {
    // 1980-01-01 00:00, the first moment that DOS knows; what NumPy's own writer says too.
    let januaryFirst: UInt16 = 1 << 5 | 1
    guard unsafe zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) == 0,
      unsafe zip_file_set_dostime(archive, index, 0, januaryFirst, 0) == 0
    else { throw Self.failure }
  }

  /// The bytes of the archive.
  consuming func finish() throws(RecordingError) -> [UInt8] {
    guard let open = unsafe archive, unsafe zip_close(open) == 0 else { throw Self.failure }
    unsafe archive = nil
    var facts = unsafe zip_stat_t()
    guard unsafe zip_source_open(source) == 0 else { throw Self.failure }
    defer { unsafe zip_source_close(source) }
    guard unsafe zip_source_stat(source, &facts) == 0, let size = unsafe Int(exactly: facts.size) else {
      throw Self.failure
    }
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      guard let start = buffer.baseAddress else { return }
      filled = max(0, Int(unsafe zip_source_read(source, start, UInt64(size))))
    }
    guard bytes.count == size else { throw Self.failure }
    return bytes
  }

  private static let failure = RecordingError(.limit, file: "recording", "out of memory while writing")
}
