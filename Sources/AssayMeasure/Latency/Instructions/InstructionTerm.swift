/// A quantity of a layer's shape that instructions were found to be proportional to.
///
/// Groups of 8 and of 16 are of channels; "octets" are of pixels (or of elements for element-wise
/// operators); "valid" rows and taps are those of a window that lie inside the input.
enum InstructionTerm: Sendable, Hashable {
  case once, pixels, outputRows, outputChannels, outputs, inputPixels, filterPixels
  // Rows of the filter, padded to 16 bytes: whole, in pairs beyond the first, the odd one, single ones.
  case filterRows, filterRowPairs, filterRowOdd, filterRowShort, misalignedRows
  case allPaddedWeights, smallPaddedWeights, largePaddedWeights
  case paddedRows, paddedBytes, endPaddedRows, endPaddedBytes
  // 1x1 convolutions: eight pixels at a time, then the rest one by one.
  case octets, octetBlocks, octetOutputs, octetOutputBlocks, octetWholeBlocks, octetOutputWholeBlocks
  case octetOutputRests, leftovers, leftoverOutputs, leftoverOutputBlocks, leftoverProducts
  case validRows, validTaps, windowBlocks, weights, weightPadding
  case groups16, group16Rows, group16Pixels, groupPixels, groupRows, groupTaps
  case inputEighths, weightEighths
  case rowEighths, rowRest8, rowSixteenths, rowRest16, rowOdd
  case softmaxRows, softmaxElements, elementRest

  func value(_ shape: LayerShape) -> Double {
    switch self {
    case .once: shape.batch
    case .pixels: shape.pixels
    case .outputRows: shape.batch * shape.outputHeight
    case .outputChannels: shape.batch * shape.outputChannels
    case .outputs: shape.pixels * shape.outputChannels
    case .inputPixels: shape.inputPixels
    case .filterPixels: shape.batch * shape.filterPixels
    case .elementRest: shape.elements.truncatingRemainder(dividingBy: 8)
    case .softmaxRows: shape.rows
    case .softmaxElements: shape.rows * shape.depth
    default: convolution(shape) ?? pointwise(shape) ?? depthwise(shape) ?? connected(shape)
    }
  }

  private func convolution(_ shape: LayerShape) -> Double? {
    let rows = shape.pixels * shape.outputChannels * shape.filterHeight
    let extra = (shape.paddedFilterRow - 16) / 16
    let weights = shape.batch * shape.paddedFilterRow * shape.filterHeight * shape.outputChannels
    switch self {
    case .filterRows: return rows
    case .filterRowPairs: return rows * (extra / 2).rounded(.down)
    case .filterRowOdd: return rows * extra.truncatingRemainder(dividingBy: 2)
    case .filterRowShort: return extra < 2 ? rows : 0
    case .misalignedRows:
      return shape.isRowAligned ? 0 : shape.batch * shape.outputChannels * shape.filterHeight
    case .allPaddedWeights: return weights
    case .smallPaddedWeights: return shape.hasLargeFilter ? 0 : weights
    case .largePaddedWeights: return shape.hasLargeFilter && shape.inputZeroPoint != 0 ? weights : 0
    case .paddedRows: return shape.isPaddedBefore ? shape.batch * (shape.inputHeight + 2 * shape.padTop) : 0
    case .paddedBytes: return shape.isPaddedBefore ? shape.inputElements : 0
    case .endPaddedRows:
      return shape.isPaddedAfterOnly ? shape.batch * (shape.inputHeight + shape.padBottom) : 0
    case .endPaddedBytes: return shape.isPaddedAfterOnly ? shape.inputElements : 0
    case .validRows: return shape.validRows
    case .validTaps: return shape.validTaps
    case .windowBlocks: return shape.pixels * shape.outputChannels * (shape.window / 16).rounded(.up)
    case .weights: return shape.batch * shape.outputChannels * shape.window
    case .weightPadding:
      return shape.batch * shape.outputChannels * ((shape.window / 16).rounded(.up) * 16 - shape.window)
    default: return nil
    }
  }

  private func pointwise(_ shape: LayerShape) -> Double? {
    let octets = shape.batch * (shape.octetSource / 8).rounded(.down)
    let rest = shape.batch * shape.octetSource.truncatingRemainder(dividingBy: 8)
    let blocks = (shape.inputChannels / 8).rounded(.up)
    let wholeBlocks = (shape.inputChannels / 8).rounded(.down)
    switch self {
    case .octets: return octets
    case .octetBlocks: return octets * blocks
    case .octetOutputs: return octets * shape.outputChannels
    case .octetOutputBlocks: return octets * shape.outputChannels * blocks
    case .octetWholeBlocks: return octets * wholeBlocks
    case .octetOutputWholeBlocks: return octets * shape.outputChannels * wholeBlocks
    case .octetOutputRests:
      return octets * shape.outputChannels * shape.inputChannels.truncatingRemainder(dividingBy: 8)
    case .leftovers: return rest
    case .leftoverOutputs: return rest * shape.outputChannels
    case .leftoverOutputBlocks: return rest * shape.outputChannels * blocks
    case .leftoverProducts: return rest * shape.outputChannels * shape.inputChannels
    default: return nil
    }
  }

  private func depthwise(_ shape: LayerShape) -> Double? {
    let groups16 = shape.batch * (shape.inputChannels / 16).rounded(.up)
    switch self {
    case .groups16: return groups16
    case .group16Rows: return groups16 * shape.outputHeight
    case .group16Pixels: return groups16 * shape.outputHeight * shape.outputWidth
    case .groupPixels: return shape.channelGroups * shape.pixels
    case .groupRows: return shape.channelGroups * shape.validRows
    case .groupTaps: return shape.channelGroups * shape.validTaps
    case .inputEighths: return shape.inputElements / 8
    case .weightEighths: return shape.batch * shape.filterPixels * shape.outputChannels / 8
    default: return nil
    }
  }

  private func connected(_ shape: LayerShape) -> Double {
    let outputs = shape.rows * shape.outputChannels
    switch self {
    case .rowEighths: return outputs * (shape.depth / 8).rounded(.down)
    case .rowRest8: return outputs * shape.depth.truncatingRemainder(dividingBy: 8)
    case .rowSixteenths: return outputs * (shape.depth / 16).rounded(.down)
    case .rowRest16: return outputs * shape.depth.truncatingRemainder(dividingBy: 16)
    case .rowOdd:
      let blocks = (shape.depth / 16).rounded(.down) - 1
      return outputs * abs(blocks.truncatingRemainder(dividingBy: 2))
    default: return 0
    }
  }
}
