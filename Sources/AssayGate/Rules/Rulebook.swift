/// A rule or metric in words: what `assay explain CODE` prints.
public struct Rule: Sendable, Hashable {
  public enum Bound: String, Sendable, Hashable {
    /// `max:` in a budget row.
    case atMost
    /// `min:` in a budget row.
    case atLeast
    /// `margin:` in a budget row.
    case margin
    /// No budget: the rule holds or it does not.
    case none
  }

  public var code: String
  public var title: String
  public var bound: Bound
  /// Unit of the budget.
  public var unit: Unit
  /// Hard rules are never waived by an older violation.
  public var isHard: Bool
  public var text: String

  public enum Unit: String, Sendable, Hashable { case bytes, milliseconds, share, decibels, real, none }
}

/// Every check that the gate makes.
public enum Rulebook {
  public static func rule(_ code: String) -> Rule? { rules.first { $0.code == code } }

  public static var codes: [String] { rules.map(\.code) }

  public static let rules: [Rule] = memory + accuracy + drift + contracts + run

  private static let memory = [
    Rule(
      code: "arena", title: "Tensor arena", bound: .atMost, unit: .bytes, isHard: true,
      text: """
        The smallest arena in which TFLite Micro's allocator succeeds, to the byte, for this kernel \
        library version: the maximum of head plus tail, the planner's working memory, and each \
        operator's Prepare, rounded up to 16. 15 bytes are added unless the suite declares the \
        arena's base 16-byte aligned. arena_used_bytes() is NOT enough: 15 of 113 field models need \
        more. `assay arena MODEL --target T` draws it over time.
        """),
    Rule(
      code: "declared-arena", title: "Declared arena", bound: .none, unit: .bytes, isHard: true,
      text: """
        The arena that the firmware reserves (`arena: {declared: ...}` of the suite) must hold the \
        model on every fielded firmware. A kernel library that moved one minor version has made \
        boards go dark this way.
        """),
    Rule(
      code: "flash", title: "Model size", bound: .atMost, unit: .bytes, isHard: true,
      text: "Bytes of the model file as it is stored on the device."),
    Rule(
      code: "slot", title: "Model slot", bound: .none, unit: .bytes, isHard: true,
      text: "The model file must fit the partition `partitions.model_slot` of the target."),
    Rule(
      code: "latency", title: "Latency", bound: .atMost, unit: .milliseconds, isHard: false,
      text: """
        Estimated time of one inference. The budget is compared with the upper end of the interval. \
        Where nothing could be estimated the check is undecided, never passed.
        """),
  ]

  private static let accuracy = [
    Rule(
      code: "top1", title: "Top-1 accuracy", bound: .atLeast, unit: .share, isHard: false,
      text: """
        Share of recordings whose largest output is the label; ties go to the lowest index, as on the \
        device; an output with NaN is wrong. Denominator: all recordings. Judged on the point \
        estimate; the 95 % Wilson interval stands beside it.
        """),
    Rule(
      code: "balanced-accuracy", title: "Balanced accuracy", bound: .atLeast, unit: .share, isHard: false,
      text: "Mean over classes of the recall of each class; for labels that are not evenly spread."),
    Rule(
      code: "worst-class-recall", title: "Worst class", bound: .atLeast, unit: .share, isHard: false,
      text: "The lowest recall of any class that has recordings: a floor for every class."),
    Rule(
      code: "auc", title: "Area under the ROC curve", bound: .atLeast, unit: .share, isHard: false,
      text: "Chance that a positive recording scores higher than a negative one; 95 % interval by DeLong."),
    Rule(
      code: "mean-error", title: "Mean absolute error", bound: .atMost, unit: .real, isHard: false,
      text: "Mean over recordings of the mean absolute difference of output 0 and the recorded out_0."),
    Rule(
      code: "recorded-outputs", title: "Recorded outputs", bound: .atMost, unit: .real, isHard: false,
      text: """
        A bundled ExecuTorch program (.bpte) carries inputs and the outputs that PyTorch gave for them. \
        Every case is run; the figure is the largest difference over its tolerance, so 1 is at the \
        limit, which a budget row may widen. Tolerances: 1e-5 of the largest expected value of a float \
        output; one step of its scale where the output is dequantised; one code for int8; equality for \
        all others; NaN never passes. ExecuTorch's own default (relative 1e-5, absolute 1e-8, element by \
        element) is shown beside it: it fails honest float models, whose sums are added in another \
        order, and takes NaN for equal to NaN.
        """),
    Rule(
      code: "drop-vs-reference", title: "Drop against the reference", bound: .margin, unit: .share,
      isHard: false,
      text: nonInferiority("its float reference")),
    Rule(
      code: "drop-vs-baseline", title: "Drop against the baseline", bound: .margin, unit: .share,
      isHard: false,
      text: nonInferiority("the version in the field")),
  ]

