public import AssayDocument

/// What the files of a firmware build say about its target; `nil` where they say nothing.
public struct BuildFacts: Sendable, Hashable {
  /// A value with the line that says so.
  public struct Fact<Value: Sendable & Hashable>: Sendable, Hashable {
    public var value: Value
    public var location: DocumentLocation
  }

  public var espNN: Fact<String>?
  /// Only ever stated as true.
  public var skipsNudge: Fact<Bool>?
  public var espTFLiteMicro: Fact<ComponentVersion>?
  public var executorch: Fact<ComponentVersion>?
  public var clockHertz: Fact<Int>?
  public var flashSizeBytes: Fact<Int>?
  public var flashMode: Fact<Target.Flash.Mode>?
  public var flashClockHertz: Fact<Int>?
  /// Whether external RAM is switched on at all.
  public var hasPSRAM: Fact<Bool>?
  public var psramBus: Fact<Target.PSRAM.Bus>?
  public var psramClockHertz: Fact<Int>?
  public var cacheDataBytes: Fact<Int>?
  public var cacheLineBytes: Fact<Int>?
  public var cacheInstructionBytes: Fact<Int>?
  public var modelSlotBytes: Fact<Int>?
  public var applicationSlotBytes: Fact<Int>?

  public init() {}

  /// Collects what every file given says; problems of all of them together.
  ///
  /// - Parameter modelPartition: the name of the partition that models are written to.
  public init(
    lock: DependenciesLock?, sdkconfig: SdkConfiguration?, partitions: PartitionTable?,
    modelPartition: String = "model"
  ) throws(DocumentErrors) {
    var problems: [DocumentError] = []
    do throws(DocumentErrors) { try lock.map { lock throws(DocumentErrors) in try add(lock) } } catch {
      problems += error.errors
    }
    do throws(DocumentErrors) { try sdkconfig.map { config throws(DocumentErrors) in try add(config) } } catch
    {
      problems += error.errors
    }
    if let partitions { add(partitions, modelPartition: modelPartition) }
    if let first = problems.first { throw DocumentErrors(first, Array(problems.dropFirst())) }
  }

  private mutating func add(_ lock: DependenciesLock) throws(DocumentErrors) {
    func release(_ name: String) throws(DocumentErrors) -> Fact<ComponentVersion>? {
      guard let version = try lock.release(of: name), let component = lock.components[name] else {
        return nil
      }
      return Fact(value: version, location: component.location)
    }
    espTFLiteMicro = try release("espressif/esp-tflite-micro")
    executorch = try release("espressif/executorch")
    espNN = try release("espressif/esp-nn").map { Fact(value: $0.value.description, location: $0.location) }
  }

  private mutating func add(_ partitions: PartitionTable, modelPartition: String) {
    if let slot = partitions.partitions.first(where: { $0.name == modelPartition })
      ?? partitions.partitions.first(where: { $0.name.hasPrefix(modelPartition) })
    {
      modelSlotBytes = Fact(value: slot.sizeBytes, location: slot.location)
    }
    // An update must fit the smallest slot that it may be written to.
    let applications = partitions.partitions.filter(\.isApplication)
    let updatable = applications.filter { $0.subtype.hasPrefix("ota_") }
    let slots = updatable.isEmpty ? applications : updatable
    if let smallest = slots.min(by: { $0.sizeBytes < $1.sizeBytes }) {
      applicationSlotBytes = Fact(value: smallest.sizeBytes, location: smallest.location)
    }
  }
}
