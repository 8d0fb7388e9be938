#ifndef KERNEL_CASES_H
#define KERNEL_CASES_H
#include <stddef.h>

/// How many cmocka tests there are, over all groups.
size_t kernel_case_count(void);
/// The name of the test at `index`: a sentence with underscores, after its group.
const char *kernel_case_name(size_t index);
/// Runs the test at `index`; zero when it passed.
int kernel_case_run(size_t index);

#endif
