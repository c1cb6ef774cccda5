#ifndef C_FUTEX_H
#define C_FUTEX_H

#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/// Sleeps until somebody calls `futex_wake_all` for a word of memory that several processes share,
/// for `longest` at most; not at all when the word is another than `known` already. It may return
/// for no reason.
static inline void futex_wait(const uint32_t *word, uint32_t known, struct timespec longest) {
    syscall(SYS_futex, word, FUTEX_WAIT, known, &longest, NULL, 0);
}

/// Wakes everybody who sleeps on a word.
static inline void futex_wake_all(const uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

#endif
