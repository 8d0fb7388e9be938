import Glibc

/// Powers of ten, from the C library.
enum Exponent {
  static func tenToThe(_ exponent: Double) -> Double { pow(10, exponent) }
}
