import AssayFiles
import AssayGate
import AssayModel
import AssayRuntime
import AssayTestSupport
import Glibc
import Testing

@Suite struct `Support matrix` {
  @Test func `asks about every operator that the device's runtime has`() {
    #expect(SupportMatrix.unprobed.isEmpty)
  }

  @Test func `leaves nothing of the device's runtime without a kernel`() {
    for row in SupportMatrix().rows {
      for (type, cell) in row.cells {
        #expect(cell.runs || !cell.isOnDevice, "\(row.name) \(row.detail) on \(type.rawValue)")
      }
    }
  }

  @Test func `fits a terminal of 80 columns`() {
    for line in SupportPage().lines { #expect(line.count <= 80, "\(line)") }
  }

  @Test(.enabled(if: SupportMatrix.hasFastKernels, "this CPU has no vector units that kernels are for"))
  func `is in the documentation as the code has it now`() throws {
    let path = Checkout.root + "/docs/operators.md"
    let page = SupportPage().markdown
    let committed = (try? FileBytes.readText(path, limit: 1 << 20)) ?? ""
    if unsafe getenv("ASSAY_RECORD") != nil { try FileBytes.write(page, to: path) }
    #expect(committed == page, "docs/operators.md is stale: make operators")
  }
}
