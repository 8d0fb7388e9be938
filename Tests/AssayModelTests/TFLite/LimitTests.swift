import AssayModel
import AssayTestSupport
import Testing

@Suite struct `Limits of the reader` {
  @Test(arguments: limitCases)
  func `a model above a limit is refused, one at it is read`(_ sample: LimitCase) throws {
    let bytes = SampleModels.classifier().bytes()
    var limits = ModelLimits()
    limits[keyPath: sample.limit] = sample.enough
    #expect(throws: Never.self) { try Graph.read(bytes, limits: limits) }
    limits[keyPath: sample.limit] = sample.enough - 1
    let error = try #require(throws: ModelError.self) { _ = try Graph.read(bytes, limits: limits) }
    #expect(error.code == .limit)
    #expect(error.withoutOffset == sample.text)
  }

  @Test func `a file above its limit is refused before it is read`() throws {
    let bytes = SampleModels.classifier().bytes()
    var limits = ModelLimits()
    limits.fileBytes = bytes.count - 1
    let error = try #require(throws: ModelError.self) { _ = try Graph.read(bytes, limits: limits) }
    #expect(error.description == "\(bytes.count) bytes are more than \(bytes.count - 1)")
  }

  @Test func `a window side above its limit is refused`() throws {
    var limits = ModelLimits()
    limits.windowSide = 1
    let error = try #require(throws: ModelError.self) {
      _ = try Graph.read(SampleModels.classifier().bytes(), limits: limits)
    }
    #expect(error.withoutOffset == "subgraph 0, operator 1 (MAX_POOL_2D): stride_h 2 is not between 1 and 1")
  }

  @Test func `long names are cut where they are shown, and refused where they identify`() throws {
    var limits = ModelLimits()
    limits.shownNameBytes = 4
    let graph = try Graph.read(SampleModels.accumulator().bytes(), limits: limits)
    #expect(graph.main.tensors[1].name == "sum/...")
    limits.identifierBytes = 2
    let error = try #require(throws: ModelError.self) {
      _ = try Graph.read(SampleModels.accumulator().bytes(), limits: limits)
    }
    #expect(
      error.withoutOffset
        == "subgraph 0, operator 1 (VAR_HANDLE): shared_name of 3 bytes is longer than 2")
  }
}

/// A limit, what the sample classifier needs of it, and what is said when there is less.
struct LimitCase: CustomTestStringConvertible, Sendable {
  let name: String
  let limit: any WritableKeyPath<ModelLimits, Int> & Sendable
  let enough: Int
  let text: String

  var testDescription: String { name }
}

private let limitCases: [LimitCase] = [
  LimitCase(
    name: "tables", limit: \.flatTables, enough: 41,
    text: "subgraph 0, operator 4 (SOFTMAX): more than 40 tables are visited"),
  LimitCase(
    name: "elements", limit: \.flatElements, enough: 157,
    text: "vectors and names have more than 156 elements together"),
  LimitCase(
    name: "nesting", limit: \.flatDepth, enough: 4,
    text: "subgraph 0, tensor 0 (\"image\"): tables are nested more than 3 deep"),
  LimitCase(name: "tensors", limit: \.tensors, enough: 10, text: "subgraph 0: tensors: 10 are more than 9"),
  LimitCase(
    name: "operators", limit: \.operators, enough: 5, text: "operator_codes: 5 are more than 4"),
  LimitCase(
    name: "operands", limit: \.operands, enough: 3,
    text: "subgraph 0, operator 0 (CONV_2D): inputs: 3 elements are more than 2"),
  LimitCase(
    name: "rank", limit: \.rank, enough: 4,
    text: "subgraph 0, tensor 0 (\"image\"): shape: 4 elements are more than 3"),
  LimitCase(
    name: "bytes of a tensor", limit: \.tensorBytes, enough: 72,
    text: "subgraph 0, tensor 3 (\"conv\"): shape [1, 6, 6, 2] of int8 is larger than 71 bytes"),
  LimitCase(
    name: "computed bytes", limit: \.activationBytes, enough: 150,
    text: "subgraph 0, tensor 9 (\"classes\"): computed tensors take more than 149 bytes together"),
]
