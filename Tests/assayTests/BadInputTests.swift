import AssayFiles
import AssayModel
import AssayRecording
import AssayTestSupport
import Glibc
import Testing

/// One thing that is wrong, what the program says about it, and how it exits.
struct BadInput: CustomTestStringConvertible, Sendable {
  var name: String
  var command: String
  /// Part of what stands on standard error or in the report.
  var text: String
  var exitCode: Int32
  var damage: @Sendable (SampleProject) throws -> Void

  var testDescription: String { name }

  init(
    _ name: String, _ command: String, _ text: String, _ exitCode: Int32,
    _ damage: @escaping @Sendable (SampleProject) throws -> Void = { _ in }
  ) {
    self.name = name
    self.command = command
    self.text = text
    self.exitCode = exitCode
    self.damage = damage
  }
}

private func replace(_ file: String, _ old: String, _ new: String) -> @Sendable (SampleProject) throws -> Void
{
  { project in
    let text = try FileBytes.readText(project.folder(file), limit: 1 << 20)
    try project.folder.write(file, text.replacing(old, with: new))
  }
}

private func write(_ file: String, _ bytes: [UInt8]) -> @Sendable (SampleProject) throws -> Void {
  { project in try project.folder.write(file, bytes) }
}

private let run = "run suites/s/model.tflite --inputs suites/s/inputs.npz --output out.npz"

private let models: [BadInput] = [
  BadInput("an empty model", run, "suites/s/model.tflite", 2, write("suites/s/model.tflite", [])),
  BadInput("random bytes", "inspect suites/s/model.tflite", "suites/s/model.tflite", 2) {
    try $0.folder.write("suites/s/model.tflite", (0..<999).map { UInt8(truncatingIfNeeded: $0 &* 7919) })
  },
  BadInput("a truncated model", "gate", "suites/s/model.tflite", 2) {
    try $0.folder.write(
      "suites/s/model.tflite", Array(SampleProject.digits("models/digits-v2.int8.tflite").dropLast(3000)))
  },
  BadInput("a missing model", "inspect nowhere.tflite", "nowhere.tflite: ", 2),
  BadInput("a folder for a model", "inspect suites", "suites: ", 2),
  BadInput("a model without a kernel here", run, "MATRIX_DIAG", 2) {
    try $0.folder.write(
      "suites/s/model.tflite", SampleModels.unary(.matrixDiag, shape: [1, 8, 8, 1]).bytes())
  },
]

private let recordings: [BadInput] = [
  BadInput("a recording of another dtype", run, "in_0 is float32, the model takes int8", 2),
  BadInput("a recording of another shape", run, "in_0 has shape [4, 1, 8, 7, 1]", 2) {
    try $0.folder.write(
      "suites/s/inputs.npz", SampleProject.recording(shape: [1, 8, 7, 1], type: .int8).encoded())
  },
  BadInput(
    "a recording without inputs", run, "suites/s/inputs.npz", 2, write("suites/s/inputs.npz", [1, 2, 3])),
  BadInput("labels of another length", "gate", "labels", 2) {
    try $0.folder.write("suites/s/inputs.npz", SampleProject.recording(labels: [0, 1]).encoded())
  },
  BadInput("a label that is no class", "gate", "label 12", 2) {
    try $0.folder.write("suites/s/inputs.npz", SampleProject.recording(labels: [0, 1, 2, 12]).encoded())
  },
  BadInput("NaN in a recording", "gate", "NaN", 2) {
    try $0.folder.write("suites/s/inputs.npz", SampleProject.recording(value: .nan).encoded())
  },
  BadInput("NaN in an output", "gate", "s/m/finite", 1) {
    try $0.folder.write("suites/s/model.tflite", SampleModels.unary(.sqrt, shape: [1, 6, 6, 1]).bytes())
    try $0.folder.write(
      "suites/s/inputs.npz", SampleProject.recording(shape: [1, 6, 6, 1], value: -1).encoded())
    try replace("suites/s/suite.yaml", "metric: top1", "metric: none")($0)
    try replace("baselines/budgets/s.yaml", "check: top1, min: 0 %", "check: output-max, max: 1")($0)
  },
]

