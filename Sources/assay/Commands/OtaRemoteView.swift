import AssayDocument
import AssayService
import AssayUpdate

// What a real service did with the simulated device, for people and for programs.

extension RemoteOutcome {
  func print(_ findings: [ContractProbe.Finding], _ console: inout Console) {
    func arrows(_ items: [String]) -> String { items.isEmpty ? "none" : items.joined(separator: " > ") }
    console.print("states      \(arrows(chain))")
    console.print("reports     \(arrows(log))")
    console.print("serves      \(serves)")
    console.print("traffic     \(polls) polls, \(artifactBytes) bytes of images")
    for finding in findings { console.print(finding.line) }
    for violation in violations { console.print("FAIL \(violation)") }
    if !isSettled { console.print("FAIL I3 has not settled after \(polls) polls") }
    if console.verbose { for entry in timeline { console.print("     \(entry.line)") } }
    if manifest == nil {
      console.print("the service assigned nothing, or sent no manifest this device can read")
    }
  }

  func json(_ findings: [ContractProbe.Finding]) -> JSONValue {
    func texts(_ items: [String]) -> JSONValue { .array(items.map { .string($0) }) }
    let contract = findings.map { finding -> JSONValue in
      ["row": .string(finding.row), "text": .string(finding.text), "holds": .bool(finding.holds)]
    }
    return [
      "schemaVersion": 1, "chain": texts(chain), "reports": texts(log), "serves": .string(serves),
      "polls": .integer(polls), "artifactBytes": .integer(artifactBytes), "settled": .bool(isSettled),
      "violations": texts(violations.map(\.description)), "contract": .array(contract),
    ]
  }
}
