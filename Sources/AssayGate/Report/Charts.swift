/// How much of a budget is used, as a bar with the headroom in words.
enum BudgetBar {
  static func render(_ check: Check) -> String {
    let usage = check.usage ?? 1
    let width = usage.isFinite ? min(max(usage, 0), 1) * 100 : 100
    let state = check.verdict == .fail ? "over" : (usage > 0.95 ? "near" : "")
    let headroom = check.headroom.map { ", headroom \($0)" } ?? ""
    return """
      <div class="budget \(state)"><span>\(ReportText.escaped(check.code))</span><div class="track"><div class="fill" style="width:\(ReportText.fixed(width, places: 1))%"></div></div>
      <span class="text">\(ReportText.escaped("\(check.found) of \(check.expected)\(headroom)"))</span></div>

      """
  }
}

/// Accumulated error per layer, with each layer's own share inside it.
enum DriftChart {
  private static let rowHeight = 22
  private static let labelWidth = 292
  private static let valueWidth = 170
  private static let width = 900

  static func render(_ layers: [LayerDriftFacts]) -> String {
    let shown = Array(layers.prefix(200))
    let top = shown.reduce(0.0) { max($0, $1.accumulated.isFinite ? $1.accumulated : 0, $1.own ?? 0) }
    let height = shown.count * rowHeight + 26
    var svg = "<svg viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"Drift by layer\">\n"
    for (row, layer) in shown.enumerated() { svg += bar(layer, y: row * rowHeight, top: top) }
    svg +=
      "<text class=\"soft\" x=\"\(labelWidth)\" y=\"\(height - 8)\">RMSE over the reference's RMS: pale accumulated, dark added by the layer, red over tolerance</text>\n</svg>\n"
    if layers.count > shown.count {
      svg += "<p class=\"small\">\(layers.count - shown.count) more layers are in report.json</p>\n"
    }
    return svg
  }

  private static func bar(_ layer: LayerDriftFacts, y: Int, top: Double) -> String {
    let room = Double(width - labelWidth - valueWidth)
    func length(_ value: Double) -> String {
      ReportText.fixed(
        top > 0 && value.isFinite ? max(value / top * room, 1) : (value.isFinite ? 1 : room), places: 1)
    }
    let label = layer.layer.count > 42 ? layer.layer.prefix(41) + "…" : Substring(layer.layer)
    var svg = "<text x=\"0\" y=\"\(y + 15)\">\(ReportText.escaped(String(label)))</text>"
    svg +=
      "<rect class=\"\(layer.overTolerance ? "bad" : "fillbar2")\" x=\"\(labelWidth)\" y=\"\(y + 4)\" width=\"\(length(layer.accumulated))\" height=\"14\"/>"
    if let own = layer.own {
      svg +=
        "<rect class=\"fillbar\" x=\"\(labelWidth)\" y=\"\(y + 8)\" width=\"\(length(own))\" height=\"6\"/>"
    }
    let note =
      layer.saturatedHigh > 0.005 ? " · \(ReportText.percent(layer.saturatedHigh, places: 1)) at the top" : ""
    let x = width - valueWidth + 8
    svg +=
      "<text class=\"soft\" x=\"\(x)\" y=\"\(y + 15)\">\(ReportText.percent(layer.accumulated))\(note)</text>\n"
    return svg
  }
}

/// Live bytes of the arena's head over the execution steps, with the peak marked.
enum ArenaChart {
  private static let width = 900
  private static let height = 240
  private static let left = 70
  private static let bottom = 30

  static func render(_ arena: ArenaFacts) -> String {
    let total = max(arena.minimumBytes, arena.budgetBytes ?? 0, 1)
    var svg = "<svg viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"Arena over time\">\n"
    func y(_ bytes: Int) -> Double {
      Double(height - bottom) - Double(bytes) / Double(total) * Double(height - bottom - 20)
    }
    let step = Double(width - left - 10) / Double(max(arena.steps.count, 1))
    for (index, item) in arena.steps.enumerated() {
      svg += column(item, index, step, peak: index == arena.peakStep, tail: arena.tailBytes, y)
    }
    svg += line(y(arena.minimumBytes), "minimum \(ReportText.bytes(arena.minimumBytes))", "axis")
    if let budget = arena.budgetBytes {
      svg += line(y(budget), "budget \(ReportText.bytes(budget))", "limit")
    }
    if arena.steps.indices.contains(arena.peakStep) {
      let x = Double(left) + step * (Double(arena.peakStep) + 0.5)
      let isLeft = x < Double(width) / 2
      svg +=
        "<text x=\"\(ReportText.fixed(isLeft ? max(x - step / 2, 0) : x + step / 2, places: 1))\" y=\"\(height - 10)\" text-anchor=\"\(isLeft ? "start" : "end")\">peak: \(ReportText.escaped(arena.steps[arena.peakStep].layer))</text>\n"
    }
    svg += "</svg>\n"
    let split =
      "head \(ReportText.bytes(arena.headBytes)), tail \(ReportText.bytes(arena.tailBytes)), of the head's plan scratch \(ReportText.bytes(arena.scratchBytes)); the minimum is set by \(arena.decidedBy)"
    svg +=
      "<p class=\"small\">\(ReportText.escaped(split)). Grey: persistent tail; blue: tensors; pale: scratch.</p>\n"
    return svg + list("Alive at the peak", arena.peak) + list("Tail by cause", arena.tail)
  }

