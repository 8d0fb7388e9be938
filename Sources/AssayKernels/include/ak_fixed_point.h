// Transcendental functions on fixed-point numbers, as the device's runtime computes them.
//
// Qm.n is a signed 32-bit integer with m integer and n fractional bits (m + n = 31). Results agree
// bit for bit with the int32 forms of the fixed-point library that TensorFlow Lite Micro uses.
#ifndef AK_FIXED_POINT_H
#define AK_FIXED_POINT_H
#include "ak_requantize.h"

/// exp(a) in Q0.31 for `a` <= 0 with `integer_bits` integer bits (4, 5 or 6); 1 saturates to 2^31 - 1.
int32_t ak_exp_of_nonpositive(int32_t a, int32_t integer_bits);

/// 1 / (1 + a) in Q0.31 for `a` in [0, 1) in Q0.31.
int32_t ak_one_over_one_plus(int32_t a);

/// 1 / (1 + exp(-a)) in Q0.31 for any `a` in Q4.27.
int32_t ak_logistic_q4(int32_t a);

/// tanh(a) in Q0.31 for any `a` in Q4.27.
int32_t ak_tanh_q4(int32_t a);

/// log(a) in Q5.26 for `a` >= 1 in Q12.19.
int32_t ak_log_q12(int32_t a);

/// 1 / sqrt(a) for `a` >= 0; 0 is taken for 1.
///
/// The shift is in [-31, 0]; a requantisation by the result scales an integer by 1 / sqrt(a).
ak_multiplier ak_inverse_square_root(int32_t a);

/// Scales `a` in Q(integer_bits) up to Q0.31 after normalising it to [1, 2): returns the reciprocal's
/// Q0.31 mantissa and stores how many bits above 1 the number was.
///
/// @param a             > 0.
/// @param integer_bits  integer bits of `a`, 0 to 31.
int32_t ak_reciprocal(int32_t a, int32_t integer_bits, int32_t *bits_over_unit);

#endif
