import AssayTestSupport
import Testing

@Suite struct `A rehearsed rollout` {
  @Test func `stops at a failing canary and says what was reached`() throws {
    let project = try SampleProject()
    let words = "ota fleet --devices 300 --groups 20,80 --failing 400 --days 4 --seed 3"
    let first = try project.run(words: words)
    #expect(first.exitCode == 0, "\(first)")
    #expect(first.output.contains("rollout    rolled back: too many devices failed"))
    #expect(first.output.contains("updated    0 of 300 devices"))
    #expect(first.output.contains("devices, at most 20 allowed by the groups that opened"))
    #expect(first.output.hasSuffix("verdict    no violation\n"))
    #expect(try project.run(words: words).output == first.output)
    #expect(try project.run(words: "\(words)1").output != first.output)
  }

  @Test(arguments: [
    ("--groups 1,x", "--groups is a list of whole numbers"), ("--groups ,", "--groups is a list"),
    ("--devices 0", "--devices is a whole number from 1 to 1000000"),
    ("--failing 1001", "--failing is a whole number from 0 to 1000"), ("--outage -1", "--outage is a whole"),
    ("surplus", "usage: assay ota fleet"),
  ])
  func `refuses plans that make no sense`(options: String, text: String) throws {
    let found = try SampleProject().run(words: "ota fleet \(options)")
    #expect(found.exitCode == 2 && found.errors.contains(text), "\(found)")
  }
}
