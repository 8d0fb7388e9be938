/// Integers that programs compute from shapes: sizes, and arithmetic on them.
enum ShapeArithmetic {
  /// The result of a scalar kernel; `nil` when it does not follow from shapes and known integers.
  static func value(_ name: String, _ arguments: [OperatorArgument], _ shapes: [[Int]]) -> Int? {
    switch name {
    case "aten::sym_size.int": return size(arguments, shapes)
    case "aten::sym_numel", "aten::sym_numel.default":
      guard case .tensor(let input)? = arguments.first else { return nil }
      return DynamicShapes.elements(shapes[input])
    default: return arithmetic(name, integers(arguments))
    }
  }

  private static func size(_ arguments: [OperatorArgument], _ shapes: [[Int]]) -> Int? {
    guard arguments.count == 2, case .tensor(let input) = arguments[0], case .int(let axis) = arguments[1]
    else { return nil }
    let shape = shapes[input]
    let index = axis < 0 && axis >= -shape.count ? axis + shape.count : axis
    return shape.indices.contains(index) ? shape[index] : nil
  }

  private static func integers(_ arguments: [OperatorArgument]) -> [Int]? {
    var values: [Int] = []
    for argument in arguments {
      guard case .int(let value) = argument else { return nil }
      values.append(value)
    }
    return values
  }

  private static func arithmetic(_ name: String, _ values: [Int]?) -> Int? {
    guard let values, name.hasPrefix("executorch_prim::") else { return nil }
    let kind = name.dropFirst("executorch_prim::".count).prefix { $0 != "." }
    if values.count == 1 { return kind == "neg" ? checked(0.subtractingReportingOverflow(values[0])) : nil }
    guard values.count == 2 else { return nil }
    let (a, b) = (values[0], values[1])
    switch kind {
    case "add": return checked(a.addingReportingOverflow(b))
    case "sub": return checked(a.subtractingReportingOverflow(b))
    case "mul": return checked(a.multipliedReportingOverflow(by: b))
    case "floordiv": return b > 0 && a >= 0 ? a / b : nil
    case "mod": return b > 0 && a >= 0 ? a % b : nil
    case "sym_max": return max(a, b)
    case "sym_min": return min(a, b)
    default: return nil
    }
  }

  private static func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
    result.overflow ? nil : result.partialValue
  }
}
