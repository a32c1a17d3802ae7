internal import CLinux

/// How the C library keeps a server's memory.
enum Heap {
    /// One arena for all threads, grown and trimmed in larger steps. With one for each thread the heaps of threads that wait stay with them, and
    /// a thread that takes in blocks asks the kernel for a few pages thousands of times. Call before any thread is started.
    static func settle() {
        // What cannot be set stays as it was.
        _ = mallopt(M_ARENA_MAX, 1)
        _ = mallopt(M_TOP_PAD, 1 << 20)
        _ = mallopt(M_TRIM_THRESHOLD, 8 << 20)
    }
}
