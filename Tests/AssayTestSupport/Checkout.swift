/// Where things are in the checkout the tests were built from.
public enum Checkout {
  /// The root of the package, without a trailing slash.
  public static let root: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/")
  }()

  /// Third-party fixtures beside the checkout; tests that need them skip visibly when absent.
  public static let conformance = "\(root)/../shared/conformance"
}
