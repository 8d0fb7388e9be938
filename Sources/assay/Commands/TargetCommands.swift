import AssayDocument
import AssayFiles
import AssayMeasure

private let baselinesOption = OptionSpecification.value(
  "baselines", "DIR", "where targets are (default: baselines)")

let targetListCommand = CommandSpecification(
  name: "target list", arguments: "", positionals: 0...0, summary: "every target profile and its firmwares",
  options: [baselinesOption], example: "assay target list"
) { invocation, console in
  let library = try invocation.targetLibrary()
  let targets = try library.names.map { try library.resolve($0) }
  if invocation.wantsJSON {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["targets"] = .array(
      targets.map { target in
        var row = JSONObject()
        row["name"] = .string(target.name)
        row["sha256"] = .string(target.sha256)
        row["firmwares"] = .array(target.fielded.map { .string($0.name) })
        return .object(row)
      })
    console.print(JSONValue.object(object).text())
    return .done
  }
  for target in targets {
    let firmwares = target.fielded.map { "\($0.name) (esp-nn \($0.runtime.espNN ?? "none"))" }
    console.print("\(target.name.padded(to: 28)) \(firmwares.joined(separator: ", "))".trimmedRight)
  }
  return .done
}

let targetShowCommand = CommandSpecification(
  name: "target show", arguments: "ID", positionals: 1...1,
  summary: "a profile as it is resolved, with its sha256",
  options: [.value("set", "path=value", "override a field", repeats: true), baselinesOption],
  example: "assay target show esp32s3-n16r8 --set cpu.clock=160MHz"
) { invocation, console in
  let target = try invocation.targetLibrary().resolve(
    invocation.positionals[0], overrides: invocation.all("set"))
  if invocation.wantsJSON {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["name"] = .string(target.name)
    object["sha256"] = .string(target.sha256)
    object["profile"] = .string(target.canonicalText)
    console.print(JSONValue.object(object).text())
  } else {
    console.print(target.canonicalText.trimmedRight)
    console.print("# sha256 \(target.sha256)")
  }
  return .done
}

let targetImportCommand = CommandSpecification(
  name: "target import", arguments: "NAME [--lock F] [--sdkconfig F] [--partitions F]", positionals: 1...1,
  summary: "write a profile from the files of an ESP-IDF build",
  options: [
    .value("lock", "FILE", "dependencies.lock of the component manager"),
    .value("sdkconfig", "FILE", "sdkconfig of the build"),
    .value("partitions", "FILE", "partitions.csv"),
    .value("output", "FILE", "where to write the profile (default: standard output)"),
  ],
  example:
    "assay target import my-board --lock dependencies.lock --sdkconfig sdkconfig --partitions partitions.csv"
) { invocation, console in
  let (lock, config, table) = (
    invocation.value("lock"), invocation.value("sdkconfig"), invocation.value("partitions")
  )
  guard lock != nil || config != nil || table != nil else {
    throw CommandFailure.usage("assay target import: name at least one of --lock, --sdkconfig, --partitions")
  }
  func read(_ path: String) throws -> [UInt8] { try FileBytes.read(path, limit: SdkConfiguration.byteLimit) }
  let facts = try BuildFacts(
    lock: lock.map { try DependenciesLock(read($0), file: $0) },
    sdkconfig: config.map { try SdkConfiguration(read($0), file: $0) },
    partitions: table.map { try PartitionTable(read($0), file: $0) })
  let files = Target.BuildFiles(lock: lock, sdkconfig: config, partitionTable: table)
  let text = try TargetImport(name: invocation.positionals[0], facts: facts, files: files).text()
  if let output = invocation.value("output") {
    try FileBytes.write(text, to: output)
    if !console.quiet { console.print("wrote \(output)") }
  } else {
    console.print(text.trimmedRight)
  }
  return .done
}
