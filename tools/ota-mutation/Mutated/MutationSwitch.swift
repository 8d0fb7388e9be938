// Compiled into a scratch copy of AssayUpdate only: what a mutated place does when its mutant is active.

/// The active mutant; 0 for the device as it is shipped. Set once, before anything runs.
public nonisolated(unsafe) var activeMutant = 0

/// Which of the `count` mutants that begin at `first` is active; nil for none of them.
@inline(__always) func mutantIndex(_ first: Int, _ count: Int) -> Int? {
  let index = activeMutant &- first
  return index >= 0 && index < count ? index : nil
}

@inline(__always) func mutantKeeps(_ number: Int) -> Bool { activeMutant != number }

@inline(__always) func mutantCondition(_ first: Int, _ value: Bool) -> Bool {
  switch mutantIndex(first, 3) {
  case 0: !value
  case 1: true
  case 2: false
  default: value
  }
}

@inline(__always) func mutantUnlessTrue(_ first: Int, _ value: Bool) -> Bool {
  switch mutantIndex(first, 2) {
  case 0: !value
  case 1: true
  default: value
  }
}

@inline(__always) func mutantUnlessFalse(_ first: Int, _ value: Bool) -> Bool {
  switch mutantIndex(first, 2) {
  case 0: !value
  case 1: false
  default: value
  }
}

@inline(__always) func mutantNegation(_ number: Int, _ value: Bool) -> Bool {
  activeMutant == number ? !value : value
}

@inline(__always) func mutantAnd(_ number: Int, _ a: Bool, _ b: @autoclosure () -> Bool) -> Bool {
  activeMutant == number ? a || b() : a && b()
}

@inline(__always) func mutantOr(_ number: Int, _ a: Bool, _ b: @autoclosure () -> Bool) -> Bool {
  activeMutant == number ? a && b() : a || b()
}

@inline(__always) func mutantLess<Value: Comparable>(_ first: Int, _ a: Value, _ b: Value) -> Bool {
  switch mutantIndex(first, 2) {
  case 0: a <= b
  case 1: a > b
  default: a < b
  }
}

@inline(__always) func mutantAtMost<Value: Comparable>(_ first: Int, _ a: Value, _ b: Value) -> Bool {
  switch mutantIndex(first, 2) {
  case 0: a < b
  case 1: a > b
  default: a <= b
  }
}

@inline(__always) func mutantGreater<Value: Comparable>(_ first: Int, _ a: Value, _ b: Value) -> Bool {
  switch mutantIndex(first, 2) {
  case 0: a >= b
  case 1: a < b
  default: a > b
  }
}

@inline(__always) func mutantAtLeast<Value: Comparable>(_ first: Int, _ a: Value, _ b: Value) -> Bool {
  switch mutantIndex(first, 2) {
  case 0: a > b
  case 1: a < b
  default: a >= b
  }
}

@inline(__always) func mutantPlus<Value: BinaryInteger>(_ number: Int, _ a: Value, _ b: Value) -> Value {
  activeMutant == number ? a - b : a + b
}

@inline(__always) func mutantMinus<Value: BinaryInteger>(_ number: Int, _ a: Value, _ b: Value) -> Value {
  activeMutant == number ? a + b : a - b
}

@inline(__always) func mutantTimes<Value: BinaryInteger>(_ number: Int, _ a: Value, _ b: Value) -> Value {
  activeMutant == number ? a / b : a * b
}

@inline(__always) func mutantOver<Value: BinaryInteger>(_ number: Int, _ a: Value, _ b: Value) -> Value {
  activeMutant == number ? a * b : a / b
}

@inline(__always) func mutantModulo<Value: BinaryInteger>(_ number: Int, _ a: Value, _ b: Value) -> Value {
  activeMutant == number ? a / b : a % b
}

@inline(__always) func mutantBoth<Value: BinaryInteger>(_ number: Int, _ a: Value, _ b: Value) -> Value {
  activeMutant == number ? a | b : a & b
}

@inline(__always) func mutantEither<Value: BinaryInteger>(_ number: Int, _ a: Value, _ b: Value) -> Value {
  activeMutant == number ? a & b : a | b
}

@inline(__always) func mutantWrappingPlus<Value: FixedWidthInteger>(_ number: Int, _ a: Value, _ b: Value)
  -> Value
{
  activeMutant == number ? a &- b : a &+ b
}

@inline(__always) func mutantWrappingMinus<Value: FixedWidthInteger>(_ number: Int, _ a: Value, _ b: Value)
  -> Value
{
  activeMutant == number ? a &+ b : a &- b
}

@inline(__always) func mutantUp<Value: BinaryInteger, Count: BinaryInteger>(
  _ number: Int, _ a: Value, _ b: Count
) -> Value {
  activeMutant == number ? a >> b : a << b
}

@inline(__always) func mutantDown<Value: BinaryInteger, Count: BinaryInteger>(
  _ number: Int, _ a: Value, _ b: Count
) -> Value {
  activeMutant == number ? a << b : a >> b
}

@inline(__always) func mutantNumber<Value: BinaryInteger>(_ first: Int, _ value: Value) -> Value {
  switch mutantIndex(first, value > 2 ? 3 : 2) {
  case 0: value + 1
  case 1: value == 0 ? 2 : value - 1
  case 2: 0
  default: value
  }
}

@inline(__always) func mutantText(_ number: Int, _ value: String) -> String {
  activeMutant == number ? value + "~" : value
}

@inline(__always) func mutantOptional<Value>(_ number: Int, _ value: Value?) -> Value? {
  activeMutant == number ? nil : value
}

@inline(__always) func mutantCase<Value: CaseIterable & Equatable>(_ number: Int, _ value: Value) -> Value {
  guard activeMutant == number else { return value }
  let cases = Array(Value.allCases)
  let index = cases.firstIndex(of: value) ?? 0
  return cases[(index + 1) % cases.count]
}

@inline(__always) func mutantMin<Value: Comparable>(_ number: Int, _ a: Value, _ b: Value) -> Value {
  activeMutant == number ? max(a, b) : min(a, b)
}

@inline(__always) func mutantMax<Value: Comparable>(_ number: Int, _ a: Value, _ b: Value) -> Value {
  activeMutant == number ? min(a, b) : max(a, b)
}

@inline(__always) func mutantReversed<Items: Collection>(_ number: Int, _ items: Items) -> [Items.Element] {
  activeMutant == number ? items.reversed() : Array(items)
}

@inline(__always) func mutantAttempt(_ number: Int, _ value: Device.Attempt) -> Device.Attempt {
  guard activeMutant == number else { return value }
  return switch value {
  case .complete: .interrupted(retryAfterSeconds: nil)
  case .interrupted: .failed(.unavailable)
  case .failed: .interrupted(retryAfterSeconds: nil)
  }
}

extension SlotIndex {
  @inline(__always) func mutantOther(_ number: Int) -> SlotIndex { activeMutant == number ? self : other }
}

extension RecordCopy {
  @inline(__always) func mutantOther(_ number: Int) -> RecordCopy { activeMutant == number ? self : other }
}