  private static func column(
    _ item: ArenaStep, _ index: Int, _ step: Double, peak: Bool, tail: Int, _ y: (Int) -> Double
  ) -> String {
    let x = ReportText.fixed(Double(left) + step * Double(index), places: 1)
    let width = ReportText.fixed(max(step - 1, 0.6), places: 1)
    func rect(_ from: Int, _ to: Int, _ style: String) -> String {
      to <= from
        ? ""
        : "<rect \(style) x=\"\(x)\" y=\"\(ReportText.fixed(y(to), places: 1))\" width=\"\(width)\" height=\"\(ReportText.fixed(y(from) - y(to), places: 1))\"><title>\(ReportText.escaped("\(item.layer): tensors \(ReportText.bytes(item.tensorBytes)), scratch \(ReportText.bytes(item.scratchBytes))"))</title></rect>"
    }
    let tensors = tail + item.tensorBytes
    return rect(0, tail, "fill=\"#9aa5b3\"")
      + rect(tail, tensors, peak ? "class=\"bad\"" : "class=\"fillbar\"")
      + rect(tensors, tensors + item.scratchBytes, "class=\"fillbar2\"") + "\n"
  }

  private static func line(_ y: Double, _ text: String, _ style: String) -> String {
    let at = ReportText.fixed(y, places: 1)
    return
      "<line class=\"\(style)\" x1=\"\(left)\" x2=\"\(width)\" y1=\"\(at)\" y2=\"\(at)\"/><text class=\"soft\" x=\"\(width - 6)\" y=\"\(ReportText.fixed(y - 4, places: 1))\" text-anchor=\"end\">\(ReportText.escaped(text))</text>\n"
  }

  private static func list(_ title: String, _ items: [ArenaItem]) -> String {
    guard !items.isEmpty else { return "" }
    let rows = items.prefix(12).map {
      "<tr><td>\(ReportText.escaped($0.name))</td><td class=\"n\">\(ReportText.bytes($0.bytes))</td></tr>"
    }
    return "<details><summary>\(title)</summary><table>\(rows.joined())</table></details>\n"
  }
}

/// Labels against predictions; off-diagonal counts stand out.
enum ConfusionChart {
  static let maximumLabels = 24

  static func render(_ confusion: ConfusionFacts) -> String {
    guard confusion.labels.count <= maximumLabels else {
      return
        "<p class=\"small\">The confusion matrix of \(confusion.labels.count) labels is in report.json.</p>\n"
    }
    let head = confusion.labels.map { "<th>\(ReportText.escaped($0))</th>" }.joined()
    var html = "<h3>Confusion matrix</h3>\n<table class=\"matrix\"><tr><th></th>\(head)</tr>\n"
    for (row, counts) in confusion.counts.enumerated() {
      let total = max(counts.reduce(0, +), 1)
      let cells = counts.enumerated().map { column, count -> String in
        let share = ReportText.fixed(Double(count) / Double(total) * 0.8, places: 2)
        let colour =
          row == column
          ? "rgba(26,127,71,\(share))"
          : "rgba(196,40,31,\(count == 0 ? "0" : ReportText.fixed(min(0.15 + Double(count) / Double(total) * 3, 0.8), places: 2)))"
        return "<td style=\"background:\(colour)\">\(count == 0 ? "" : String(count))</td>"
      }
      html += "<tr><th>\(ReportText.escaped(confusion.labels[row]))</th>\(cells.joined())</tr>\n"
    }
    return html + "</table>\n<p class=\"small\">Rows are labels, columns predictions.</p>\n"
  }
}
