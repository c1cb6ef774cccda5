#ifndef MEMORY_HINTS_H
#define MEMORY_HINTS_H

/// Asks for the cache line at an address and does not wait for it; any address will do.
static inline void memory_hint(const void *address) { __builtin_prefetch(address, 0, 2); }

#endif
