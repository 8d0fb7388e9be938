/// "Did you mean": the nearest of the allowed words.
public enum Suggestion {
  /// The candidate nearest to `word`, when one is near enough to be a slip of the pen; the first of
  /// equally near ones.
  ///
  ///     Suggestion.nearest(to: "modle", in: ["model", "inputs"])   // "model"
  public static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let allowed = max(1, word.count / 3)
    var best: (distance: Int, word: String)?
    for candidate in candidates where candidate.utf8.count <= 64 {
      let distance = distance(word.lowercased(), candidate.lowercased())
      if distance <= allowed, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.word
  }

  /// `; did you mean "model"?`, followed by the allowed words; empty when there are none.
  public static func hint(for word: String, in candidates: [String]) -> String {
    guard !candidates.isEmpty else { return "" }
    let list = "allowed: \(candidates.joined(separator: ", "))"
    guard let nearest = nearest(to: word, in: candidates) else { return "; \(list)" }
    return "; did you mean \"\(nearest)\"? \(list)"
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a), b = Array(b)
    var twoBack: [Int] = []
    var last = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var row = [i + 1]
      for (j, y) in b.enumerated() {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (x == y ? 0 : 1))
        if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { cost = min(cost, twoBack[j - 1] + 1) }
        row.append(cost)
      }
      (twoBack, last) = (last, row)
    }
    return last[b.count]
  }
}
