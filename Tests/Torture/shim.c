// Stands between a program and the C library (LD_PRELOAD): counts its system calls, and kills it, lets one fail, or writes them down.
//
// What is set in the environment:
//   TORTURE_ROOTS    directories, separated by colons: only files below them count (sockets and open() count by class)
//   TORTURE_CLASSES  which calls count, as letters:
//                      w writing a file   s syncing   t cutting a file   m names (create, rename, link, unlink, mkdir, rmdir)
//                      n sending to a peer   r reading a file   o opening a file that is there
//                      f looking at a file or folder (stat, access, opendir, readdir)   d descriptors (open, socket, accept, pipe)
//                      e descriptors for events (epoll, eventfd, timerfd), whose failing libdispatch and NIO answer by a trap
//   TORTURE_COUNTER  a file of 4096 bytes, shared: how many calls were counted, what the last one was, and the lock of the trace
//   TORTURE_KILL     dies at the Nth call, before it takes effect, by SIGKILL or by …
//   TORTURE_SIGNAL   … this signal
//   TORTURE_FAIL     the Nth call fails …
//   TORTURE_ERROR    … with this errno …
//   TORTURE_EVER     … and, if set, all calls after it
//   TORTURE_PORT, TORTURE_HOST
//                    connections go there, whatever was asked for: many servers play the one that a laptop was enrolled at
//   TORTURE_TRACE    a file to which every alteration below the roots is appended, with its data, in the order in which it took effect
//
// SQLite, Foundation and the Swift runtime reach the kernel through these symbols; `torture.py --only seen` compares with strace.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct shared {
    _Atomic long count;
    _Atomic int lock;
    _Atomic int struck;  // how many calls failed on our word
    char last[512];      // the call that killed, or the first that failed
    char final[512];     // the last that failed
};

static struct shared *shared;
static char roots[8][PATH_MAX];
static int rootCount;
static const char *classes = "";
static long killAt, failAt;
static int failWith, failEver, killWith = SIGKILL, port, trace = -1;
static struct in_addr host;
static bool ready;

__attribute__((constructor)) static void begin(void) {
    const char *counter = getenv("TORTURE_COUNTER"), *text = getenv("TORTURE_ROOTS"), *value;
    if ((value = getenv("TORTURE_PORT"))) port = atoi(value);
    host.s_addr = htonl(INADDR_LOOPBACK);
    if ((value = getenv("TORTURE_HOST"))) inet_pton(AF_INET, value, &host);
    if (!counter || !text) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, counter, O_RDWR | O_CLOEXEC, 0);
    if (file < 0) return;
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (shared == MAP_FAILED) abort();
    while (*text && rootCount < 8) {
        size_t length = strcspn(text, ":");
        memcpy(roots[rootCount], text, length);
        roots[rootCount++][length] = 0;
        text += length + (text[length] == ':');
    }
    if ((value = getenv("TORTURE_CLASSES"))) classes = value;
    if ((value = getenv("TORTURE_KILL"))) killAt = atol(value);
    if ((value = getenv("TORTURE_SIGNAL"))) killWith = atoi(value);
    if ((value = getenv("TORTURE_FAIL"))) failAt = atol(value);
    if ((value = getenv("TORTURE_ERROR"))) failWith = atoi(value);
    failEver = getenv("TORTURE_EVER") != NULL;
    if ((value = getenv("TORTURE_TRACE"))) {
        // Far up, where no program expects to find it.
        int low = (int)syscall(SYS_openat, AT_FDCWD, value, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
        if (low < 0) abort();
        trace = (int)syscall(SYS_fcntl, low, F_DUPFD_CLOEXEC, 900);
        syscall(SYS_close, low);
        if (trace < 0) abort();
    }
    ready = true;
}

static bool below(const char *path) {
    for (int i = 0; i < rootCount; i++) {
        size_t length = strlen(roots[i]);
        if (!strncmp(path, roots[i], length) && (path[length] == '/' || path[length] == 0)) return true;
    }
    return false;
}

