import AssayModel

extension OperatorStorage {
  /// Sizes of operators that were not recorded, from the runtime's source.
  static let read: [BuiltinOperator: OperatorStorage] = [:]
}
