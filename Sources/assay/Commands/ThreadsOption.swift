/// How many cores a verb may take; what it says does not depend on it.
let threadsOption = OptionSpecification.value(
  "threads", "N", "samples at once (default: one per core); the result is the same for any number")

extension Invocation {
  func threads() throws -> Int? { try integer("threads", in: 1...1024) }
}
