/// Executed instructions of esp-nn 1.2.3's ESP32-S3 kernels.
///
/// Source: the assembly run on an instruction interpreter over 30 to 90 random shapes per kernel,
/// counts fitted by least squares. Most formulas are within 0.6 % of every shape, short fully
/// connected rows and softmax within 6 %. The first number is cycles per instruction of a pipeline
/// model: load-use and multiply interlocks, two cycles per taken branch.
extension InstructionTable {
  static let version123 = InstructionTable([
    .pointwise: InstructionFormula(
      1.056,
      [
        .once: 148.7, .octets: 28.0, .octetBlocks: 33.81, .octetOutputs: 208.6,
        .octetOutputBlocks: 14.06, .leftovers: 15.69, .leftoverOutputs: 87.0, .leftoverOutputBlocks: 10.99,
      ]),
    .pointwiseC: InstructionFormula(
      1.094,
      [
        .once: 101.1, .octets: 70.36, .octetWholeBlocks: 566.0, .octetOutputs: 688.9,
        .octetOutputWholeBlocks: 27.42, .octetOutputRests: 81.11, .leftovers: 27.08, .leftoverOutputs: 90.51,
        .leftoverProducts: 8.795,
      ]),
    .general: InstructionFormula(
      1.145,
      [
        .once: 284.6, .pixels: 13.38, .outputs: 53.77, .filterRows: 23.99,
        .filterRowPairs: 6.014, .filterRowOdd: 3.004, .outputChannels: 11.0, .smallPaddedWeights: 3.481,
        .largePaddedWeights: 5.997, .misalignedRows: 17.79, .paddedRows: 17.45, .paddedBytes: 3.991,
        .endPaddedRows: 27.13, .endPaddedBytes: 5.995, .filterRowShort: -0.9874,
      ]),
    .columns: InstructionFormula(
      1.161,
      [
        .once: 320.7, .pixels: 63.53, .validRows: 117.5, .validTaps: -36.7,
        .outputs: 104.5, .windowBlocks: 2.066, .outputChannels: 17.3, .weights: 6.054,
        .weightPadding: 0.8572,
      ]),
    .depthwise3x3: InstructionFormula(
      1.042,
      [
        .once: 213.8, .groups16: 154.6, .group16Rows: 26.9, .group16Pixels: 576.1,
        .paddedRows: 12.4, .paddedBytes: 4.0, .endPaddedRows: 27.69, .endPaddedBytes: 5.994,
      ]),
    .depthwise3x3Wide: InstructionFormula(
      1.069,
      [
        .once: 161.6, .outputRows: 32.89, .pixels: 171.4, .groupPixels: 171.4,
        .groupRows: 14.29, .groupTaps: 0.8282, .inputEighths: 2.658, .weightEighths: 17.95,
      ]),
    .depthwise3x3Padded: InstructionFormula(
      1.038,
      [
        .once: 488.5, .groups16: 126.9, .group16Rows: 37.15, .group16Pixels: 575.3,
        .inputPixels: 8.498, .pixels: 8.49,
      ]),
    .depthwise: InstructionFormula(
      1.070,
      [
        .once: 254.7, .outputRows: 31.12, .pixels: 29.42, .groupPixels: 300.6,
        .groupRows: 27.01, .groupTaps: 3.027, .inputEighths: 2.4, .weightEighths: 2.582,
      ]),
    .depthwiseOdd: InstructionFormula(
      1.129,
      [
        .once: 694.0, .outputRows: 56.81, .pixels: 27.26, .groupPixels: 337.2,
        .groupRows: 27.57, .groupTaps: 3.096, .inputEighths: 69.87, .weightEighths: 43.44,
        .inputPixels: 6.319, .filterPixels: -12.06,
      ]),
    .depthwise3x3Multiplied: InstructionFormula(
      1.070,
      [
        .once: 369.8, .outputRows: 49.31, .pixels: 25.98, .groupPixels: 330.3,
        .groupRows: 13.25, .groupTaps: 2.777, .inputEighths: 4.105, .weightEighths: -4.921,
      ]),
    .depthwiseMultiplied8: InstructionFormula(
      1.048,
      [
        .once: 198.2, .outputRows: 75.99, .pixels: 27.76, .groupPixels: 325.4,
        .groupRows: 29.9, .groupTaps: 5.968, .inputEighths: -0.562, .weightEighths: 4.006,
      ]),
    .depthwiseMultiplied4: InstructionFormula(
      1.054,
      [
        .once: 342.3, .outputRows: 19.83, .pixels: 31.73, .groupPixels: 197.7,
        .groupRows: 36.97, .groupTaps: 5.604, .inputEighths: 1.817, .weightEighths: 4.847,
      ]),
    .depthwiseMultipliedC: InstructionFormula(
      1.081,
      [
        .once: 177.6, .outputRows: 36.55, .pixels: 49.18, .groupPixels: 121.7,
        .groupRows: 12.04, .groupTaps: 8.992, .inputEighths: 0.04513, .weightEighths: 0.6617,
      ]),
    .dot16: InstructionFormula(
      1.048,
      [
        .once: 75.55, .outputChannels: 104.6, .rowSixteenths: 68.13, .rowOdd: -3.293,
      ]),
    .dotUneven: InstructionFormula(
      1.037,
      [
        .once: 73.76, .outputChannels: 112.2, .rowSixteenths: 68.0, .rowOdd: -3.887,
        .rowRest16: 12.01,
      ]),
    .dotShort: InstructionFormula(
      1.063,
      [
        .once: 58.82, .outputChannels: 59.75, .rowEighths: 13.44, .rowRest8: 10.93,
      ]),
    .dot16Zero: InstructionFormula(
      1.231,
      [
        .once: 76.96, .outputChannels: 99.92, .rowSixteenths: 4.016, .rowOdd: -3.417,
      ]),
    .dotUnevenZero: InstructionFormula(
      1.138,
      [
        .once: 71.91, .outputChannels: 107.8, .rowSixteenths: 4.005, .rowOdd: -3.45,
        .rowRest16: 7.952,
      ]),
    .dotShortZero: InstructionFormula(
      1.058,
      [
        .once: 62.64, .outputChannels: 61.12, .rowEighths: 15.25, .rowRest8: 10.46,
      ]),
    .multiply: InstructionFormula(
      1.064,
      [
        .once: 35.99, .octets: 126.0, .elementRest: 43.73,
      ]),
    .softmax: InstructionFormula(
      1.084,
      [
        .once: 37.52, .softmaxRows: 344.1, .softmaxElements: 443.9,
      ]),
  ])
}
