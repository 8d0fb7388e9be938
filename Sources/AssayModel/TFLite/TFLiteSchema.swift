/// Slots of the TensorFlow Lite schema (version 3, `schema.fbs`), table by table.
///
/// Only what the reader looks at. Options of operators are in `TFLiteOptionsSchema`.
enum TFLiteSchema {
  /// The file identifier at byte 4.
  static let identifier = "TFL3"
  static let version = 3

  enum Model {
    static let version = FlatField(0, "version")
    static let operatorCodes = FlatField(1, "operator_codes")
    static let subgraphs = FlatField(2, "subgraphs")
    static let description = FlatField(3, "description")
    static let buffers = FlatField(4, "buffers")
    static let metadata = FlatField(6, "metadata")
  }

  enum OperatorCode {
    static let deprecatedBuiltinCode = FlatField(0, "deprecated_builtin_code")
    static let customCode = FlatField(1, "custom_code")
    static let version = FlatField(2, "version")
    static let builtinCode = FlatField(3, "builtin_code")
  }

  enum Subgraph {
    static let tensors = FlatField(0, "tensors")
    static let inputs = FlatField(1, "inputs")
    static let outputs = FlatField(2, "outputs")
    static let operators = FlatField(3, "operators")
    static let name = FlatField(4, "name")
  }

  enum Tensor {
    static let shape = FlatField(0, "shape")
    static let type = FlatField(1, "type")
    static let buffer = FlatField(2, "buffer")
    static let name = FlatField(3, "name")
    static let quantization = FlatField(4, "quantization")
    static let isVariable = FlatField(5, "is_variable")
    static let sparsity = FlatField(6, "sparsity")
    static let shapeSignature = FlatField(7, "shape_signature")
    static let externalBuffer = FlatField(10, "external_buffer")
  }

  enum Quantization {
    static let scale = FlatField(2, "scale")
    static let zeroPoint = FlatField(3, "zero_point")
    static let detailsType = FlatField(4, "details_type")
    static let quantizedDimension = FlatField(6, "quantized_dimension")
  }

  enum Operator {
    static let opcodeIndex = FlatField(0, "opcode_index")
    static let inputs = FlatField(1, "inputs")
    static let outputs = FlatField(2, "outputs")
    static let builtinOptionsType = FlatField(3, "builtin_options_type")
    static let builtinOptions = FlatField(4, "builtin_options")
    static let customOptions = FlatField(5, "custom_options")
    static let intermediates = FlatField(8, "intermediates")
    static let largeCustomOptionsOffset = FlatField(9, "large_custom_options_offset")
    static let largeCustomOptionsSize = FlatField(10, "large_custom_options_size")
  }

  enum Buffer {
    static let data = FlatField(0, "data")
    static let offset = FlatField(1, "offset")
    static let size = FlatField(2, "size")
  }

  enum Metadata {
    static let name = FlatField(0, "name")
    static let buffer = FlatField(1, "buffer")
  }

  /// The schema's `TensorType`, by number.
  static let tensorTypes: [ElementType] = [
    .float32, .float16, .int32, .uint8, .int64, .string, .bool, .int16, .complex64, .int8, .float64,
    .complex128, .uint64, .resource, .variant, .uint32, .uint16, .int4, .bfloat16, .int2, .uint4,
  ]
}