/// The path of a descriptor; false when it is no file below the roots (or no longer has a name).
static bool named(int file, char *path) {
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    if (length < 0) return false;
    path[length] = 0;
    if (length > 10 && !strcmp(path + length - 10, " (deleted)")) return false;
    return below(path);
}

static bool isPeer(int file) {
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    return syscall(SYS_getsockname, file, &name, &length) == 0 && (name.ss_family == AF_INET || name.ss_family == AF_INET6);
}

static void absolute(int directory, const char *path, char *out) {
    if (path[0] == '/') {
        snprintf(out, PATH_MAX, "%s", path);
        return;
    }
    char base[PATH_MAX / 2] = "";
    if (directory == AT_FDCWD) {
        if (syscall(SYS_getcwd, base, sizeof base) < 0) base[0] = 0;
    } else {
        char link[40];
        snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
        ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
        base[length < 0 ? 0 : length] = 0;
    }
    snprintf(out, PATH_MAX, "%s/%.2000s", base, path);
}

/// Counts one call. True when it must fail, with errno set.
static bool struck(char class, const char *call, const char *what) {
    if (!ready || !strchr(classes, class)) return false;
    long number = atomic_fetch_add(&shared->count, 1) + 1;
    if (killAt && number >= killAt) {
        snprintf(shared->last, sizeof shared->last, "%s %s", call, what);
        kill(getpid(), killWith);
        for (;;) pause();
    }
    if (failAt && (number == failAt || (failEver && number > failAt))) {
        if (number == failAt) snprintf(shared->last, sizeof shared->last, "%s %s", call, what);
        snprintf(shared->final, sizeof shared->final, "%s %s", call, what);
        atomic_fetch_add(&shared->struck, 1);
        errno = failWith;
        return true;
    }
    return false;
}

// --- The trace: u8 operation, u16 length of path, u16 length of second path, u64 offset, u32 length of data; then the three.

static void take(void) {
    if (trace < 0) return;
    int expected = 0;
    while (!atomic_compare_exchange_weak(&shared->lock, &expected, 1)) {
        expected = 0;
        sched_yield();
    }
}

static void give(void) {
    if (trace >= 0) atomic_store(&shared->lock, 0);
}

static void record(char operation, const char *path, const char *second, uint64_t offset, const struct iovec *data, int parts, size_t most) {
    if (trace < 0) return;
    int saved = errno;
    struct __attribute__((packed)) { uint8_t operation; uint16_t path, second; uint64_t offset; uint32_t data; } head =
        {(uint8_t)operation, (uint16_t)strlen(path), (uint16_t)(second ? strlen(second) : 0), offset, (uint32_t)most};
    struct iovec all[64] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)(second ? second : ""), head.second}};
    int count = 3;
    if (parts > 61) abort();
    for (int i = 0; i < parts && most > 0; i++) {
        size_t length = data[i].iov_len < most ? data[i].iov_len : most;
        all[count++] = (struct iovec){data[i].iov_base, length};
        most -= length;
    }
    if (syscall(SYS_writev, trace, all, count) < 0) abort();
    errno = saved;
}

/// A write to a file at `offset`, or where the descriptor stands when it is negative.
static ssize_t writing(const char *call, int file, const struct iovec *parts, int count, off_t offset) {
    char path[PATH_MAX];
    bool ours = ready && named(file, path);
    if (ours) {
        if (struck('w', call, path)) return -1;
    } else if (ready && strchr(classes, 'n') && isPeer(file)) {
        if (struck('n', call, "socket")) return -1;
    }
    if (!ours || trace < 0)
        return offset < 0 ? syscall(SYS_writev, file, parts, count) : syscall(SYS_pwritev, file, parts, count, offset, 0);
    take();
    off_t at = offset;
    if (at < 0) {
        int flags = (int)syscall(SYS_fcntl, file, F_GETFL);
        at = syscall(SYS_lseek, file, 0, flags & O_APPEND ? SEEK_END : SEEK_CUR);
    }
    ssize_t done = offset < 0 ? syscall(SYS_writev, file, parts, count) : syscall(SYS_pwritev, file, parts, count, offset, 0);
    if (done > 0) record('W', path, NULL, (uint64_t)at, parts, count, (size_t)done);
    give();
    return done;
}