  private static func nonInferiority(_ other: String) -> String {
    """
    The candidate's quality figure against \(other), paired on the same recordings. Fails when the \
    observed drop reaches the margin; passes when the one-sided 95 % lower bound of the difference \
    lies above minus the margin; otherwise undecided (exit 3), and the report says how many \
    recordings would decide. "Not significantly worse" is not offered: it passes real drops.
    """
  }

  private static let drift = [
    Rule(
      code: "output-rmse", title: "Output RMSE", bound: .atMost, unit: .real, isHard: false,
      text:
        "Root mean square difference to the reference's, real units, over all elements of all recordings, of the worst output."
    ),
    Rule(
      code: "output-max", title: "Largest output difference", bound: .atMost, unit: .real, isHard: false,
      text: "Largest absolute difference of any element of any output to the reference's, in real units."),
    Rule(
      code: "output-sqnr", title: "Output SQNR", bound: .atLeast, unit: .decibels, isHard: false,
      text:
        "10 log10(sum of reference squared / sum of difference squared) over all recordings, of the worst output."
    ),
    Rule(
      code: "agreement", title: "Top-1 agreement", bound: .atLeast, unit: .share, isHard: false,
      text: "Share of recordings on which candidate and reference have the same largest output, labels aside."
    ),
    Rule(
      code: "layer-drift", title: "Drift by layer", bound: .atMost, unit: .share, isHard: false,
      text: """
        Largest accumulated error of any layer: RMSE over the RMS of the reference's layer. The first \
        layer over the suite's `layer_tolerance` is named as the layer at fault.
        """),
    Rule(
      code: "finite", title: "Finite outputs", bound: .none, unit: .none, isHard: true,
      text: "No output of the candidate may be NaN or infinite on any recording."),
    Rule(
      code: "collapse", title: "Collapse", bound: .none, unit: .none, isHard: false,
      text: """
        Signs that a model no longer tells its inputs apart: a constant output, one class for every \
        recording, a layer clamped at an end that its activation does not explain or far more often \
        than its float reference, a large share of dead channels. Findings fail on outputs and on \
        layers that clamp; dead channels alone are shown.
        """),
    Rule(
      code: "digest", title: "Same outputs as accepted", bound: .none, unit: .none, isHard: false,
      text:
        "SHA-256 over all outputs on all recordings, compared with the accepted one; equal outputs need no statistics."
    ),
  ]

  private static let contracts = [
    Rule(
      code: "operators", title: "Operators of the firmware", bound: .none, unit: .none, isHard: true,
      text: """
        Every operator, type and version must be one that the target's runtime runs. Hybrid models, \
        uint8 inside a network, custom and delegated operators are refused by name. With \
        `runtime.operators` the firmware's own resolver is checked too; without, the report says so.
        """),
    Rule(
      code: "io", title: "Input and output contract", bound: .none, unit: .none, isHard: true,
      text:
        "Shape, dtype, scale, zero point and label order that the firmware was compiled for (`io:` and `labels:` of the suite)."
    ),
    Rule(
      code: "target-lock", title: "Target tells the truth", bound: .none, unit: .none, isHard: true,
      text: "A target that names its ESP-IDF lock file, sdkconfig or partition table must agree with them."),
    Rule(
      code: "board-agreement", title: "Board agreement", bound: .none, unit: .none, isHard: false,
      text: """
        No layer may meet a known defect of the firmware's esp-nn version (rules A to K, found by \
        executing its S3 kernels; UNALIGNED_ROWS and SKIP_NUDGE, reported). The recordings also run \
        through those kernels: the message says what the board would answer, which layer is at fault, \
        and which release or small change of the network avoids it, with its arena and latency. \
        Outputs that rest on memory nobody can know make the figure an interval. Defects that write \
        outside their memory (D, F, G, H) or read near address 0 (J) always block, naming what they \
        overwrite in this plan; the others may be waived with a reason. `assay board MODEL --inputs F` \
        tables every release.
        """),
    Rule(
      code: "update", title: "Update and rollback", bound: .none, unit: .none, isHard: true,
      text: "Every update scenario of the suite must end as it says, with no invariant violated."),
  ]

  private static let run = [
    Rule(
      code: "canary", title: "Canaries", bound: .none, unit: .none, isHard: true,
      text: """
        This run's own measurements, made worse on purpose, go through the same verdict function and \
        the same budget rows. If one passes, the gate is broken: exit 3.
        """)
  ]
}
