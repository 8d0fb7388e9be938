import AssayFiles
import AssayModel
import AssayTestSupport
import ModelMutation

/// The good models that mutants are made from.
enum Corpus {
  /// The test models, and the `.tflite` files of up to `limit` bytes in the folders.
  static func load(_ folders: [String], limit: Int = 160_000) -> [FlatTableValue] {
    let own = [
      SampleModels.classifier(), SampleModels.accumulator(), SampleModels.unary(.relu),
      SampleModels.unary(.softmax, options: .softmax(beta: 1)),
    ]
    var files = (own + OperatorSamples.all.map(\.model)).map { $0.bytes() }
    for folder in folders {
      let entries = (try? Folder.list(folder)) ?? []
      for name in entries.map(\.name) where name.hasSuffix(".tflite") {
        if let bytes = try? FileBytes.read(Path.join(folder, name), limit: limit) { files.append(bytes) }
      }
    }
    return files.compactMap(ModelDecoder.decode)
  }
}
