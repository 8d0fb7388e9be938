internal import AssayUpdate

extension Request.Step {
  /// Which step of an update a request is, by the native contract and by DDI; nil for anything else.
  ///
  ///     GET  /api/v1/devices/{mac}/model         poll         GET  /{tenant}/controller/v1/{id}
  ///     GET  /api/v1/models/{sha256}             artifact     GET  .../artifacts/{file}
  ///     POST /api/v1/devices/{mac}/reports       report       POST .../feedback
  init?(method: String, path: String) {
    switch method {
    case "GET":
      if path.hasPrefix("/api/v1/models/") {
        self = .artifact
      } else if path.hasPrefix("/api/v1/devices/") {
        guard path.hasSuffix("/model") else { return nil }
        self = .poll
      } else if path.contains("/controller/v1/") {
        // A base poll has nothing behind the device's name.
        guard path.contains("/artifacts/") || path.split(separator: "/").count == 4 else { return nil }
        self = path.contains("/artifacts/") ? .artifact : .poll
      } else {
        return nil
      }
    case "POST":
      guard path.hasSuffix("/reports") || path.hasSuffix("/feedback") else { return nil }
      self = .report
    default: return nil
    }
  }
}
