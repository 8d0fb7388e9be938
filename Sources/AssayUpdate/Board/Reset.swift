/// Why the processor starts again; everything in RAM is gone.
enum Reset: Error, Equatable {
  case powerCut
  /// A crash or a hang.
  case watchdog
  /// Asked for by the device itself, to boot another model.
  case restart
}
