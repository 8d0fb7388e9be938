/// Executed instructions of esp-nn 1.1.2's ESP32-S3 kernels.
///
/// Source: the assembly run on an instruction interpreter over 30 to 90 random shapes per kernel,
/// counts fitted by least squares. Most formulas are within 0.6 % of every shape, short fully
/// connected rows and softmax within 6 %. The first number is cycles per instruction of a pipeline
/// model: load-use and multiply interlocks, two cycles per taken branch.
extension InstructionTable {
  static let version112 = InstructionTable([
    .pointwise: InstructionFormula(
      1.077,
      [
        .once: 147.8, .octets: 28.01, .octetBlocks: 33.81, .octetOutputs: 208.6,
        .octetOutputBlocks: 11.06, .leftovers: 15.64, .leftoverOutputs: 87.0, .leftoverOutputBlocks: 7.994,
      ]),
    .pointwisePadded: InstructionFormula(
      1.095,
      [
        .once: 197.6, .octets: 62.49, .octetBlocks: 34.51, .octetOutputs: 208.1,
        .octetOutputBlocks: 11.26, .leftovers: 19.32, .leftoverOutputs: 86.96, .leftoverOutputBlocks: 8.001,
        .inputPixels: 7.4, .outputChannels: 11.78,
      ]),
    .general: InstructionFormula(
      1.136,
      [
        .once: 217.5, .pixels: 13.79, .outputs: 53.72, .filterRows: 24.0,
        .filterRowPairs: 6.008, .filterRowOdd: 3.003, .outputChannels: 13.49, .allPaddedWeights: 3.49,
        .misalignedRows: 17.53, .paddedRows: 16.91, .paddedBytes: 3.994, .filterRowShort: -0.9952,
      ]),
    .depthwise3x3: InstructionFormula(
      1.044,
      [
        .once: 207.0, .groups16: 151.2, .group16Rows: 27.59, .group16Pixels: 576.1,
        .paddedRows: 12.69, .paddedBytes: 4.0, .endPaddedRows: 33.0, .endPaddedBytes: 5.999,
      ]),
    .depthwise3x3Wide: InstructionFormula(
      1.068,
      [
        .once: 144.9, .outputRows: 34.09, .pixels: 172.3, .groupPixels: 172.3,
        .groupRows: 14.91, .groupTaps: 0.3834, .inputEighths: 2.89, .weightEighths: 16.1,
      ]),
    .depthwise3x3Padded: InstructionFormula(
      1.062,
      [
        .once: 395.8, .outputRows: 20.76, .pixels: 24.13, .groupPixels: 315.1,
        .groupRows: 15.35, .groupTaps: 0.8213, .inputEighths: 2.411, .weightEighths: 3.188,
      ]),
    .depthwise: InstructionFormula(
      1.082,
      [
        .once: 183.3, .outputRows: 33.95, .pixels: 42.67, .groupPixels: 801.9,
        .groupRows: 88.04, .groupTaps: 71.99, .inputEighths: 0.06431, .weightEighths: -0.03076,
      ]),
    .depthwiseOdd: InstructionFormula(
      1.125,
      [
        .once: 147.8, .outputRows: 27.4, .pixels: 56.17, .groupPixels: 137.2,
        .groupRows: 16.0, .groupTaps: 12.0, .inputEighths: 0.04575, .weightEighths: -0.8408,
      ]),
    .depthwise3x3Multiplied: InstructionFormula(
      1.069,
      [
        .once: 424.6, .outputRows: 30.28, .pixels: 27.18, .groupPixels: 329.7,
        .groupRows: 12.31, .groupTaps: 3.156, .inputEighths: 2.046, .weightEighths: -0.003002,
      ]),
    .depthwiseMultiplied8: InstructionFormula(
      1.050,
      [
        .once: 312.5, .outputRows: 89.54, .pixels: 22.33, .groupPixels: 331.7,
        .groupRows: 28.28, .groupTaps: 6.118, .inputEighths: -5.223, .weightEighths: 3.796,
      ]),
    .depthwiseMultiplied4: InstructionFormula(
      1.053,
      [
        .once: 249.8, .outputRows: 33.49, .pixels: 32.23, .groupPixels: 207.3,
        .groupRows: 31.31, .groupTaps: 6.352, .inputEighths: 3.098, .weightEighths: 3.374,
      ]),
    .depthwiseMultipliedC: InstructionFormula(
      1.119,
      [
        .once: 149.3, .outputRows: 31.26, .pixels: 55.8, .groupPixels: 111.4,
        .groupRows: 15.87, .groupTaps: 12.03, .inputEighths: 0.1111, .weightEighths: -1.199,
      ]),
    .dot: InstructionFormula(
      1.036,
      [
        .once: 32.5, .outputChannels: 61.41, .rowEighths: 10.03, .rowRest8: 11.06,
      ]),
    .dotZero: InstructionFormula(
      1.044,
      [
        .once: 35.01, .outputChannels: 60.57, .rowEighths: 10.08, .rowRest8: 10.89,
      ]),
    .multiply: InstructionFormula(
      1.064,
      [
        .once: 36.0, .octets: 126.0, .elementRest: 43.75,
      ]),
    .softmax: InstructionFormula(
      1.087,
      [
        .once: 32.07, .softmaxRows: 306.9, .softmaxElements: 427.9,
      ]),
  ])
}
