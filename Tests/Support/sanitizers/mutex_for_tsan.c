// Tells the thread sanitizer of the locks that it cannot see.
//
// Taking a free `Mutex` is compiled into our code, where the sanitizer watches it. Waiting for one that is held happens
// inside the Swift runtime, which is not built for the sanitizer: it would take all that a waiter then reads for
// unguarded. To be loaded before the runtime, these functions stand before the runtime's own of the same names.
//
// The names are those of Swift 6.3's runtime; where a later one has others, the sanitizer complains
// again, and nothing is hidden.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define swift __attribute__((swiftcall))
#define self_ __attribute__((swift_context)) void *self

// Of the sanitizer; absent in programs that are built without it.
void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

static const char lock_name[] = "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF";
static const char try_name[] = "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF";
static const char unlock_name[] = "$s15Synchronization12_MutexHandleV11_unlockSlowyyF";

swift void lock_slow(uint32_t thread, self_) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
swift bool try_lock_slow(self_) __asm__("$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF");
swift void unlock_slow(self_) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

swift void lock_slow(uint32_t thread, self_) {
  swift void (*real)(uint32_t, self_) = dlsym(RTLD_NEXT, lock_name);
  real(thread, self);
  if (__tsan_acquire) __tsan_acquire(self);
}

swift bool try_lock_slow(self_) {
  swift bool (*real)(self_) = dlsym(RTLD_NEXT, try_name);
  bool taken = real(self);
  if (taken && __tsan_acquire) __tsan_acquire(self);
  return taken;
}

swift void unlock_slow(self_) {
  if (__tsan_release) __tsan_release(self);
  swift void (*real)(self_) = dlsym(RTLD_NEXT, unlock_name);
  real(self);
}
