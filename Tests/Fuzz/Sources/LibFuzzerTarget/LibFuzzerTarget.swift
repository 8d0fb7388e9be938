import AssayTestSupport

/// libFuzzer's entry: 0 whatever the input is; a trap, or a broken promise, ends the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do {
    _ = try ModelExamination.examine(bytes)
  } catch {
    fatalError("\(error)")
  }
  return 0
}