ssize_t write(int file, const void *bytes, size_t count) {
    struct iovec part = {(void *)bytes, count};
    return writing("write", file, &part, 1, -1);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    struct iovec part = {(void *)bytes, count};
    return writing("pwrite", file, &part, 1, offset);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) { return pwrite(file, bytes, count, offset); }
ssize_t writev(int file, const struct iovec *parts, int count) { return writing("writev", file, parts, count, -1); }
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset) { return writing("pwritev", file, parts, count, offset); }
ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t offset) { return writing("pwritev", file, parts, count, offset); }

// --- Connecting and sending

int connect(int file, const struct sockaddr *address, socklen_t length) {
    struct sockaddr_in other;
    if (port && address->sa_family == AF_INET && length >= sizeof other) {
        memcpy(&other, address, sizeof other);
        other.sin_port = htons((uint16_t)port);
        other.sin_addr = host;
        return (int)syscall(SYS_connect, file, &other, sizeof other);
    }
    return (int)syscall(SYS_connect, file, address, length);
}

ssize_t send(int file, const void *bytes, size_t count, int flags) {
    if (ready && strchr(classes, 'n') && isPeer(file) && struck('n', "send", "socket")) return -1;
    return syscall(SYS_sendto, file, bytes, count, flags, NULL, 0);
}
ssize_t sendmsg(int file, const struct msghdr *message, int flags) {
    if (ready && strchr(classes, 'n') && isPeer(file) && struck('n', "sendmsg", "socket")) return -1;
    return syscall(SYS_sendmsg, file, message, flags);
}

// --- Syncing and cutting

static int syncing(const char *call, long number, int file) {
    char path[PATH_MAX];
    if (!ready || !named(file, path)) return (int)syscall(number, file);
    if (struck('s', call, path)) return -1;
    take();
    int done = (int)syscall(number, file);
    if (done == 0) record('S', path, NULL, 0, NULL, 0, 0);
    give();
    return done;
}
int fsync(int file) { return syncing("fsync", SYS_fsync, file); }
int fdatasync(int file) { return syncing("fdatasync", SYS_fdatasync, file); }

int ftruncate(int file, off_t length) {
    char path[PATH_MAX];
    if (!ready || !named(file, path)) return (int)syscall(SYS_ftruncate, file, length);
    if (struck('t', "ftruncate", path)) return -1;
    take();
    int done = (int)syscall(SYS_ftruncate, file, length);
    if (done == 0) record('T', path, NULL, (uint64_t)length, NULL, 0, 0);
    give();
    return done;
}
int ftruncate64(int file, off64_t length) { return ftruncate(file, length); }

int fallocate(int file, int mode, off_t offset, off_t length) {
    char path[PATH_MAX];
    if (ready && named(file, path)) {
        if (struck('t', "fallocate", path)) return -1;
        if (trace >= 0) abort();  // The trace could not say what it did.
    }
    return (int)syscall(SYS_fallocate, file, mode, offset, length);
}

// --- Opening, and descriptors

static int opening(const char *call, int directory, const char *given, int flags, mode_t mode) {
    char path[PATH_MAX] = "";
    bool ours = false, makes = false;
    if (ready) {
        absolute(directory, given, path);
        ours = below(path);
        // libdispatch reads there how its threads fare, and ends the process if it cannot.
        if (strncmp(path, "/proc/", 6) && struck('d', call, path)) return -1;
        if (ours && flags & O_CREAT) makes = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
        if (ours && struck(makes ? 'm' : 'o', call, path)) return -1;
    }
    if (!ours || trace < 0 || (flags & O_ACCMODE) == O_RDONLY) return (int)syscall(SYS_openat, directory, given, flags, mode);
    if ((flags & O_TMPFILE) == O_TMPFILE) abort();  // The trace could not say what it did.
    take();
    if (flags & O_CREAT) makes = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    int file = (int)syscall(SYS_openat, directory, given, flags, mode);
    if (file >= 0 && makes) record('C', path, NULL, 0, NULL, 0, 0);
    if (file >= 0 && !makes && flags & O_TRUNC) record('T', path, NULL, 0, NULL, 0, 0);
    give();
    return file;
}

