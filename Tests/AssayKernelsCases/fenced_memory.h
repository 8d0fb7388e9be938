// Memory with a page before and a page behind it that nobody may touch. Included before anything else.
#ifndef FENCED_MEMORY_H
#define FENCED_MEMORY_H
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include <sys/mman.h>

#include "kernel_groups.h"

// Pages are of 64 KiB at most.
enum { FENCE_ROOM = 1 << 22, FENCE_PAGE = 1 << 16 };

typedef enum { INPUT, SECOND, OUTPUT, PACKED, SCRATCH, FENCES } fence;

/// `size` bytes that start, or end, where readable memory does; the same every time.
static inline void *fenced(fence f, ptrdiff_t size, _Bool at_end) {
  static char *rooms[FENCES];
  if (!rooms[f]) {
    char *pages = mmap(NULL, FENCE_ROOM + 2 * FENCE_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    rooms[f] = pages + FENCE_PAGE;
    assert_int_equal(mprotect(rooms[f], FENCE_ROOM, PROT_READ | PROT_WRITE), 0);
  }
  assert_in_range(size, 0, FENCE_ROOM);
  return at_end ? rooms[f] + FENCE_ROOM - size : rooms[f];
}

/// At a multiple of 4, as packed weights and scratch lie.
static inline void *fenced_words(fence f, ptrdiff_t size, _Bool at_end) {
  return fenced(f, (size + 3) / 4 * 4, at_end);
}

#endif
