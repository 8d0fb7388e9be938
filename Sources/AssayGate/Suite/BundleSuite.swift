import AssayDocument
import AssayFiles
import AssayModel

/// A bundled ExecuTorch program (`.bpte`) as a suite with no further file: one model for each method
/// that it records cases of.
enum BundleSuite {
  /// - Returns: `nil` for anything that is not a file of a model format.
  /// - Throws: for a bundle that cannot be read, and for a model that is no suite.
  static func read(_ path: String) throws(SuiteError) -> Suite? {
    guard !path.hasSuffix(".yaml"), !path.hasSuffix(".yml") else { return nil }
    do {
      guard Folder.holdsFile(path) else {
        guard path.hasSuffix(".bpte") else { return nil }
        throw SuiteError(["\(path): no such file"])
      }
      let bytes = try FileBytes.read(path, limit: LoadedModel.maximumBytes)
      guard BundledProgram.isBundle(bytes) else {
        throw SuiteError([
          "\(path): not a suite; name a suite.yaml, its folder, or a bundled program (.bpte)"
        ])
      }
      return suite(try BundledProgram(bytes), path)
    } catch let error as SuiteError {
      throw error
    } catch let error as FileError {
      throw SuiteError([error.description])
    } catch { throw SuiteError(["\(path): \(error)"]) }
  }

  private static func suite(_ bundle: BundledProgram, _ path: String) -> Suite {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let name = PrintableText.line(file.hasSuffix(".bpte") ? String(file.dropLast(5)) : file)
    var models: [SuiteModel] = []
    for recorded in bundle.suites where !recorded.cases.isEmpty {
      guard !models.contains(where: { $0.name == recorded.method }) else { continue }
      models.append(model(recorded.method, path))
    }
    var suite = Suite(
      name: name, file: path, folder: Path.parent(path), summary: "recorded cases of \(file)",
      expectedCases: nil, targets: [], models: models)
    suite.isBundle = true
    return suite
  }

  private static func model(_ method: String, _ path: String) -> SuiteModel {
    var model = SuiteModel(
      name: PrintableText.line(method), location: DocumentLocation(file: path), candidate: path,
      reference: nil, baseline: nil, recordings: nil, metric: .none, labels: [], arena: ArenaDeclaration(),
      contract: IOContract(), permutations: InputPermutations(), layerTolerance: 0.2, layerSamples: 64,
      latencyEnd: .upper, scenarios: [])
    model.methods.candidate = method
    return model
  }
}