private let configuration: [BadInput] = [
  BadInput(
    "an unknown key of a suite", "gate", "suites/s/suite.yaml:6:5: unknown key \"recording\"; did you mean",
    2,
    replace("suites/s/suite.yaml", "recordings:", "recording:")),
  BadInput(
    "an unknown metric", "gate", "did you mean \"top1\"?", 2,
    replace("suites/s/suite.yaml", "metric: top1", "metric: top2")),
  BadInput(
    "an unknown check", "gate", "did you mean \"arena\"?", 2,
    replace("baselines/budgets/s.yaml", "check: arena", "check: arenas")),
  BadInput(
    "an unknown target", "gate", "did you mean \"board\"?", 2,
    replace("suites/s/suite.yaml", "[board]", "[bord]")),
  BadInput(
    "an unknown field of a target", "gate", "baselines/targets/board.yaml:", 2,
    replace("baselines/targets/board.yaml", "esp_nn:", "esp_nm:")),
  BadInput("an override that does not exist", "gate --set cpu.clok=1", "clok", 2),
  BadInput("an unmodelled library version", "gate --set runtime.esp_nn=1.3.1", "1.3.1", 3),
  BadInput(
    "a missing recording", "gate", "nothing.npz", 2,
    replace("suites/s/suite.yaml", "inputs.npz", "nothing.npz")),
  BadInput("an empty suites folder", "gate", "nothing would be checked", 3) {
    try $0.folder.write("suites/s/suite.yaml", "")
    try FileBytes.remove($0.folder("suites/s/suite.yaml"))
  },
  BadInput(
    "no budget for a target", "gate", "no budget", 3,
    replace("baselines/budgets/s.yaml", "suite: s", "suite: other")),
  BadInput(
    "another number of cases than promised", "gate", "expect_cases is 2", 2,
    replace("suites/s/suite.yaml", "targets:", "expect_cases: 2\ntargets:")),
  BadInput("a misspelt option", "gate --report x", "did you mean", 2),
  BadInput("a misspelt verb", "gaet", "did you mean \"gate\"?", 2),
  BadInput("a verb without its argument", "inspect", "usage: assay inspect", 2),
]

