import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@Suite(.enabled(if: !ArenaRow.all.isEmpty, "the conformance fixtures are not beside this checkout"))
struct `The arena of field models` {
  @Test(arguments: ArenaRow.all)
  func `agrees with the real allocator in every figure, with the reference kernels`(_ row: ArenaRow) throws {
    let plan = try MemoryPlan(row.graph(), ArenaConfiguration(library: .reference))
    for (name, computed) in plan.referenceFigures {
      #expect(row.figures[name] == computed, "\(name)")
    }
    #expect(plan.referenceFigures.count == 16)
  }

  @Test(arguments: ArenaRow.all)
  func `agrees with the recording allocator`(_ row: ArenaRow) throws {
    let configuration = ArenaConfiguration(library: .reference, recordsAllocations: true)
    #expect(try MemoryPlan(row.graph(), configuration).usedBytes == row.figures["ref32_recording_total"])
  }

  @Test(arguments: ArenaRow.all, [KernelLibrary.espNN112, .espNN121, .espNN123])
  func `agrees with the S3 kernels of each version`(_ row: ArenaRow, _ library: KernelLibrary) throws {
    let plan = try MemoryPlan(row.graph(), ArenaConfiguration(library: library))
    #expect(plan.minimumBytes == row.figures["s3_espnn\(library)_min_arena"])
    #expect(plan.headBytes == row.figures["s3_espnn\(library)_head"])
    #expect(plan.tailBytes == row.figures["s3_espnn\(library)_tail"])
  }

  @Test(arguments: ArenaRow.all)
  func `is known for every operator, and nothing is refused`(_ row: ArenaRow) throws {
    let graph = try row.graph()
    let plan = try MemoryPlan(graph, ArenaConfiguration(library: .espNN121))
    #expect(plan.unmodelledOperators.isEmpty)
    #expect(DeviceSupport.refusals(graph).isEmpty)
  }
}

/// The failure in the field that this project exists for.
@Suite(.enabled(if: !ArenaRow.all.isEmpty, "the conformance fixtures are not beside this checkout"))
struct `The wake word that stopped listening` {
  private func plan(_ library: KernelLibrary) throws -> MemoryPlan {
    let graph = try #require(ArenaRow.all.first { $0.model == "mww_v2__okay_nabu" }).graph()
    return try MemoryPlan(
      graph, ArenaConfiguration(library: library, resourceVariables: .init(placement: .separate, count: 20)))
  }

  @Test func `fits its declared arena with esp-nn 1.1.2`() throws {
    #expect(try plan(.espNN112).minimumBytes == 25_808)
    #expect(try plan(.espNN112).startFailure(declaredBytes: 26_080) == nil)
  }

  @Test func `does not with 1.2.1, and the board logs what was seen in the field`() throws {
    #expect(try plan(.espNN121).minimumBytes == 33_776)
    let failure = try #require(try plan(.espNN121).startFailure(declaredBytes: 26_080))
    #expect(failure.logLine == "Failed to resize buffer. Requested: 19440, available 11876, missing: 7564")
    #expect(failure.missingBytes == 7564)
  }

  @Test func `grew by the scratch of one convolution`() throws {
    let change = ArenaDifference(from: try plan(.espNN112), to: try plan(.espNN121))
    #expect(change.minimumBytes == 7968)
    #expect(change.tail.isEmpty)
    #expect(change.scratch.first?.growth == change.scratch.map(\.growth).max())
  }
}
