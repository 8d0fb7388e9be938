/// Which small change of a layer avoids a rule, with the layer's own numbers.
struct BoardRemedy {
  let shape: LayerShape

  init(_ shape: LayerShape) { self.shape = shape }

  func text(_ rule: BoardRule) -> String {
    switch rule {
    case .a, .a2, .k: explicitPadding(exact)
    case .b: channels
    case .c: row
    case .d:
      "make the output square (\(Int(shape.outputHeight)) x \(Int(shape.outputWidth)) now), or average with MEAN"
    case .e:
      "make rows \(rounded(shape.depth, to: 16)) long instead of \(Int(shape.depth)), or compute them one by one"
    case .f: explicitPadding(copied) + ", or keep the padded input at 40,960 bytes or less"
    case .g: "make height and width both even or both odd, or " + explicitPadding(copied)
    case .h: "a filter of 8 to 15 weights more than a multiple of 16 fits"
    case .i: "make the number of elements a multiple of 8 (\(Int(shape.elements)) now)"
    case .j: "give the layer a bias; zeros will do"
    case .unalignedRows: "make rows \(rounded(shape.depth, to: 16)) long instead of \(Int(shape.depth))"
    case .skipNudge: "build ESP-NN without SKIP_NUDGE"
    }
  }

  private typealias Borders = (top: Double, bottom: Double, left: Double, right: Double)

  /// What the layer pads itself.
  private var exact: Borders { (shape.padTop, shape.padBottom, shape.padLeft, shape.padRight) }

  /// What the 3x3 kernels pad: room for one window more than there are outputs.
  private var copied: Borders {
    let bottom = shape.outputHeight * shape.strideHeight + 2 - shape.inputHeight - shape.padTop
    let right = shape.outputWidth * shape.strideWidth + 2 - shape.inputWidth - shape.padLeft
    return (shape.padTop, max(0, bottom), shape.padLeft, max(0, right))
  }

  private func explicitPadding(_ borders: Borders) -> String {
    "pad explicitly (ZeroPadding2D((\(Int(borders.top)), \(Int(borders.bottom))), (\(Int(borders.left)), \(Int(borders.right))))) and use \"valid\""
  }

  private var channels: String {
    "make the input channels a multiple of 8 (\(Int(shape.inputChannels)) now), or add or remove one output channel"
  }

  private var row: String {
    let blocks = (shape.depth / 16).rounded(.down)
    return
      "make rows at most \(Int(blocks * 16) - 1) or at least \(Int(blocks + 1) * 16) long (\(Int(shape.depth)) now)"
  }

  private func rounded(_ value: Double, to multiple: Double) -> Int {
    Int((value / multiple).rounded(.up) * multiple)
  }
}