#define MODE(flags) ({ mode_t mode = 0; if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); } mode; })
int open(const char *path, int flags, ...) { mode_t mode = MODE(flags); return opening("open", AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { mode_t mode = MODE(flags); return opening("open", AT_FDCWD, path, flags, mode); }
int openat(int directory, const char *path, int flags, ...) { mode_t mode = MODE(flags); return opening("openat", directory, path, flags, mode); }
int openat64(int directory, const char *path, int flags, ...) { mode_t mode = MODE(flags); return opening("openat", directory, path, flags, mode); }
int creat(const char *path, mode_t mode) { return opening("creat", AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int socket(int domain, int type, int protocol) {
    return struck('d', "socket", "") ? -1 : (int)syscall(SYS_socket, domain, type, protocol);
}
int accept(int file, struct sockaddr *address, socklen_t *length) {
    return struck('d', "accept", "") ? -1 : (int)syscall(SYS_accept4, file, address, length, 0);
}
int accept4(int file, struct sockaddr *address, socklen_t *length, int flags) {
    return struck('d', "accept4", "") ? -1 : (int)syscall(SYS_accept4, file, address, length, flags);
}
int pipe2(int ends[2], int flags) { return struck('d', "pipe2", "") ? -1 : (int)syscall(SYS_pipe2, ends, flags); }
int pipe(int ends[2]) { return pipe2(ends, 0); }
int epoll_create1(int flags) { return struck('e', "epoll_create1", "") ? -1 : (int)syscall(SYS_epoll_create1, flags); }
int eventfd(unsigned int initial, int flags) { return struck('e', "eventfd", "") ? -1 : (int)syscall(SYS_eventfd2, initial, flags); }
int timerfd_create(int clock, int flags) { return struck('e', "timerfd_create", "") ? -1 : (int)syscall(SYS_timerfd_create, clock, flags); }

// --- Reading

static bool readFails(const char *call, int file) {
    char path[PATH_MAX];
    return ready && strchr(classes, 'r') && named(file, path) && struck('r', call, path);
}
ssize_t read(int file, void *bytes, size_t count) { return readFails("read", file) ? -1 : syscall(SYS_read, file, bytes, count); }
ssize_t pread(int file, void *bytes, size_t count, off_t offset) {
    return readFails("pread", file) ? -1 : syscall(SYS_pread64, file, bytes, count, offset);
}
ssize_t pread64(int file, void *bytes, size_t count, off64_t offset) { return pread(file, bytes, count, offset); }

// --- Looking

static bool lookFails(const char *call, int directory, const char *given) {
    char path[PATH_MAX];
    if (!ready || !strchr(classes, 'f')) return false;
    absolute(directory, given, path);
    return below(path) && struck('f', call, path);
}
static bool lookFailsAt(const char *call, int file) {
    char path[PATH_MAX];
    return ready && strchr(classes, 'f') && named(file, path) && struck('f', call, path);
}
int fstatat(int directory, const char *path, struct stat *facts, int flags) {
    if (path[0] ? lookFails("stat", directory, path) : lookFailsAt("fstat", directory)) return -1;
    return (int)syscall(SYS_newfstatat, directory, path, facts, flags);
}
int stat(const char *path, struct stat *facts) { return fstatat(AT_FDCWD, path, facts, 0); }
int lstat(const char *path, struct stat *facts) { return fstatat(AT_FDCWD, path, facts, AT_SYMLINK_NOFOLLOW); }
int fstat(int file, struct stat *facts) { return fstatat(file, "", facts, AT_EMPTY_PATH); }
int fstatat64(int directory, const char *path, struct stat64 *facts, int flags) { return fstatat(directory, path, (struct stat *)facts, flags); }
int stat64(const char *path, struct stat64 *facts) { return stat(path, (struct stat *)facts); }
int lstat64(const char *path, struct stat64 *facts) { return lstat(path, (struct stat *)facts); }
int fstat64(int file, struct stat64 *facts) { return fstat(file, (struct stat *)facts); }
int access(const char *path, int mode) { return lookFails("access", AT_FDCWD, path) ? -1 : (int)syscall(SYS_faccessat, AT_FDCWD, path, mode); }

DIR *opendir(const char *path) {
    static DIR *(*next)(const char *);
    if (!next) next = (DIR *(*)(const char *))dlsym(RTLD_NEXT, "opendir");
    return lookFails("opendir", AT_FDCWD, path) ? NULL : next(path);
}
struct dirent *readdir(DIR *folder) {
    static struct dirent *(*next)(DIR *);
    if (!next) next = (struct dirent *(*)(DIR *))dlsym(RTLD_NEXT, "readdir");
    return lookFailsAt("readdir", dirfd(folder)) ? NULL : next(folder);
}
struct dirent64 *readdir64(DIR *folder) { return (struct dirent64 *)readdir(folder); }

// --- Names

static int naming(char operation, const char *call, long number, const char *given, const char *givenSecond, long third) {
    char path[PATH_MAX] = "", second[PATH_MAX] = "";
    bool ours = false;
    if (ready) {
        absolute(AT_FDCWD, given, path);
        if (givenSecond) absolute(AT_FDCWD, givenSecond, second);
        ours = below(path) || (givenSecond && below(second));
        if (ours && struck('m', call, path)) return -1;
    }
    if (ours) take();
    int done = (int)(givenSecond ? syscall(number, given, givenSecond) : syscall(number, given, third));
    if (ours) {
        if (done == 0) record(operation, path, givenSecond ? second : NULL, 0, NULL, 0, 0);
        give();
    }
    return done;
}
int rename(const char *from, const char *to) { return naming('R', "rename", SYS_rename, from, to, 0); }
int link(const char *from, const char *to) { return naming('L', "link", SYS_link, from, to, 0); }
int unlink(const char *path) { return naming('U', "unlink", SYS_unlink, path, NULL, 0); }
int mkdir(const char *path, mode_t mode) { return naming('D', "mkdir", SYS_mkdir, path, NULL, (long)mode); }
int rmdir(const char *path) { return naming('X', "rmdir", SYS_rmdir, path, NULL, 0); }
int remove(const char *path) {
    struct stat facts;
    return lstat(path, &facts) == 0 && S_ISDIR(facts.st_mode) ? rmdir(path) : unlink(path);
}
int unlinkat(int directory, const char *path, int flags) {
    char whole[PATH_MAX];
    if (!ready) return (int)syscall(SYS_unlinkat, directory, path, flags);
    absolute(directory, path, whole);
    return flags & AT_REMOVEDIR ? rmdir(whole) : unlink(whole);
}
int renameat(int fromDirectory, const char *from, int toDirectory, const char *to) {
    char first[PATH_MAX], second[PATH_MAX];
    if (!ready) return (int)syscall(SYS_renameat, fromDirectory, from, toDirectory, to);
    absolute(fromDirectory, from, first);
    absolute(toDirectory, to, second);
    return rename(first, second);
}
int linkat(int fromDirectory, const char *from, int toDirectory, const char *to, int flags) {
    char first[PATH_MAX], second[PATH_MAX];
    if (!ready || flags) return (int)syscall(SYS_linkat, fromDirectory, from, toDirectory, to, flags);
    absolute(fromDirectory, from, first);
    absolute(toDirectory, to, second);
    return link(first, second);
}
