import AssayKernelsCases
import Testing

/// One cmocka test, run inside the process of `swift test`.
struct KernelCase: CustomTestStringConvertible, Sendable {
  let index: Int
  var testDescription: String { unsafe String(cString: kernel_case_name(index)) }
  static let all = (0..<kernel_case_count()).map { KernelCase(index: $0) }
}

// cmocka keeps its state in globals: one case at a time.
@Suite(.serialized) struct `C kernels` {
  @Test(arguments: KernelCase.all)
  func `pass their cmocka cases`(_ test: KernelCase) {
    #expect(kernel_case_run(test.index) == 0)
  }
}
