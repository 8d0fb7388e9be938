public import AssayModel

extension LatencyEstimate {
  /// What a device measured, where no estimate exists beside it.
  ///
  /// - Returns: `nil` when the profile is of another model or of another runtime than the target's.
  public init?(
    measuredBy profile: DeviceProfile, of graph: Graph, on target: Target, modelSHA256 digest: String
  ) {
    guard profile.modelSHA256 == digest, profile.runtimeKey == target.runtimeKey else { return nil }
    let operators = graph.main.operators
    let layers = profile.layers.count == operators.count ? profile.layers : []
    self.init(
      layers: zip(operators.indices, layers).map { index, spread in
        LayerLatency(measured: spread, operators[index], index: index, clockHertz: target.clockHertz)
      }, clockHertz: target.clockHertz,
      notes: ["measured on a device, \(profile.runs) runs"])
    if layers.isEmpty { range = profile.total.range }
    provenance = .measured
  }

  /// The estimate with a device's own figures in place of its own.
  ///
  /// - Parameter digest: SHA-256 of the model the estimate is of.
  /// - Returns: `nil` when the profile is of another model or of another runtime than the target's:
  ///   measured times expire with the versions they were taken with.
  public func overridden(by profile: DeviceProfile, on target: Target, modelSHA256 digest: String)
    -> LatencyEstimate?
  {
    guard profile.modelSHA256 == digest, profile.runtimeKey == target.runtimeKey else { return nil }
    if profile.layers.count == layers.count {
      let measured = zip(layers, profile.layers).map { $0.measured($1, clockHertz: clockHertz) }
      return LatencyEstimate(
        layers: measured, clockHertz: clockHertz,
        notes: notes + ["measured on a device, \(profile.runs) runs"])
    }
    var result = scaled(by: profile.total.medianMicroseconds / 1000 / max(range.milliseconds, 1e-9))
    result.range = profile.total.range
    result.provenance = .measured
    result.notes.append(
      "the whole was measured on a device (\(profile.runs) runs), layers are estimated shares")
    return result
  }

  /// The estimate corrected by what the device took for another model of the same target.
  ///
  /// - Parameter ratio: measured over estimated, of that other model.
  /// - Returns: `nil` for a ratio that is no correction (not between 1/3 and 3).
  public func calibrated(by ratio: Double, from model: String) -> LatencyEstimate? {
    guard ratio >= 1.0 / 3, ratio <= 3 else { return nil }
    var result = scaled(by: ratio)
    let percent = Int(((ratio - 1) * 100).rounded())
    result.notes.append(
      "scaled by \(percent >= 0 ? "+" : "")\(percent) % from the device profile of \(model)")
    return result
  }

  private func scaled(by factor: Double) -> LatencyEstimate {
    let scaledLayers = layers.map { layer in
      var layer = layer
      layer.range = layer.range.scaled(by: factor)
      layer.cycles *= factor
      return layer
    }
    return LatencyEstimate(layers: scaledLayers, clockHertz: clockHertz, notes: notes)
  }
}

extension DeviceProfile.Spread {
  var range: LatencyRange {
    LatencyRange(
      milliseconds: medianMicroseconds / 1000, lowMilliseconds: lowestMicroseconds / 1000,
      highMilliseconds: highestMicroseconds / 1000)
  }
}

extension LayerLatency {
  fileprivate init(measured spread: DeviceProfile.Spread, _ op: Operator, index: Int, clockHertz: Int) {
    self.init(
      index: index, place: "subgraph 0, operator \(index) (\(op.code.name))", operatorName: op.code.name,
      path: .unknown, reason: "this runtime's kernels are not modelled", instructions: nil,
      cycles: spread.medianMicroseconds * Double(clockHertz) / 1e6, memoryNanoseconds: 0, busBytes: 0,
      range: spread.range, provenance: .measured)
  }

  fileprivate func measured(_ spread: DeviceProfile.Spread, clockHertz: Int) -> LayerLatency {
    var layer = self
    layer.range = spread.range
    layer.cycles = spread.medianMicroseconds * Double(clockHertz) / 1e6
    layer.provenance = .measured
    return layer
  }
}
