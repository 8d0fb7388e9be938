import AssayModel

/// How a window slides along one axis: what both convolutions and pools compute before they run.
struct WindowAxis: Sendable, Hashable {
  /// Largest stride, dilation or window that is accepted; far above any model for a microcontroller.
  static let limit = 1 << 16

  var input: Int
  var window: Int
  var stride: Int
  var dilation = 1

  /// Distance between the first and the last input cell of one window, inclusive.
  var reach: Int { (window - 1) * dilation + 1 }

  /// How many windows there are; 0 or less where even one does not fit.
  func outputs(_ padding: Padding) -> Int {
    switch padding {
    case .same: (input + stride - 1) / stride
    case .valid: input < reach ? 0 : (input - reach) / stride + 1
    }
  }

  /// Cells of padding before the first input cell; the rest goes after the last.
  func paddingBefore(outputs: Int) -> Int { max((outputs - 1) * stride + reach - input, 0) / 2 }
}

extension OperatorContext {
  /// Checks a window's numbers and the stored output size, and returns the padding before.
  ///
  /// - Parameter name: the axis in messages, "height" or "width".
  func padding(
    of axis: WindowAxis, _ padding: Padding, output: Int, _ name: String
  ) throws(ModelError) -> Int {
    for (value, what) in [(axis.stride, "stride"), (axis.dilation, "dilation"), (axis.window, "window")] {
      try require(
        (1...WindowAxis.limit).contains(value),
        "\(name): \(what) \(value) is not between 1 and \(WindowAxis.limit)")
    }
    try require((1...Int(Int32.max / 4)).contains(axis.input), "input \(name) \(axis.input) is out of range")
    let outputs = axis.outputs(padding)
    try require(outputs >= 1, "\(name): a window of \(axis.reach) does not fit an input of \(axis.input)")
    try require(output == outputs, "output \(name) is \(output), the attributes give \(outputs)")
    return axis.paddingBefore(outputs: outputs)
  }
}
