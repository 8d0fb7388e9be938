extension ModelError {
  /// This error with a place, unless one nearer to the cause is known already.
  func placed(in place: @autoclosure () -> String, at fileOffset: Int? = nil) -> ModelError {
    var error = self
    if error.place == nil { error.place = place() }
    if error.fileOffset == nil { error.fileOffset = fileOffset }
    return error
  }
}
