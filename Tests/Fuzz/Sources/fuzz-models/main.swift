import AssayFiles
import AssayTestSupport
import Glibc

guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())) else {
  print(Arguments.usage)
  exit(2)
}
if !arguments.files.isEmpty && !arguments.isWorker {
  for path in arguments.files {
    let bytes = try FileBytes.read(path, limit: 1 << 26)
    print(path, try ModelExamination.examine(bytes))
  }
  exit(0)
}
if let folder = arguments.seeds {
  try Folder.create(folder)
  for golden in FormatGolden.all(arguments.format) {
    let name = golden.name.split(separator: "/").joined(separator: "-")
    try FileBytes.write(golden.model, to: Path.join(folder, "\(name).\(arguments.format)"))
  }
  exit(0)
}
let mutants = MutantSource(arguments)
if arguments.isWorker, let path = arguments.files.first {
  let progress = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
  Worker(arguments: arguments, mutants: mutants).run(progress: progress)
  exit(0)
}
let supervisor = Supervisor(arguments: arguments, mutants: mutants)
if !arguments.write.isEmpty {
  for number in arguments.write { supervisor.keep(number) }
  exit(0)
}
print(
  "\(mutants.modelCount) models, seed \(arguments.seed), mutants from \(arguments.first), \(arguments.runs) of them"
)
let failures = supervisor.run()
_ = unsafe unlink(Supervisor.progressPath)
print(failures == 0 ? "no failures" : "\(failures) failures")
exit(failures == 0 ? 0 : 1)
