// As much of cmocka's interface as the kernel cases use, for machines that have no cmocka: Debian has none
// for cross-compiling. `run_cases.c` is behind it.
#ifndef ARM_CMOCKA_H
#define ARM_CMOCKA_H
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct CMUnitTest {
  const char *name;
  void (*run)(void **state);
};

#define cmocka_unit_test(function)                                                                           \
  { #function, function }

/// Runs the tests in order; how many failed. Nothing is set up or torn down.
int _cmocka_run_group_tests(const char *group, const struct CMUnitTest *tests, size_t count, void *set_up,
                            void *tear_down);

__attribute__((format(printf, 1, 2))) void print_error(const char *format, ...);
/// Ends the running test as failed, at a line of its source.
_Noreturn void case_failed(const char *file, int line, const char *what);
/// The same with the two values that differ.
_Noreturn void case_differs(const char *file, int line, const char *what, intmax_t actual, intmax_t expected);

/// As cmocka has it: without signs.
static inline int case_in_range(uintmax_t value, uintmax_t low, uintmax_t high) {
  return value >= low && value <= high;
}

#define fail() case_failed(__FILE__, __LINE__, "failed")
#define assert_true(condition)                                                                               \
  do {                                                                                                       \
    if (!(condition)) case_failed(__FILE__, __LINE__, #condition);                                           \
  } while (0)
#define assert_false(condition) assert_true(!(condition))
#define assert_int_equal(actual, expected)                                                                   \
  do {                                                                                                       \
    intmax_t actual_ = (intmax_t)(actual), expected_ = (intmax_t)(expected);                                 \
    if (actual_ != expected_) case_differs(__FILE__, __LINE__, #actual, actual_, expected_);                 \
  } while (0)
#define assert_in_range(value, low, high) assert_true(case_in_range((uintmax_t)(value), low, high))
#define assert_memory_equal(a, b, size) assert_true(memcmp(a, b, size) == 0)

#endif
