import AssayFiles
import AssayTestSupport
import Testing

@testable import AssayUpdate

/// What is committed against the fault catalogue, and against what the README says about it.
struct CatalogueTests {
  /// Rows of the catalogue: a letter, and how many rows it has.
  static let families: [(letter: String, count: Int)] = [
    ("N", 15), ("S", 15), ("C", 12), ("A", 8), ("P", 17), ("V", 9), ("R", 10), ("T", 5), ("M", 7),
  ]
  /// The twenty that matter most.
  static let starred = [
    "N01", "N02", "N03", "S01", "S02", "S03", "C01", "C03", "C04", "C05", "C06", "C07", "P01", "P02", "P04",
    "P06", "V02", "R01", "R02", "R04",
  ]

  static var catalogue: Set<String> {
    Set(
      families.flatMap { family in
        (1...family.count).map { "\(family.letter)\($0 < 10 ? "0" : "")\($0)" }
      })
  }

  static func committed() throws -> Set<String> {
    Set(try ScenarioTests.files.flatMap { try ScenarioTests.rehearsals($0).flatMap(\.catalogue) })
  }

  /// The first column of the README's table of rows that are not here.
  static func listedAsAbsent() throws -> Set<String> {
    let bytes = try FileBytes.read("\(Checkout.root)/suites/ota/README.md", limit: 1 << 20)
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let table = lines.drop { !$0.hasPrefix("## Rows of the catalogue that are not here") }
      .drop { !$0.hasPrefix("|---") }.dropFirst().prefix { $0.hasPrefix("|") }
    return Set(table.flatMap { $0.split(separator: "|")[0].split(separator: " ").map(String.init) })
  }

  @Test func `every starred row and more than sixty others are committed`() throws {
    let committed = try Self.committed()
    #expect(Self.catalogue.count == 98 && Self.starred.count == 20)
    #expect(Self.starred.filter { !committed.contains($0) } == [])
    #expect(committed.intersection(Self.catalogue).count > 80)
  }

  @Test func `no row cites what the catalogue does not have`() throws {
    #expect(try Self.committed().subtracting(Self.catalogue) == [])
  }

  @Test func `the README lists exactly what is absent`() throws {
    let absent = Self.catalogue.subtracting(try Self.committed())
    #expect(try Self.listedAsAbsent() == absent)
  }

  @Test func `every file of the folder is replayed`() throws {
    let folder = try Folder.list("\(Checkout.root)/suites/ota").map(\.name)
    let files = folder.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    #expect(Set(files) == Set(ScenarioTests.files))
  }
}
