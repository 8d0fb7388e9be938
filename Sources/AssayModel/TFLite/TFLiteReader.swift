/// Reads TensorFlow Lite models.
///
/// ```swift
/// let graph = try TFLiteReader.read(bytes)
/// ```
///
/// Everything that the container and the model's structure promise is checked here: offsets,
/// enumerations, indices between tables, shapes against data, quantisation, the order of operators.
/// What one operator demands of its operands is checked where that operator is prepared. Models that
/// the device's runtime would refuse (hybrid, custom, delegated) are read like any other, so that
/// they can be named. Constants stay where they are in `bytes`.
public enum TFLiteReader {
  /// - Throws: `ModelError`, with the byte and the place in the model.
  /// - Complexity: O(tables + quantisation scales); weights are not touched.
  public static func read(_ bytes: [UInt8], limits: ModelLimits = .default) throws(ModelError) -> Graph {
    guard bytes.count <= limits.fileBytes else {
      throw ModelError(.limit, "\(bytes.count) bytes are more than \(limits.fileBytes)")
    }
    guard let identifier = FlatBuffer.identifier(of: bytes), identifier == TFLiteSchema.identifier else {
      throw ModelError(.notAModel, at: 4, "the identifier \(TFLiteSchema.identifier) is missing")
    }
    let graph = try TFLiteModelReader(FlatBuffer(bytes, limits: limits).root(), limits: limits).graph()
    try GraphValidator(graph: graph, limits: limits).validate()
    return graph
  }
}

/// Reads one model, table by table.
private struct TFLiteModelReader {
  typealias Schema = TFLiteSchema.Model

  let model: FlatTable
  let limits: ModelLimits
  let buffers: TFLiteBuffers
  let operators: TFLiteOperatorReader

  init(_ model: FlatTable, limits: ModelLimits) throws(ModelError) {
    let version = try model.integer(Schema.version, default: UInt32.zero)
    guard version == TFLiteSchema.version else {
      throw ModelError(
        .unsupported, at: model.position, "schema version \(version) is not \(TFLiteSchema.version)")
    }
    self.model = model
    self.limits = limits
    self.buffers = try TFLiteBuffers(model, limits: limits)
    self.operators = TFLiteOperatorReader(codes: try Self.codes(model, limits), limits: limits)
  }

  private static func codes(
    _ model: FlatTable, _ limits: ModelLimits
  ) throws(ModelError) -> [TFLiteOperatorCode] {
    let tables = try model.tables(Schema.operatorCodes).limited(to: limits.operators)
    var codes: [TFLiteOperatorCode] = []
    for index in 0..<tables.count {
      do throws(ModelError) {
        codes.append(try TFLiteOperatorCode(tables.table(index), limits: limits))
      } catch {
        throw error.placed(in: "operator code \(index)")
      }
    }
    return codes
  }

  func graph() throws(ModelError) -> Graph {
    var tensors = TFLiteTensorReader(buffers: buffers, limits: limits)
    let subgraphs = try subgraphs(&tensors)
    let plan = TFLiteOfflinePlan(buffers: buffers, limits: limits)
    return Graph(
      format: .tflite, storage: [model.buffer.bytes], subgraphs: subgraphs,
      modelDescription: try text(model, Schema.description),
      offlineOffsets: try plan.offsets(model, tensors: subgraphs.flatMap(\.tensors)), notes: tensors.notes)
  }

  private func subgraphs(_ tensors: inout TFLiteTensorReader) throws(ModelError) -> [Subgraph] {
    let tables = try model.tables(Schema.subgraphs).limited(to: limits.subgraphs)
    guard !tables.isEmpty else {
      throw ModelError(.invalid, at: model.position, "the model has no subgraph")
    }
    var subgraphs: [Subgraph] = []
    var left = (tensors: limits.tensors, operators: limits.operators)
    for index in 0..<tables.count {
      do throws(ModelError) {
        subgraphs.append(try subgraph(tables.table(index), index, &tensors, &left))
      } catch {
        throw error.placed(in: "subgraph \(index)")
      }
    }
    return subgraphs
  }

  private func subgraph(
    _ table: FlatTable, _ index: Int, _ reader: inout TFLiteTensorReader,
    _ left: inout (tensors: Int, operators: Int)
  ) throws(ModelError) -> Subgraph {
    let schema = TFLiteSchema.Subgraph.self
    let tensors = try tensors(table.tables(schema.tensors).limited(to: left.tensors), index, &reader)
    left.tensors -= tensors.count
    let tables = try table.tables(schema.operators).limited(to: left.operators)
    left.operators -= tables.count
    var steps: [Operator] = []
    steps.reserveCapacity(tables.count)
    for step in 0..<tables.count {
      steps.append(
        try operators.read(
          tables.table(step), tensorCount: tensors.count, place: "subgraph \(index), operator \(step)"))
    }
    return Subgraph(
      name: try text(table, schema.name), tensors: tensors, operators: steps,
      inputs: try indices(table, schema.inputs, tensors.count),
      outputs: try indices(table, schema.outputs, tensors.count))
  }

  private func tensors(
    _ tables: FlatTables, _ subgraph: Int, _ reader: inout TFLiteTensorReader
  ) throws(ModelError) -> [Tensor] {
    var tensors: [Tensor] = []
    tensors.reserveCapacity(tables.count)
    for index in 0..<tables.count {
      let table = try tables.table(index)
      do throws(ModelError) {
        tensors.append(try reader.read(table, place: "subgraph \(subgraph), tensor \(index)"))
      } catch {
        throw error.placed(in: "subgraph \(subgraph), tensor \(index)\(quotedName(of: table))")
      }
    }
    return tensors
  }

  /// ` ("conv1/bias")`, where the name itself can be read.
  private func quotedName(of tensor: FlatTable) -> String {
    guard let range = try? tensor.string(TFLiteSchema.Tensor.name), !range.isEmpty else { return "" }
    return " (\"\(PrintableName.text(tensor.buffer.bytes[range], limit: 80))\")"
  }

  /// Tensor indices of a subgraph's inputs or outputs.
  private func indices(
    _ table: FlatTable, _ field: FlatField, _ tensorCount: Int
  ) throws(ModelError) -> [Int] {
    let stored = try table.integers(field, as: Int32.self, limit: limits.operands) ?? []
    return try stored.map { (index) throws(ModelError) in
      guard index >= 0, Int(index) < tensorCount else {
        throw ModelError(
          .invalid, at: table.position, "\(field.name): tensor \(index) of \(tensorCount) does not exist")
      }
      return Int(index)
    }
  }

  private func text(_ table: FlatTable, _ field: FlatField) throws(ModelError) -> String {
    guard let range = try table.string(field) else { return "" }
    return PrintableName.text(table.buffer.bytes[range], limit: limits.shownNameBytes)
  }
}
