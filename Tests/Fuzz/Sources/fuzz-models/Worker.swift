import AssayTestSupport
import Glibc

/// Examines mutants in this process, until one of them ends it.
struct Worker {
  let arguments: Arguments
  let mutants: MutantSource

  /// Seconds after which a mutant counts as a hang: the signal ends the process.
  static let patienceSeconds: UInt32 = 8

  static let memoryBytes: rlim_t = 3 << 30

  /// Writes the number of every mutant to `progress` before it is examined.
  func run(progress: Int32) {
    var memory = rlimit(rlim_cur: Self.memoryBytes, rlim_max: Self.memoryBytes)
    _ = unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_AS.rawValue)), &memory)
    var counts = Counts()
    for number in arguments.first..<arguments.first + arguments.runs {
      note(number, in: progress)
      alarm(Self.patienceSeconds)
      let bytes = mutants.mutant(number)
      do {
        counts.add(try ModelExamination.examine(bytes))
      } catch {
        print("VIOLATION mutant \(number): \(error)")
        exit(3)
      }
    }
    alarm(0)
    print(counts.line)
  }

  private func note(_ number: UInt64, in file: Int32) {
    var number = number
    _ = unsafe pwrite(file, &number, 8, 0)
  }
}

/// How far mutants came.
struct Counts {
  var refused = 0, notRunnable = 0, stopped = 0, ran = 0

  mutating func add(_ outcome: ModelExamination.Outcome) {
    switch outcome {
    case .refused: refused += 1
    case .notRunnable: notRunnable += 1
    case .stopped: stopped += 1
    case .ran: ran += 1
    }
  }

  var line: String { "refused \(refused), not runnable \(notRunnable), stopped \(stopped), ran \(ran)" }
}
