import AssayTestSupport

/// libFuzzer's entry for recordings and documents: the first byte chooses which.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = bytes.first, let kind = InputExamination.Kind(rawValue: choice % 3) else { return 0 }
  do {
    try InputExamination.examine(Array(bytes.dropFirst()), as: kind)
  } catch {
    fatalError("\(error)")
  }
  return 0
}
