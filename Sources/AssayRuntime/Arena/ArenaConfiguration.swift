/// What a firmware decides about its tensor arena, apart from the model.
public struct ArenaConfiguration: Sendable, Hashable {
  public var library: KernelLibrary
  public var resourceVariables: ResourceVariableTable
  /// Whether the firmware uses `RecordingMicroAllocator`, whose bookkeeping sits in the arena too.
  public var recordsAllocations: Bool

  public init(
    library: KernelLibrary, resourceVariables: ResourceVariableTable = .init(),
    recordsAllocations: Bool = false
  ) {
    self.library = library
    self.resourceVariables = resourceVariables
    self.recordsAllocations = recordsAllocations
  }
}

/// Where the firmware keeps its table of resource variables, and for how many.
///
/// The variables' contents are always in the model's arena; only the table moves.
public struct ResourceVariableTable: Sendable, Hashable {
  public enum Placement: String, Sendable, Hashable, CaseIterable {
    /// In the model's arena.
    case shared
    /// In an arena of its own, as ESPHome does.
    case separate
  }

  public var placement: Placement
  /// Entries the firmware reserves; `nil` = as many as the model has VAR_HANDLE operators.
  public var count: Int?

  public init(placement: Placement = .shared, count: Int? = nil) {
    self.placement = placement
    self.count = count
  }
}
