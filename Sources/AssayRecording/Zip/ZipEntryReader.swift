internal import CZip

/// One entry of an archive, read from its start to its end.
@safe final class ZipEntryReader {
  private let archive: ZipArchive
  private let entry: ZipArchive.Entry
  private let handle: OpaquePointer
  /// Bytes not read yet, as the directory has it.
  private(set) var remaining: Int

  @unsafe init(_ archive: ZipArchive, _ entry: ZipArchive.Entry, _ handle: OpaquePointer) {
    self.archive = archive
    self.entry = entry
    unsafe self.handle = handle
    remaining = entry.byteCount
  }

  deinit { unsafe zip_fclose(handle) }

  /// The next `count` bytes exactly.
  func read(_ count: Int) throws(RecordingError) -> [UInt8] {
    guard count <= remaining else { throw damaged("it ends early") }
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[filled..<count])
        guard let start = rest.baseAddress else { return }
        let got = unsafe zip_fread(handle, start, UInt64(rest.count))
        guard got > 0 else { failed = true; return }
        filled += Int(got)
      }
    }
    guard !failed else { throw damaged("its data cannot be inflated or its checksum is wrong") }
    remaining -= count
    return bytes
  }

  /// Checks that the entry ends here. libzip compares the CRC only when a read finds the end.
  func finish() throws(RecordingError) {
    guard remaining == 0 else { throw damaged("\(remaining) bytes too many") }
    var extra: UInt8 = 0
    let got = unsafe zip_fread(handle, &extra, 1)
    guard got == 0 else { throw damaged(got < 0 ? "its checksum is wrong" : "longer than it says") }
  }

  func error(_ problem: NumpyProblem) -> RecordingError {
    archive.error(problem.code, entry.name, problem.message)
  }

  private func damaged(_ reason: String) -> RecordingError {
    archive.error(.malformed, entry.name, "damaged: \(reason)")
  }
}

extension ZipEntryReader {
  /// Reads the `.npy` header; what remains are the elements, exactly as many as it says.
  func readHeader() throws(RecordingError) -> NumpyHeader {
    do {
      let prefix = try read(min(remaining, 12))
      let range = try NumpyHeader.textRange(prefix)
      let early = prefix[min(range.lowerBound, prefix.count)...]
      let text = Array(early.prefix(range.count)) + (try read(max(0, range.count - early.count)))
      let header = try NumpyHeaderParser.parse(text[...])
      let description = header.description(named: entry.name)
      guard range.count >= early.count, let expected = NumpyHeader.byteCount(description),
        expected == remaining
      else {
        throw NumpyProblem("\(remaining) bytes do not fill \(header.type.rawValue) \(header.shape)")
      }
      return header
    } catch let problem as NumpyProblem {
      throw error(problem)
    } catch let error as RecordingError {
      throw error
    } catch {
      throw damaged("\(error)")
    }
  }
}
