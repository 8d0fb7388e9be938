public import AssayDocument
internal import AssayRuntime

/// A field in which a target profile and the build it names differ.
public struct TargetDisagreement: Sendable, Hashable, CustomStringConvertible {
  /// As in the profile: `runtime.esp_nn`.
  public var path: String
  public var profileValue: String
  public var buildValue: String
  public var buildLocation: DocumentLocation

  public var description: String {
    "\(buildLocation): \(path) is \(buildValue) in the build and \(profileValue) in the target"
  }
}

extension Target {
  /// Every field in which this target and the build's files differ; empty when they agree.
  ///
  /// What a file says nothing about is not compared; what it says and the profile leaves out is.
  public func disagreements(with facts: BuildFacts) -> [TargetDisagreement] {
    var found: [TargetDisagreement] = []
    func compare<Value: Equatable>(
      _ path: String, _ ours: Value?, _ fact: BuildFacts.Fact<Value>?, _ text: (Value) -> String
    ) {
      guard let fact, ours != fact.value else { return }
      found.append(
        TargetDisagreement(
          path: path, profileValue: ours.map(text) ?? "not stated", buildValue: text(fact.value),
          buildLocation: fact.location))
    }
    compare("cpu.clock", clockHertz, facts.clockHertz, TargetText.frequency)
    compare("flash.size", flash.sizeBytes, facts.flashSizeBytes, TargetText.bytes)
    compare("flash.mode", flash.mode, facts.flashMode, \.rawValue)
    compare("flash.clock", flash.clockHertz, facts.flashClockHertz, TargetText.frequency)
    compare("psram", psram != nil, facts.hasPSRAM) { $0 ? "enabled" : "none" }
    compare("psram.bus", psram?.bus, facts.psramBus, \.rawValue)
    compare("psram.clock", psram?.clockHertz, facts.psramClockHertz, TargetText.frequency)
    compare("cache.data", cache.dataBytes, facts.cacheDataBytes, TargetText.bytes)
    compare("cache.line", cache.lineBytes, facts.cacheLineBytes, TargetText.bytes)
    compare("cache.instruction", cache.instructionBytes, facts.cacheInstructionBytes, TargetText.bytes)
    compare("partitions.model_slot", partitions.modelSlotBytes, facts.modelSlotBytes, TargetText.bytes)
    compare(
      "partitions.app_slot", partitions.applicationSlotBytes, facts.applicationSlotBytes, TargetText.bytes)
    if runtime.name == .tflm {
      compare("runtime.esp_nn", runtime.espNN, facts.espNN) { $0 }
      compare("runtime.skip_nudge", runtime.skipsNudge, facts.skipsNudge) { "\($0)" }
      compare("runtime.esp_tflite_micro", runtime.espTFLiteMicro, facts.espTFLiteMicro, \.description)
    } else {
      compare("runtime.executorch", runtime.executorch, facts.executorch, \.description)
    }
    return found
  }
}
