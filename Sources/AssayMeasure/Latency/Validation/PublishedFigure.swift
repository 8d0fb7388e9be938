public import AssayModel

/// A latency that somebody measured and published, with what it takes to predict it.
public struct PublishedFigure: Sendable {
  /// What was measured.
  public enum Subject: Sendable {
    /// A whole model, by the name of its file; predicted only where the file is at hand.
    case model(String)
    /// One layer, built here from its published shape.
    case layer(Graph)
  }

  public var name: String
  public var source: String
  public var subject: Subject
  /// As `--set` takes them, over a plain ESP32-S3 at 240 MHz with QIO flash.
  public var overrides: [String]
  /// Milliseconds, or cycles for single kernels.
  public var measured: Double
  public var unit: Unit
  /// Whether constants of the estimator were chosen with this figure in sight.
  public var isFitted: Bool
  public var remark: String

  public enum Unit: String, Sendable { case milliseconds = "ms", kilocycles = "kcycles" }
}

extension PublishedFigure {
  /// Every published figure that can be used: same runtime, known configuration, obtainable model or shape.
  public static let all: [PublishedFigure] = wholeModels + kernels + floating

  private static let thesis = "MLPerf Tiny on an Arduino Nano ESP32 (SamsiGg, 2025)"
  private static let readme = "esp-nn README, one cold call of its test application"
  private static let nano = [
    "cpu.clock=160MHz", "flash.mode=dio", "runtime.esp_nn=1.1.2", "runtime.esp_tflite_micro=1.3.4",
  ]

  private static let wholeModels = [
    PublishedFigure(
      name: "keyword spotting", source: thesis, subject: .model("mlperf__kws_ref_model"), overrides: nano,
      measured: 36.871, unit: .milliseconds, isFitted: true, remark: "performance mode"),
    PublishedFigure(
      name: "keyword spotting", source: thesis, subject: .model("mlperf__kws_ref_model"), overrides: nano,
      measured: 36.92, unit: .milliseconds, isFitted: true, remark: "energy mode"),
    PublishedFigure(
      name: "image classification", source: thesis, subject: .model("mlperf__pretrainedResnet_quant"),
      overrides: nano, measured: 100.848, unit: .milliseconds, isFitted: false, remark: "performance mode"),
    PublishedFigure(
      name: "image classification", source: thesis, subject: .model("mlperf__pretrainedResnet_quant"),
      overrides: nano, measured: 100.8, unit: .milliseconds, isFitted: false, remark: "energy mode"),
    PublishedFigure(
      name: "person detection", source: "esp-nn README (2021), reference kernels",
      subject: .model("person_detect"),
      overrides: ["runtime.esp_nn=none", "cache.data=64 KiB", "cache.line=64 B"],
      measured: 2300, unit: .milliseconds, isFitted: true,
      remark: "the rows the 102 cycles per product come from"),
    PublishedFigure(
      name: "MNIST CNN", source: "esp_mnist README (2024), reference kernels", subject: .layer(mnist),
      overrides: ["runtime.esp_nn=none"], measured: 1390, unit: .milliseconds, isFitted: true,
      remark: "the rows the 102 cycles per product come from"),
    PublishedFigure(
      name: "MNIST CNN", source: "esp_mnist README (2024), ESP-NN in C", subject: .layer(mnist),
      overrides: ["runtime.esp_nn=ansi"], measured: 217, unit: .milliseconds, isFitted: false,
      remark: "compiler options and memory not stated"),
  ]

  private static func kernel(
    _ name: String, _ graph: Graph, _ version: String, kilocycles: Double, _ remark: String = ""
  ) -> PublishedFigure {
    PublishedFigure(
      name: name, source: readme, subject: .layer(graph), overrides: ["runtime.esp_nn=\(version)"],
      measured: kilocycles, unit: .kilocycles, isFitted: version == "ansi", remark: remark)
  }

  private static let cold = "operands in PSRAM, nothing cached"

