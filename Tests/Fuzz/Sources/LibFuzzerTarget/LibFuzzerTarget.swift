import AssayTestSupport
import ModelMutation

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

/// libFuzzer's own changes of single bytes.
@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int) -> Int

/// Models that changed ones borrow from, and that stand in for what is no model.
private let donors = OperatorSamples.all.map { $0.model.root }

/// Changes inputs that are models as models, so that coverage guides what lies behind the container;
/// one in four is left to libFuzzer.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int, _ seed: UInt32
) -> Int {
  var random = SeededGenerator(seed: UInt64(seed))
  if Int.random(in: 0..<4, using: &random) == 0 { return unsafe mutateBytes(data, size, maximum) }
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let donor = donors[Int.random(in: donors.indices, using: &random)]
  let mutant = ModelMutator.mutate(ModelDecoder.decode(input) ?? donor, donor: donor, &random)
  guard mutant.count <= maximum else { return unsafe mutateBytes(data, size, maximum) }
  for (index, byte) in mutant.enumerated() { unsafe data[index] = byte }
  return mutant.count
}
