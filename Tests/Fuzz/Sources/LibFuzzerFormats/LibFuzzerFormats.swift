import AssayTestSupport

/// libFuzzer's entry for ExecuTorch programs and ONNX models: a trap, or a broken promise, ends the
/// process.
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

/// libFuzzer's own changes of single bytes.
@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int) -> Int

/// Changes ONNX models field by field, so that coverage guides what lies behind the wire format; one in
/// three, and programs, are left to libFuzzer.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int, _ seed: UInt32
) -> Int {
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard seed % 3 != 0, input.first == 0x08, var fields = ONNXDecoder.decode(input) else {
    return unsafe mutateBytes(data, size, maximum)
  }
  var mutation = ProtobufMutation(
    random: SeededGenerator(seed: UInt64(seed)), texts: MutationCorpus.nodes)
  for _ in 0...seed % 2 { mutation.apply(to: &fields) }
  let mutant = ProtobufWriter.bytes(fields)
  guard mutant.count <= maximum else { return unsafe mutateBytes(data, size, maximum) }
  for (index, byte) in mutant.enumerated() { unsafe data[index] = byte }
  return mutant.count
}
