internal import AssayDocument

/// The rows of one file under `baselines/budgets/`.
///
///     suite: digits                      # what entries need not repeat
///     budgets:
///       - {model: digits-v2, target: esp32s3-n16r8, check: arena, max: 20000 B}
///       - {model: [digits-v1, digits-v2], check: top1, min: 95 %, note: "all targets"}
///     waivers:
///       - {model: digits-v2, check: top1, until: 2026-12-31, by: Ada, reason: "issue 12"}
///
/// A model or target that is left out means every one; a list means each of it.
struct BudgetFile {
  var budgets: [Budget] = []
  var waivers: [Waiver] = []

  private let checks: [BudgetCheck]

  init(_ root: DocumentValue, checks: [BudgetCheck]) throws(DocumentErrors) {
    self.checks = checks
    var map = try root.map()
    let defaults = Defaults(
      suite: map.optional("suite") { try $0.string() }, model: map.optional("model", Self.names),
      target: map.optional("target", Self.names))
    let hasContent = map.has("budgets") || map.has("waivers")
    if !hasContent { map.fail("neither \"budgets\" nor \"waivers\" is in the file") }
    let lists = (
      map.optional("budgets", or: []) { try $0.list { try self.budget($0, defaults) } },
      map.optional("waivers", or: []) { try $0.list { try self.waiver($0, defaults) } }
    )
    try map.finish()
    budgets = lists.0.flatMap { $0 }
    waivers = lists.1.flatMap { $0 }
  }

  private struct Defaults {
    var suite: String?
    var model: [String]?
    var target: [String]?
  }

  private func budget(_ value: DocumentValue, _ defaults: Defaults) throws(DocumentErrors) -> [Budget] {
    var map = try value.map()
    let keys = Self.keys(&map, defaults)
    let check = map.required("check") { try self.check($0) }
    let note = map.optional("note") { try $0.string() }
    let limit = limit(&map, check)
    let (code, found) = try map.finish(check, limit)
    return keys.map {
      Budget(
        key: $0, check: code.code, rule: found.rule, value: found.value, unit: code.unit, note: note,
        location: value.location)
    }
  }

  /// The one of `max`, `min` and `margin` that is there, in the check's unit.
  private func limit(_ map: inout MapReader, _ check: BudgetCheck?) -> (rule: Budget.Rule, value: Double)? {
    let written = Budget.Rule.allCases.filter { map.has($0.rawValue) }
    // Without a known check its unit is unknown too: one error is enough.
    guard let check else { return nil }
    let allowed = check.rules.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
    guard written.count == 1, let rule = written.first, check.rules.contains(rule) else {
      map.fail("check \"\(check.code)\" needs one of \(allowed)", at: written.last?.rawValue)
      return nil
    }
    let value = map.required(rule.rawValue) { value in
      let amount = try value.amount(in: check.unit)
      // A drop of nothing cannot be shown on any number of recordings, one of everything always passes.
      guard rule != .margin || amount > 0 && (check.unit != .share || amount < 1) else {
        throw value.error("a margin lies above 0\(check.unit == .share ? " and below 100 points" : "")")
      }
      return amount
    }
    return value.map { (rule, $0) }
  }

  private func waiver(_ value: DocumentValue, _ defaults: Defaults) throws(DocumentErrors) -> [Waiver] {
    var map = try value.map()
    let keys = Self.keys(&map, defaults)
    let check = map.required("check") { value in
      let check = try self.check(value)
      guard check.isWaivable else {
        throw value.error("\"\(check.code)\" is a hard check: it cannot be waived")
      }
      return check.code
    }
    let reason = map.required("reason") { try $0.filledText() }
    let by = map.required("by") { try $0.filledText() }
    let until = map.required("until") { value in
      let text = try value.string()
      guard Timestamp.isDay(text) else { throw value.error("\"\(text)\" is not a day such as 2026-12-31") }
      return text
    }
    let (code, why, who, day) = try map.finish(check, reason, by, until)
    return keys.map {
      Waiver(key: $0, check: code, reason: why, lastDay: day, grantedBy: who, location: value.location)
    }
  }

  private func check(_ value: DocumentValue) throws(DocumentErrors) -> BudgetCheck {
    let code = try value.choice(of: checks.map(\.code))
    guard let found = checks.first(where: { $0.code == code }) else { throw value.error("unknown check") }
    return found
  }

  private static func keys(_ map: inout MapReader, _ defaults: Defaults) -> [BaselineKey] {
    let suite = map.optional("suite") { try $0.filledText() } ?? defaults.suite
    let models = map.optional("model", names) ?? defaults.model ?? [BaselineKey.any]
    let targets = map.optional("target", names) ?? defaults.target ?? [BaselineKey.any]
    guard let suite else {
      map.fail("missing key \"suite\"")
      return []
    }
    return models.flatMap { model in
      targets.map { BaselineKey(suite: suite, model: model, target: $0) }
    }
  }

  /// One name or a list of them.
  private static func names(_ value: DocumentValue) throws -> [String] {
    if case .list = value.content {
      let names = try value.list { try $0.filledText() }
      guard !names.isEmpty else {
        throw value.error("an empty list names nothing; leave it out for every one")
      }
      return names
    }
    return [try value.filledText()]
  }
}

extension DocumentValue {
  /// A limit in a check's unit.
  func amount(in unit: BudgetUnit) throws(DocumentErrors) -> Double {
    switch unit {
    case .bytes: try exactBytes()
    case .milliseconds: try milliseconds()
    case .share: try fraction()
    case .codes, .decibels: try number(in: unit.rawValue)
    case .number: try number()
    }
  }

  /// Sizes that a `Double` holds to the byte: one more byte is another number.
  private func exactBytes() throws(DocumentErrors) -> Double {
    let bytes = try byteCount()
    guard bytes < 1 << 53 else { throw error("\(bytes) bytes are no limit: less than 2^53 are") }
    return Double(bytes)
  }

  func filledText() throws(DocumentErrors) -> String {
    let text = try string()
    guard text.contains(where: { !$0.isWhitespace }) else { throw error("expected text, found an empty one") }
    return text
  }
}
