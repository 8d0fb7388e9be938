/// Sizes of TFLite Micro's own structures, in bytes, as the Xtensa compiler lays them out: 32-bit
/// pointers, `int64_t` and `double` aligned to 8.
///
/// Source: measured with a 32-bit build of the runtime; four logs of ESP32-S3 boards agree.
enum DeviceStructures {
  static let singleArenaBufferAllocator = 36
  static let greedyMemoryPlanner = 44
  static let microAllocator = 36
  static let builtinDataAllocator = 8
  static let subgraphAllocations = 8

  static let recordingSingleArenaBufferAllocator = 52
  static let recordingMicroAllocator = 124

  /// `TfLiteEvalTensor`: one per tensor, constants included.
  static let evalTensor = 12
  /// `NodeAndRegistration`: one per operator.
  static let nodeAndRegistration = 32
  /// `TfLiteTensor`: model inputs and outputs for good, operands of one operator while it prepares.
  static let tensor = 40
  static let affineQuantization = 12

  static let scratchBufferHandle = 4
  static let scratchBufferRequest = 12
  /// The runtime keeps room for this many requests beyond those made so far.
  static let spareScratchBufferRequests = 12

  static let microResourceVariables = 12
  static let resourceVariable = 20

  /// `AllocationInfo`: one per tensor and scratch request while offsets are planned.
  static let allocationInfo = 24
  /// The planner's working memory per buffer it places.
  static let plannerEntry = 40

  static let pointer = 4
  static let word = 4
  /// Tensors, scratch and operator data start at multiples of this.
  static let bufferAlignment = 16
}