  private static let kernels = [
    kernel("ADD, 1615 elements", LayerModels.elementwise(.add), "1.1.2", kilocycles: 71.644, cold),
    kernel("ADD, 1615 elements", LayerModels.elementwise(.add), "1.2.1", kilocycles: 74.440, cold),
    kernel("ADD, 1615 elements", LayerModels.elementwise(.add), "ansi", kilocycles: 281.337, cold),
    kernel("MUL, 1615 elements", LayerModels.elementwise(.mul), "1.1.2", kilocycles: 30.950, cold),
    kernel("MUL, 1615 elements", LayerModels.elementwise(.mul), "1.2.1", kilocycles: 35.002, cold),
    kernel("MUL, 1615 elements", LayerModels.elementwise(.mul), "ansi", kilocycles: 122.703, cold),
    kernel("1x1, 10x10x64 to 64", pointwise64, "1.1.2", kilocycles: 461.398, cold),
    kernel("1x1, 10x10x64 to 64", pointwise64, "1.2.1", kilocycles: 331.008, cold),
    kernel("1x1, 10x10x64 to 64", pointwise64, "ansi", kilocycles: 4712.5, cold),
    kernel("1x1, 8x8x16 to 16", pointwise16, "1.1.2", kilocycles: 43.578, cold),
    kernel("1x1, 8x8x16 to 16", pointwise16, "1.2.1", kilocycles: 39.022, cold),
    kernel("1x1, 8x8x16 to 16", pointwise16, "ansi", kilocycles: 312.754, cold),
    kernel("3x3, 10x10x3 to 64", small3x3, "1.1.2", kilocycles: 643.689, cold),
    kernel("3x3, 10x10x3 to 64", small3x3, "1.2.1", kilocycles: 394.842, cold),
    kernel("3x3, 10x10x3 to 64", small3x3, "ansi", kilocycles: 2193.289, cold),
    kernel("depthwise 3x3, 18x18x16", depthwise, "1.1.2", kilocycles: 191.931, cold),
    kernel("depthwise 3x3, 18x18x16", depthwise, "1.2.1", kilocycles: 184.176, cold),
    kernel("depthwise 3x3, 18x18x16", depthwise, "ansi", kilocycles: 1159.831, cold),
    kernel("maximum pool 3x3, 16x16x16", LayerModels.pool(.maxPool2D), "1.2.1", kilocycles: 48.069),
    kernel("average pool 3x3, 16x16x16", LayerModels.pool(.averagePool2D), "1.2.1", kilocycles: 118.052),
    kernel(
      "softmax, 8 rows of 32", LayerModels.softmax, "ansi", kilocycles: 15.209,
      "depends on data: entries far below the maximum skip the exponential"),
  ]

  private static let floating = [
    connected(inputs: 13, outputs: 32, microseconds: 33),
    connected(inputs: 32, outputs: 16, microseconds: 31),
    connected(inputs: 16, outputs: 4, microseconds: 8),
  ]

  private static func connected(inputs: Int, outputs: Int, microseconds: Double) -> PublishedFigure {
    PublishedFigure(
      name: "float FULLY_CONNECTED, \(inputs) to \(outputs)", source: "OptimizedMLPFloat32, TFLM on Arduino",
      subject: .layer(LayerModels.connected(inputs: inputs, outputs: outputs, type: .float32)),
      overrides: ["memory.weights=internal"], measured: microseconds / 1000, unit: .milliseconds,
      isFitted: true,
      remark: "timer of 1 us")
  }

  private static let pointwise64 = LayerModels.convolution(input: [1, 10, 10, 64], filter: [64, 1, 1, 64])
  private static let pointwise16 = LayerModels.convolution(input: [1, 8, 8, 16], filter: [16, 1, 1, 16])
  private static let small3x3 = LayerModels.convolution(input: [1, 10, 10, 3], filter: [64, 3, 3, 3])
  private static let depthwise = LayerModels.depthwise(input: [1, 18, 18, 16], filter: [1, 3, 3, 16])
  private static let mnist = LayerModels.chain([
    LayerModels.convolution(input: [1, 28, 28, 1], filter: [32, 3, 3, 1]),
    LayerModels.convolution(input: [1, 13, 13, 32], filter: [64, 3, 3, 32]),
    LayerModels.connected(inputs: 1600, outputs: 10, type: .int8),
  ])
}
