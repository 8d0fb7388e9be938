/// Executed instructions of esp-nn 1.2.1's ESP32-S3 kernels (1.2.2 runs the same kernels).
///
/// Source: the assembly run on an instruction interpreter over 30 to 90 random shapes per kernel,
/// counts fitted by least squares. Most formulas are within 0.6 % of every shape, short fully
/// connected rows and softmax within 6 %. The first number is cycles per instruction of a pipeline
/// model: load-use and multiply interlocks, two cycles per taken branch.
extension InstructionTable {
  static let version121 = InstructionTable([
    .pointwise: InstructionFormula(
      1.077,
      [
        .once: 155.9, .octets: 28.01, .octetBlocks: 33.81, .octetOutputs: 208.6,
        .octetOutputBlocks: 11.06, .leftovers: 15.64, .leftoverOutputs: 87.0, .leftoverOutputBlocks: 7.994,
      ]),
    .pointwisePadded: InstructionFormula(
      1.095,
      [
        .once: 202.6, .octets: 62.49, .octetBlocks: 34.51, .octetOutputs: 208.1,
        .octetOutputBlocks: 11.26, .leftovers: 19.32, .leftoverOutputs: 86.96, .leftoverOutputBlocks: 8.001,
        .inputPixels: 7.4, .outputChannels: 11.78,
      ]),
    .general: InstructionFormula(
      1.151,
      [
        .once: 268.8, .pixels: 13.68, .outputs: 53.73, .filterRows: 24.0,
        .filterRowPairs: 6.007, .filterRowOdd: 3.004, .outputChannels: 11.72, .smallPaddedWeights: 3.488,
        .largePaddedWeights: 6.001, .misalignedRows: 17.92, .paddedRows: 15.32, .paddedBytes: 3.996,
        .endPaddedRows: 22.8, .endPaddedBytes: 6.006, .filterRowShort: -0.9981,
      ]),
    .columns: InstructionFormula(
      1.154,
      [
        .once: 209.0, .pixels: 60.85, .validRows: 113.3, .validTaps: -34.65,
        .outputs: 69.38, .windowBlocks: 2.376, .outputChannels: 44.88, .weights: 5.308,
        .weightPadding: 0.6332,
      ]),
    .depthwise3x3: InstructionFormula(
      1.040,
      [
        .once: 215.0, .groups16: 146.2, .group16Rows: 28.9, .group16Pixels: 576.0,
        .paddedRows: 12.38, .paddedBytes: 4.0, .endPaddedRows: 28.0, .endPaddedBytes: 5.995,
      ]),
    .depthwise3x3Wide: InstructionFormula(
      1.069,
      [
        .once: 181.4, .outputRows: 18.32, .pixels: 173.7, .groupPixels: 173.7,
        .groupRows: 11.21, .groupTaps: 1.434, .inputEighths: 2.939, .weightEighths: 20.15,
      ]),
    .depthwise3x3Padded: InstructionFormula(
      1.039,
      [
        .once: 483.0, .groups16: 119.5, .group16Rows: 39.42, .group16Pixels: 575.1,
        .inputPixels: 8.565, .pixels: 8.575,
      ]),
    .depthwise: InstructionFormula(
      1.072,
      [
        .once: 261.5, .outputRows: 30.45, .pixels: 29.24, .groupPixels: 300.7,
        .groupRows: 27.02, .groupTaps: 3.015, .inputEighths: 2.389, .weightEighths: 2.65,
      ]),
    .depthwiseOdd: InstructionFormula(
      1.131,
      [
        .once: 727.5, .outputRows: 100.5, .pixels: 20.32, .groupPixels: 339.9,
        .groupRows: 27.69, .groupTaps: 3.031, .inputEighths: 68.28, .weightEighths: 48.57,
        .inputPixels: 6.094, .filterPixels: -13.82,
      ]),
    .depthwise3x3Multiplied: InstructionFormula(
      1.070,
      [
        .once: 426.5, .outputRows: 49.23, .pixels: 24.72, .groupPixels: 338.6,
        .groupRows: 7.646, .groupTaps: 3.812, .inputEighths: 3.02, .weightEighths: -6.749,
      ]),
    .depthwiseMultiplied8: InstructionFormula(
      1.049,
      [
        .once: 203.4, .outputRows: 72.27, .pixels: 28.64, .groupPixels: 322.6,
        .groupRows: 31.0, .groupTaps: 5.844, .inputEighths: 0.1593, .weightEighths: 3.922,
      ]),
    .depthwiseMultiplied4: InstructionFormula(
      1.054,
      [
        .once: 323.0, .outputRows: 40.2, .pixels: 29.54, .groupPixels: 197.5,
        .groupRows: 37.42, .groupTaps: 5.529, .inputEighths: 1.371, .weightEighths: 3.511,
      ]),
    .depthwiseMultipliedC: InstructionFormula(
      1.068,
      [
        .once: 189.3, .outputRows: 39.38, .pixels: 50.04, .groupPixels: 91.21,
        .groupRows: 12.02, .groupTaps: 8.997, .inputEighths: -0.0217, .weightEighths: -0.07757,
      ]),
    .dot16: InstructionFormula(
      1.044,
      [
        .once: 75.16, .outputChannels: 108.2, .rowSixteenths: 68.03, .rowOdd: -5.939,
      ]),
    .dotUneven: InstructionFormula(
      1.051,
      [
        .once: 76.57, .outputChannels: 114.3, .rowSixteenths: 68.2, .rowOdd: -4.818,
        .rowRest16: 11.99,
      ]),
    .dotShort: InstructionFormula(
      1.059,
      [
        .once: 67.04, .outputChannels: 60.9, .rowEighths: 15.46, .rowRest8: 10.45,
      ]),
    .dot16Zero: InstructionFormula(
      1.230,
      [
        .once: 75.14, .outputChannels: 103.1, .rowSixteenths: 4.02, .rowOdd: -5.387,
      ]),
    .dotUnevenZero: InstructionFormula(
      1.143,
      [
        .once: 76.31, .outputChannels: 110.7, .rowSixteenths: 4.01, .rowOdd: -5.001,
        .rowRest16: 7.935,
      ]),
    .dotShortZero: InstructionFormula(
      1.057,
      [
        .once: 64.59, .outputChannels: 60.71, .rowEighths: 14.7, .rowRest8: 10.59,
      ]),
    .multiply: InstructionFormula(
      1.064,
      [
        .once: 35.99, .octets: 126.0, .elementRest: 43.73,
      ]),
    .softmax: InstructionFormula(
      1.084,
      [
        .once: 87.9, .softmaxRows: 309.6, .softmaxElements: 449.8,
      ]),
  ])
}
