/// A field of a FlatBuffers table: its slot in the vtable and its name for error messages.
struct FlatField: Sendable {
  let slot: Int
  let name: StaticString

  init(_ slot: Int, _ name: StaticString) {
    self.slot = slot
    self.name = name
  }

  /// Where the vtable keeps the field's offset: after its two sizes, two bytes per slot.
  var vtableOffset: Int { 4 + 2 * slot }
}
