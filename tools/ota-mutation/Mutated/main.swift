// The program of the scratch package: `judge SUITES... CORPUS`, a mutant's number in MUTANT.
import AssayUpdate
import Glibc

func bytes(of path: String) -> [UInt8] {
  guard let file = unsafe fopen(path, "rb") else { return [] }
  defer { unsafe fclose(file) }
  var found = [UInt8](repeating: 0, count: 1 << 20)
  let count = unsafe fread(&found, 1, found.count, file)
  return Array(found[..<count])
}

unsafe activeMutant = unsafe getenv("MUTANT").flatMap { unsafe Int(String(cString: $0)) } ?? 0
let paths = CommandLine.arguments.dropFirst()
guard let corpus = paths.last,
  var judge = MutationJudge(suites: paths.dropLast().map { bytes(of: $0) }, corpus: bytes(of: corpus))
else {
  print("unreadable scenarios")
  exit(3)
}
judge.isQuick = unsafe getenv("QUICK") != nil
let verdict = judge.verdict()
print("replay\t\(verdict.replay)")
print("explore\t\(verdict.explore)")
print("hash\t\(verdict.traceHash)")
