/// Slots of ExecuTorch's schemas, table by table; unions take two (type byte, value).
enum ExecuTorchSchema {
  /// Identifier of a program, of a bundled program and of external tensors.
  static let program = "ET12"
  static let bundle = "BP08"
  static let tensors = "FT01"

  enum Program {
    static let version = FlatField(0, "version")
    static let plans = FlatField(1, "execution_plan")
    static let constantBuffer = FlatField(2, "constant_buffer")
    static let segments = FlatField(4, "segments")
    static let constantSegment = FlatField(5, "constant_segment")
    static let mutableSegments = FlatField(6, "mutable_data_segments")
    static let namedData = FlatField(7, "named_data")
  }

  enum Plan {
    static let name = FlatField(0, "name")
    static let values = FlatField(2, "values")
    static let inputs = FlatField(3, "inputs")
    static let outputs = FlatField(4, "outputs")
    static let chains = FlatField(5, "chains")
    static let operators = FlatField(6, "operators")
    static let delegates = FlatField(7, "delegates")
    static let bufferSizes = FlatField(8, "non_const_buffer_sizes")
  }

  enum Value {
    static let type = FlatField(0, "val_type")
    static let value = FlatField(1, "val")
    /// Members of the union that hold one scalar or one vector keep it in their first slot.
    static let content = FlatField(0, "value")
  }

  enum Tensor {
    static let type = FlatField(0, "scalar_type")
    static let storageOffset = FlatField(1, "storage_offset")
    static let sizes = FlatField(2, "sizes")
    static let dimOrder = FlatField(3, "dim_order")
    static let data = FlatField(5, "data_buffer_idx")
    static let allocation = FlatField(6, "allocation_info")
    static let layout = FlatField(7, "layout")
    static let dynamism = FlatField(8, "shape_dynamism")
    static let extra = FlatField(9, "extra_tensor_info")
  }

  enum Allocation {
    static let memory = FlatField(0, "memory_id")
    static let offsetLow = FlatField(1, "memory_offset_low")
    static let offsetHigh = FlatField(2, "memory_offset_high")
  }

  enum ExtraTensor {
    static let mutableSegment = FlatField(0, "mutable_data_segments_idx")
    static let name = FlatField(1, "fully_qualified_name")
    static let location = FlatField(2, "location")
  }

  enum Chain { static let instructions = FlatField(2, "instructions") }

  enum Instruction {
    static let type = FlatField(0, "instr_args_type")
    static let value = FlatField(1, "instr_args")
    static let index = FlatField(0, "op_index")
    static let arguments = FlatField(1, "args")
  }

  enum Operator {
    static let name = FlatField(0, "name")
    static let overload = FlatField(1, "overload")
  }

  enum Delegate { static let id = FlatField(0, "id") }
  enum Buffer { static let storage = FlatField(0, "storage") }

  enum Segment {
    static let offset = FlatField(0, "offset")
    static let size = FlatField(1, "size")
  }

  enum SubSegments {
    static let segment = FlatField(0, "segment_index")
    static let offsets = FlatField(1, "offsets")
  }

  enum NamedData {
    static let key = FlatField(0, "key")
    static let segment = FlatField(1, "segment_index")
    static let layout = FlatField(2, "tensor_layout")
  }

  enum TensorLayout {
    static let type = FlatField(0, "scalar_type")
    static let sizes = FlatField(1, "sizes")
  }

  enum FlatTensors {
    static let segments = FlatField(1, "segments")
    static let namedData = FlatField(2, "named_data")
  }

  /// `ScalarType` numbers, which have gaps.
  static func elementType(_ number: Int8) -> ElementType? {
    switch number {
    case 0: .uint8
    case 1: .int8
    case 2: .int16
    case 3: .int32
    case 4: .int64
    case 5: .float16
    case 6: .float32
    case 7: .float64
    case 11: .bool
    case 15: .bfloat16
    case 27: .uint16
    case 28: .uint32
    case 29: .uint64
    default: nil
    }
  }
}
