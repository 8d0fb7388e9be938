public import AssayMeasure

/// Memory that ExecuTorch's ESP32 runner sets aside unless a firmware says otherwise: what a bundled
/// program without a budget of its own is held against.
public enum RunnerPool {
  /// For planned buffers, loaded method and inputs.
  public static func methodBytes(_ target: Target) -> Int { target.psram == nil ? 256 << 10 : 2 << 20 }

  static func limit(_ target: Target) -> BudgetLimit {
    let memory = target.psram == nil ? "without PSRAM" : "with PSRAM"
    return BudgetLimit(
      limit: .atMost(Double(methodBytes(target))), source: "default pool of the ESP32 runner \(memory)")
  }
}