/// What would pass by judging less than somebody believes.
private let unjudged: [BadInput] = [
  BadInput(
    "a budget for a model that is not there", "gate",
    "baselines/budgets/s.yaml:4:5: the row of top1 for s/mm/* judges nothing: no model of the suite is called",
    2, replace("baselines/budgets/s.yaml", "{check: top1,", "{model: mm, check: top1,")),
  BadInput(
    "a budget for a target that is not judged", "gate", "it is not judged on target \"board/fw\"", 2,
    replace("baselines/budgets/s.yaml", "{check: top1,", "{target: board/fw, check: top1,")),
  BadInput("a budget above the memory of the board", "gate", "its row allows more", 1) {
    // Input and output of a megabyte each, in 512 KiB.
    try $0.folder.write("suites/s/model.tflite", SampleModels.unary(.relu, shape: [1, 512, 512, 1]).bytes())
    try $0.folder.write("suites/s/suite.yaml", SampleProject.withoutRecordings)
    try $0.folder.write("baselines/budgets/s.yaml", "suite: s\nbudgets:\n  - {check: arena, max: 8 MiB}\n")
  },
  BadInput("nothing but memory judged", "gate", "No recordings: accuracy and drift are not judged", 0) {
    try $0.folder.write("suites/s/suite.yaml", SampleProject.withoutRecordings)
    try $0.folder.write("baselines/budgets/s.yaml", "suite: s\nbudgets:\n  - {check: arena, max: 64 KiB}\n")
  },
  BadInput(
    "a slot larger than the flash", "gate", "the model slot of 33554432 B is larger than the flash", 2,
    replace("baselines/targets/board.yaml", "model_slot: 1 MiB", "model_slot: 32 MiB")),
  BadInput(
    "a budget larger than any number", "gate", "bytes are no limit", 2,
    replace("baselines/budgets/s.yaml", "64 KiB", "9223372036854775807 B")),
  BadInput(
    "the candidate as its own reference", "gate", "suite.yaml:6:16: the reference is the candidate itself", 2,
    replace("suites/s/suite.yaml", "    recordings:", "    reference: model.tflite\n    recordings:")),
  BadInput("a copy of the candidate as reference", "gate", "holds the bytes of the candidate", 2) {
    try $0.folder.write("suites/s/twin.tflite", SampleProject.digits("models/digits-v2.int8.tflite"))
    try replace("suites/s/suite.yaml", "    recordings:", "    reference: twin.tflite\n    recordings:")($0)
  },
  BadInput("more inputs than the model has", "gate", "2 inputs, suites/s/model.tflite takes 1", 2) {
    var recording = try SampleProject.recording()
    let more = try RecordedArray(
      ArrayDescription(name: "in_1", type: .int8, shape: [4, 1]), bytes: [1, 2, 3, 4])
    recording.append(more)
    try $0.folder.write("suites/s/inputs.npz", recording.encoded())
  },
  BadInput("a constant answer without a reference", "gate", "s/m/collapse", 1) {
    try $0.folder.write("suites/s/model.tflite", SampleModels.unary(.relu, shape: [1, 6, 6, 1]).bytes())
    try $0.folder.write("suites/s/inputs.npz", deadRecording().encoded())
    try replace("suites/s/suite.yaml", "metric: top1", "metric: mean-error")($0)
    try replace("baselines/budgets/s.yaml", "check: top1, min: 0 %", "check: mean-error, max: 9")($0)
  },
  BadInput(
    "a second suite behind a link", "gate", "two suites are called \"s\"", 2,
    { project in
      let place = project.folder("elsewhere")
      try project.folder.write("elsewhere/suite.yaml", SampleProject.suite)
      _ = unsafe symlink(place, project.folder("suites/linked"))
    }),
  BadInput("a second suite in suite.yml", "gate", "two suites are called \"s\"", 2) {
    try $0.folder.write("suites/deep/a/b/c/d/suite.yml", SampleProject.suite)
  },
  BadInput("folders that go in a circle", "gate", "folders deep; is a link among them a loop?", 2) {
    _ = unsafe symlink(".", $0.folder("suites/loop"))
  },
  BadInput(
    "a name that forges a line", "gate", "suite.yaml:4:11: a name has 1 to 200 printable characters", 2,
    replace("suites/s/suite.yaml", "name: m", #"name: "m\nPASS  all is well""#)),
  BadInput(
    "a name that means every model", "gate", "none of them / or *", 2,
    replace("suites/s/suite.yaml", "name: m", "name: \"*\"")),
  BadInput(
    "two classes of one name", "gate", "two classes have one name", 2,
    replace("suites/s/suite.yaml", "metric: top1", "metric: top1\n    labels: [a, a]")),
  BadInput("few recordings many times", "gate", "Only 2 of 400 recordings differ", 3) {
    try replace("suites/s/suite.yaml", "    recordings:", "    baseline: model.tflite\n    recordings:")($0)
    try replace(
      "baselines/budgets/s.yaml", "{check: top1, min: 0 %}", "{check: drop-vs-baseline, margin: 2 points}")(
        $0)
    try $0.folder.write("suites/s/inputs.npz", repeatedRecording().encoded())
  },
]

/// Two different samples, 200 times each.
private func repeatedRecording() throws -> Recording {
  let input = ArrayDescription(name: "in_0", type: .int8, shape: [400, 1, 8, 8, 1])
  let bytes = (0..<400).flatMap { sample in (0..<64).map { UInt8(truncatingIfNeeded: $0 * (sample % 2 + 1)) }
  }
  return Recording([
    try RecordedArray(input, bytes: bytes), RecordedArray(name: "labels", (0..<400).map { $0 % 2 }),
  ])
}

/// `x + 1`, and beside it `x * scale`: only the second output knows the scale.
private func twoOutputs(scale: Float) -> [UInt8] {
  var model = ModelWriter()
  let x = model.input("x", .float32, [1, 4])
  let one = model.constant("one", .float32, [1], littleEndian(Float(1).bitPattern))
  let factor = model.constant("factor", .float32, [1], littleEndian(scale.bitPattern))
  let (sum, product) = (model.tensor("sum", .float32, [1, 4]), model.tensor("product", .float32, [1, 4]))
  model.add(.add, inputs: [x, one], outputs: [sum])
  model.add(.mul, inputs: [x, factor], outputs: [product])
  model.outputs([sum, product])
  return model.bytes()
}

private func twoOutputRecording() throws -> Recording {
  let bytes = (0..<32).flatMap { littleEndian((Float($0) - 15).bitPattern) }
  return Recording([
    try RecordedArray(ArrayDescription(name: "in_0", type: .float32, shape: [8, 1, 4]), bytes: bytes)
  ])
}

/// Inputs below zero, which a RELU turns into zeros, and what should have come out.
private func deadRecording() throws -> Recording {
  let bytes = (0..<4 * 36).flatMap { littleEndian(Float(-1 - $0).bitPattern) }
  let truth = (0..<4 * 36).flatMap { littleEndian(Float($0 % 2).bitPattern) }
  return Recording([
    try RecordedArray(ArrayDescription(name: "in_0", type: .float32, shape: [4, 1, 6, 6, 1]), bytes: bytes),
    try RecordedArray(ArrayDescription(name: "out_0", type: .float32, shape: [4, 1, 6, 6, 1]), bytes: truth),
  ])
}

private let environment: [BadInput] = [
  BadInput(
    "a wrapper newer than any that was measured", "gate --set runtime.esp_tflite_micro=1.5.0",
    "esp-tflite-micro 1.5.0 is not modelled", 3
  ) { _ in },
  BadInput("a second output that drifts", "gate", "FAIL  s/m/output-max", 1) {
    try $0.folder.write("suites/s/model.tflite", twoOutputs(scale: 2))
    try $0.folder.write("suites/s/reference.tflite", twoOutputs(scale: 1))
    try $0.folder.write(
      "suites/s/suite.yaml",
      SampleProject.suite.replacing("metric: top1", with: "reference: reference.tflite"))
    try $0.folder.write("suites/s/inputs.npz", twoOutputRecording().encoded())
    try $0.folder.write(
      "baselines/budgets/s.yaml", "suite: s\nbudgets:\n  - {check: output-max, max: 0.1}\n")
  },
  BadInput("a damaged database", "gate", "baselines/assay.db", 3) {
    try $0.folder.write("baselines/assay.db", (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
  },
  BadInput(
    "a reports folder that cannot be made", "gate --reports suites/s/suite.yaml/reports", "reports: ", 2),
  BadInput(
    "an output that cannot be written",
    "run suites/s/model.tflite --zeros --output nowhere/at/all/\0/out.npz", "", 2),
]

@Suite struct `Bad input` {
  @Test(arguments: models + recordings + configuration + unjudged + environment)
  func `ends in one clear line and its exit code`(_ input: BadInput) throws {
    let project = try SampleProject()
    try input.damage(project)
    let run = try project.run(words: input.command)
    #expect(run.signal == nil)
    #expect(run.exitCode == input.exitCode, "\(run.errors)\(run.output)")
    #expect((run.errors + run.output).contains(input.text), "\(run.errors)\(run.output)")
  }

  @Test func `the sample project itself passes`() throws {
    let run = try SampleProject().run("gate")
    #expect(run.exitCode == 0, "\(run.errors)\(run.output)")
  }

  @Test func `a full disk on standard output is never success`() throws {
    let run = try SampleProject().run("gate", outputPath: "/dev/full")
    #expect(run.signal == nil && run.exitCode == 3)
  }
}
