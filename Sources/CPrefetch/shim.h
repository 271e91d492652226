#pragma once

// Swift has no way to say "fetch this soon": a compiler builtin, and as such not visible to it.
// Brings the cache line of an address into the second-level cache; any address is allowed.
static inline void unmask_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }
