// Runs the kernel cases without cmocka, and tells which variants of the kernels they met.
//
//     run_cases VARIANT     fails as well where the variant chosen for this CPU is not VARIANT
#include <stdio.h>
#include <stdlib.h>

#include "assay_kernels.h"
#include "cmocka.h"
#include "kernel_cases.h"

static jmp_buf failed;

void print_error(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
}

_Noreturn void case_failed(const char *file, int line, const char *what) {
  print_error("%s:%d: %s\n", file, line, what);
  longjmp(failed, 1);
}

_Noreturn void case_differs(const char *file, int line, const char *what, intmax_t actual,
                            intmax_t expected) {
  print_error("%s:%d: %s is %" PRIdMAX ", not %" PRIdMAX "\n", file, line, what, actual, expected);
  longjmp(failed, 1);
}

int _cmocka_run_group_tests(const char *group, const struct CMUnitTest *tests, size_t count, void *set_up,
                            void *tear_down) {
  (void)group, (void)set_up, (void)tear_down;
  volatile int failures = 0; // Both are read after a jump back.
  for (volatile size_t i = 0; i < count; i++) {
    void *state = NULL;
    if (setjmp(failed) == 0) tests[i].run(&state);
    else failures = failures + 1;
  }
  return failures;
}

static size_t run_all(void) {
  size_t failures = 0;
  for (size_t i = 0; i < kernel_case_count(); i++)
    if (kernel_case_run(i) != 0) {
      print_error("FAILED %s\n", kernel_case_name(i));
      failures++;
    }
  return failures;
}

int main(int argc, char **argv) {
  const char *best = ak_variant_name(ak_best_variant());
  printf("variants:");
  for (int v = 0; v < AK_VARIANT_COUNT; v++)
    if (ak_variant_runs((ak_variant)v)) printf(" %s", ak_variant_name((ak_variant)v));
  printf("; chosen: %s\n", best);
  fflush(stdout);
  if (argc == 2 && strcmp(argv[1], best) != 0) {
    print_error("FAILED: %s should have been chosen here\n", argv[1]);
    return EXIT_FAILURE;
  }
  size_t failures = run_all();
  printf("%zu cases, %zu failed\n", kernel_case_count(), failures);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
