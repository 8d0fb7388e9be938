import AssayTestSupport
import Testing

@testable import AssayGate

struct `The limit that would pass` {
  @Test(arguments: [Rule.Unit.milliseconds, .share, .decibels, .real])
  func `passes as it is printed`(_ unit: Rule.Unit) throws {
    var generator = SeededGenerator(seed: 20_261_121)
    for _ in 0..<2000 {
      let scale = [1e-7, 1e-3, 1, 1e3][Int(generator.next() % 4)]
      let found = Double(generator.next() >> 11) / Double(1 << 53) * scale
      for limit in [Limit.atMost(found), .atLeast(found)] {
        let text = CheckWriter.tolerance(found, limit, unit)
        let number = try #require(Double(text.split(separator: " ")[1]), "\(text)")
        let bound = unit == .share ? number / 100 : number
        let judged: Limit = if case .atMost = limit { .atMost(bound) } else { .atLeast(bound) }
        #expect(Judge.judge(.number(found), judged).verdict == .pass, "\(found) \(text)")
      }
    }
  }
}
