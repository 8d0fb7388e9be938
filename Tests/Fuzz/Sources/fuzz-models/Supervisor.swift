import AssayFiles
import AssayTestSupport
import Glibc

/// Runs workers, and keeps what ended one.
struct Supervisor {
  let arguments: Arguments
  let mutants: MutantSource

  /// Mutants per process: memory that one of them loses does not add up for long.
  static let batch: UInt64 = 5_000

  /// - Returns: How many mutants ended a worker or broke a promise.
  func run() -> Int {
    var failures = 0
    var next = arguments.first
    let end = arguments.first + arguments.runs
    while next < end {
      let batch = next..<min(next + Self.batch, end)
      let status = spawn(batch)
      guard status != 0 else {
        next = batch.upperBound
        continue
      }
      let number = lastNoted() ?? batch.lowerBound
      failures += 1
      print("mutant \(number) of seed \(arguments.seed): \(words(status))")
      keep(number)
      next = number + 1
    }
    return failures
  }

  /// Writes a mutant to the output folder.
  func keep(_ number: UInt64) {
    let path = Path.join(arguments.output, "seed-\(arguments.seed)-mutant-\(number).\(arguments.format)")
    do throws(FileError) {
      try Folder.create(arguments.output)
      try FileBytes.write(mutants.mutant(number), to: path)
      print("  kept as \(path)")
    } catch {
      print("  not kept: \(error)")
    }
  }

  static let progressPath = "/tmp/fuzz-models-\(getpid()).progress"

  private func spawn(_ range: Range<UInt64>) -> Int32 {
    let words = [CommandLine.arguments[0]] + arguments.worker(range) + [Self.progressPath]
    var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    var child: pid_t = 0
    guard unsafe posix_spawn(&child, "/proc/self/exe", nil, nil, &pointers, environ) == 0 else { return -1 }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return status
  }

  private func lastNoted() -> UInt64? {
    guard let bytes = try? FileBytes.read(Self.progressPath, limit: 8), bytes.count == 8 else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func words(_ status: Int32) -> String {
    let signal = status & 0x7f
    if signal == SIGALRM { return "no end within \(Worker.patienceSeconds) s" }
    return signal != 0 ? "signal \(signal)" : "exit \(status >> 8 & 0xff)"
  }
}
