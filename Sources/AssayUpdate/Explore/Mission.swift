/// What a run rehearses: a device with a model, a service with plans for it, and what should come of it.
struct Mission: Sendable {
  /// What should become of an assignment when nothing but power fails.
  enum Expectation: Sendable, Equatable {
    case succeeds
    case fails(Reason)
    case refused(Reason)
    /// Any final report.
    case ends
    /// Held back or overtaken: no final report.
    case open
    /// Taken back: no final report, and nothing of it is left.
    case cancelled
  }

  /// A model to assign.
  struct Step: Sendable {
    var manifest: Manifest
    var expectation: Expectation
  }

  var name: String
  var profile: DeviceProfile
  var geometry: FlashGeometry
  /// The model that serves at the beginning, in slot 0.
  var old: [UInt8]
  var oldContent: DeviceRecord.Content
  /// Everything the service can deliver.
  var images: [(bytes: [UInt8], digest: ImageDigest)]
  var steps: [Step]
  var rules: [NetworkRule] = []
  var events: [ServiceEvent] = []
  var selfTest: SelfTest
  /// Changes to the board before it is powered, such as a bad sector.
  var prepare: @Sendable (inout Board) -> Void = { _ in }
  /// Changes while it runs, at virtual seconds.
  var incidents: [Incident] = []
  /// Resumable interruptions by the network, for the bound on bytes.
  var interruptions = 0
  /// Whole images that have to be fetched again because flash lost them.
  var damages = 0
  /// How long a run may take in virtual hours before it counts as not converging.
  var limitHours = 48
  /// Sequence number of the record at the beginning.
  var sequence: UInt32 = 1
  /// True when the faults leave nothing that could serve.
  var endsInSafeMode = false

  /// Something that happens to the board at a moment.
  struct Incident: Sendable {
    var seconds: Int
    var change: @Sendable (inout Board) -> Void
  }

  /// A board whose factory put the old model into slot 0.
  func makeBoard(seed: UInt64, judge: ImageJudge) -> Board {
    var flash = Flash(geometry: geometry)
    flash.preload(old, slot: .zero)
    // The free slot holds what some earlier update left there.
    var random = SeededRandom(seed: seed, purpose: 3)
    flash.preload(random.bytes(geometry.slotBytes), slot: .one)
    var record = DeviceRecord()
    record.active = .zero
    record.slotZero = oldContent
    record.floor = oldContent.version
    flash.preload(record: record, copy: .zero, sequence: sequence)
    var service = ModelService()
    service.register(mac: profile.mac, token: profile.token)
    for image in images { service.store(image.bytes, digest: image.digest) }
    if let first = steps.first { service.assign(first.manifest, to: profile.mac) }
    var network = SimulatedNetwork(service: service, rules: rules, events: events)
    network.upcoming = steps.dropFirst().map(\.manifest)
    judge.remember(old)
    for image in images { judge.remember(image.bytes) }
    let monitor = InvariantMonitor(flash: flash, profile: profile, confirmed: [oldContent.digest])
    var board = Board(flash: flash, network: network, images: judge, monitor: monitor, seed: seed)
    prepare(&board)
    return board
  }
}

extension Mission {
  /// Digest, size and version of an image as a record describes it.
  static func content(_ image: [UInt8], digest: ImageDigest, version: ModelVersion) -> DeviceRecord.Content {
    DeviceRecord.Content(
      digest: digest, sizeBytes: UInt32(clamping: image.count), version: version, assignment: 0,
      confirmSeconds: 60)
  }

  /// A manifest for an image, with every field as the profile wants it.
  static func manifest(
    _ image: [UInt8], digest: ImageDigest, version: ModelVersion, assignment: UInt32, profile: DeviceProfile
  ) -> Manifest {
    Manifest(
      assignment: assignment, model: "model", version: version, format: ModelFormat.detect(image),
      sizeBytes: image.count, digest: digest, url: "/api/v1/models/\(digest.hex)", target: profile.target,
      minimumRuntime: profile.runtime, contract: profile.contract, arenaBytes: profile.arenaBytes,
      confirmSeconds: 60, expirySeconds: 1_800_000_000 + 30 * 86_400)
  }
}
