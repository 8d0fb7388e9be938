import AssayFiles
import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

/// Memory of committed programs; figures of the bump allocator as a 32-bit build of ExecuTorch runs it.
@Suite struct `Memory of a program` {
  private static func memory(_ name: String, at shape: [[Int]]? = nil) throws -> ExecuTorchMemory {
    let bytes = try FileBytes.read("\(Checkout.root)/\(name)", limit: 1 << 24)
    let graph = try Graph.read(bytes)
    return try #require(ExecuTorchMemory(shape.map { shape in try graph.resized(to: shape) } ?? graph))
  }

  private static let digits = "suites/digits/formats/digits-v2"

  @Test(arguments: [
    ("float.pte", 18_560, 7_564, 149), ("bpte", 18_560, 7_564, 149), ("cortex_m.pte", 4_640, 11_852, 212),
    ("decomposed.pte", 46_912, 16_276, 149),
  ])
  func `is planned buffers, loaded method and inputs, and a temporary pool while loading`(
    ending: String, planned: Int, method: Int, temporary: Int
  ) throws {
    let memory = try Self.memory("\(Self.digits).\(ending)")
    #expect(memory.plannedBytes == planned)
    #expect(abs(memory.methodBytes - method) <= 4)
    #expect(memory.inputBytes == 16)
    #expect(memory.minimumBytes == planned + memory.methodBytes + 16)
    #expect(memory.temporaryBytes == temporary)
  }

  @Test func `never holds less than what is alive, and names what is alive at the peak`() throws {
    for ending in ["float.pte", "cortex_m.pte", "decomposed.pte"] {
      let memory = try Self.memory("\(Self.digits).\(ending)")
      #expect(
        memory.steps.allSatisfy { $0.liveBytes <= $0.extentBytes && $0.extentBytes <= memory.plannedBytes })
      let peak = memory.steps[memory.peakStep].liveBytes
      #expect(peak == memory.steps.map(\.liveBytes).max())
      #expect(memory.peak.reduce(0) { $0 + $1.byteCount } == peak)
    }
  }

  @Test func `says in words what dequantised weights cost`() throws {
    let finding = try Self.memory("\(Self.digits).decomposed.pte").findings
    #expect(finding.count == 1)
    #expect(finding[0].hasPrefix("int8 in quantized_decomposed form needs 2.5 times the float arena"))
    #expect(try Self.memory("\(Self.digits).cortex_m.pte").findings.isEmpty)
  }

  @Test func `of a method with dynamic shapes is that of the bound`() throws {
    let program = "Tests/Goldens/programs/dynamic.bpte"
    let bound = try Self.memory(program)
    let below = try Self.memory(program, at: [[1, 6]])
    #expect(bound.plannedBytes == below.plannedBytes && bound.methodBytes == below.methodBytes)
    #expect((below.steps.first?.liveBytes ?? 0) < (bound.steps.first?.liveBytes ?? 0))
  }

  @Test(.enabled(if: ProgramFixture.areThere, "the conformance fixtures are not here"))
  func `folding constants would save what the folded export saves`() throws {
    let finding = try Self.memory("../shared/conformance/pte/digits_cnn.float_portable.pte").findings
    // The same network exported with constant propagation plans 8,192 bytes instead of 33,920.
    #expect(finding.first?.hasPrefix("constant propagation would save about 25728 bytes") == true)
  }
}
