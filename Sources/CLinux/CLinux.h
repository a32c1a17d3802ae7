// What Swift cannot see of Linux (variadic calls, calls without a C library function, enumerated constants), one sentence
// each, no logic. Calls answer as the kernel does, with the error as a negative number instead of in `errno`.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <linux/keyctl.h>

/// `prctl` is variadic.
static inline int clinux_set_dumpable(int dumpable) { return prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0) == 0 ? 0 : -errno; }

/// `prctl` is variadic.
static inline int clinux_get_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

/// `RLIMIT_CORE` is an enumerator whose type differs between C libraries.
static inline int clinux_forbid_core_files(void) {
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 ? 0 : -errno;
}

/// `SIG_DFL` is a cast of 0.
static inline int clinux_end_by(int signal_number) {
    struct sigaction action = {0};
    action.sa_handler = SIG_DFL;
    return sigaction(signal_number, &action, NULL) == 0 ? 0 : -errno;
}

/// `RLIMIT_NOFILE` is an enumerator whose type differs between C libraries.
static inline int clinux_get_open_files(struct rlimit *limit) { return getrlimit(RLIMIT_NOFILE, limit) == 0 ? 0 : -errno; }

/// `RLIMIT_NOFILE` is an enumerator whose type differs between C libraries.
static inline int clinux_set_open_files(const struct rlimit *limit) { return setrlimit(RLIMIT_NOFILE, limit) == 0 ? 0 : -errno; }

/// `MAP_FAILED` is a cast of -1.
static inline void *clinux_map_pages(size_t count) {
    void *pages = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

/// `add_key` has no C library function without libkeyutils, and `syscall` is variadic.
static inline long clinux_add_key(const char *type, const char *description, const void *payload, size_t count, int32_t keyring) {
    long result = syscall(SYS_add_key, type, description, payload, count, (long)keyring);
    return result == -1 ? -errno : result;
}

/// `keyctl` has no C library function without libkeyutils, and `syscall` is variadic.
static inline long clinux_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    long result = syscall(SYS_keyctl, operation, a, b, c, d);
    return result == -1 ? -errno : result;
}

/// The flags of `timerfd_create` are enumerators. A timer of the clock that goes on while the system sleeps.
static inline int clinux_boot_timer(void) {
    int timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    return timer < 0 ? -errno : timer;
}

/// `TFD_TIMER_ABSTIME` is an enumerator. The timer rings when its clock says `milliseconds`, at once where that is past.
static inline int clinux_set_boot_timer(int timer, uint64_t milliseconds) {
    struct itimerspec ring = {{0, 0}, {(time_t)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000000}};
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &ring, NULL) == 0 ? 0 : -errno;
}

/// `struct ucred` is there for GNU sources alone.
static inline int clinux_get_peer_user(int socket, uint32_t *user) {
    struct { int32_t process; uint32_t user, group; } peer;
    socklen_t count = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &count) != 0) return -errno;
    if (count != sizeof peer) return -EPROTO;
    *user = peer.user;
    return 0;
}

/// `accept4` is there for GNU sources alone. What is accepted neither blocks nor outlives this program.
static inline int clinux_accept(int listener) {
    long accepted = syscall(SYS_accept4, listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return accepted < 0 ? -errno : (int)accepted;
}

/// `close_range` has no C library function in older ones.
static inline int clinux_close_from(unsigned first) {
    return syscall(SYS_close_range, (long)first, (long)~0U, 0L) == 0 ? 0 : -errno;
}

/// `renameat2` and its flag not to replace what is there (1) are there for GNU sources alone.
static inline int clinux_rename_anew(const char *name, const char *to) {
    return syscall(SYS_renameat2, (long)AT_FDCWD, name, (long)AT_FDCWD, to, 1L) == 0 ? 0 : -errno;
}
