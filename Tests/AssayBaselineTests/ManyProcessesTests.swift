import AssayBaseline
import AssayFiles
import AssayTestSupport
import Glibc
import Testing

/// The numbers of runs that a child writes, from a name that says whose they are.
private func writeRuns(_ path: String, child: Int, count: Int, log: Bool? = nil) throws {
  for index in 0..<count {
    let store = try BaselineStore(path, busyMilliseconds: 60_000, usesWriteAheadLog: log)
    var run = Sample.run("c\(child)-\(index)")
    run.checks = (0..<20).map { _ in run.checks[0] }
    if index % 2 == 0 {
      try store.append(run)
    } else {
      try store.begin(id: run.id, startedAt: run.startedAt, assayVersion: "1")
      try store.complete(run)
    }
  }
}

@Suite struct `Several processes` {
  @Test(arguments: [true, false])
  func `that write at once lose nothing`(usesWriteAheadLog: Bool) async throws {
    let folder = try TemporaryFolder()
    let path = folder("assay.db")
    // None of them finds a database: they also race to make it.
    await withTaskGroup(of: Void.self) { group in
      for child in 0..<4 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [path = path as String, child = child as Int, log = usesWriteAheadLog as Bool] in
            try writeRuns(path, child: child, count: 12, log: log)
          }
        }
      }
    }
    #expect(Folder.holdsFile(path + "-wal") == false)
    let runs = try BaselineStore(path, usesWriteAheadLog: usesWriteAheadLog).runs(limit: 1_000)
    #expect(runs.count == 48 && runs.allSatisfy { $0.verdict == .pass })
  }

  @Test func `that load different text at once each see their own`() async throws {
    let folder = try TemporaryFolder()
    let path = folder("assay.db")
    for child in 0..<3 {
      try folder.write("\(child)/budgets/a.yaml", "budgets: [{suite: s, check: arena, max: \(child)}]")
    }
    await withTaskGroup(of: Void.self) { group in
      for child in 0..<3 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [path = path as String, child = child as Int, text = folder("\(child)") as String] in
            for _ in 0..<15 {
              let store = try BaselineStore(path, busyMilliseconds: 60_000)
              let found = try store.load(text, checks: Sample.checks).budgets.map(\.value)
              if found != [Double(child)] { exit(9) }
            }
          }
        }
      }
    }
  }

  @Test func `that are killed at any moment leave whole runs only`() async throws {
    let folder = try TemporaryFolder()
    let path = folder("assay.db")
    try BaselineStore(path).append(Sample.run("first"))
    var random = SystemRandomNumberGenerator()
    let kills = unsafe getenv("ASSAY_KILLS").flatMap { unsafe Int(String(cString: $0)) } ?? 12
    for child in 0..<kills {
      let delay = Int.random(in: 500...60_000, using: &random)
      await #expect(processExitsWith: .signal(SIGALRM), "delay \(delay) µs") {
        [path = path as String, child = child as Int, delay = delay as Int] in
        ualarm(UInt32(delay), 0)
        try writeRuns(path, child: child, count: 100_000)
      }
      let store = try BaselineStore(path)
      for summary in try store.runs(limit: 100_000) where summary.verdict != nil {
        let run = try #require(try store.run(summary.id))
        let isWhole =
          run.measurements.count == 2 && run.inputs.count == 1 && run.targets.count == 1
          && run.document != nil
        #expect(isWhole && [2, 20].contains(run.checks.count), "\(run.id), delay \(delay) µs")
      }
    }
    #expect(try BaselineStore(path).run("first") == Sample.run("first"))
  }
}
