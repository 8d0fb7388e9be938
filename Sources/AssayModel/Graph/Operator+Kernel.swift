extension Operator {
  /// The portable kernel that computes the operator, without library and overload (`convolution` of
  /// `aten::convolution.out`); `nil` for operators of TensorFlow Lite.
  public var kernelName: String? {
    let name: String
    switch (code, options) {
    case (_, .kernelCall(let kernel, _)): name = kernel
    case (.executorch(let kernel), _): name = kernel
    default: return nil
    }
    return name.split(separator: ":").last.map { String($0.prefix { $0 != "." }) }
  }

  /// Arguments of a kernel call; empty for operators of TensorFlow Lite.
  public var kernelArguments: [OperatorArgument] {
    switch options {
    case .arguments(let arguments), .kernelCall(_, let arguments): arguments
    default: []
    }
  }
}
