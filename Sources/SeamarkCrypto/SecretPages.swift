internal import CLinux
internal import Synchronization

/// The memory that secrets lie in: pages that hold nothing else, locked out of swap where the kernel agrees (it refuses beyond
/// RLIMIT_MEMLOCK), and left out of core files.
///
/// Keys are short and many. A page for each would cost three system calls, and a laptop's limit would be reached by some hundreds of them;
/// so secrets of up to 64 bytes share pages, which are kept for the next.
enum SecretPages {
    static let slot = 64
    private static let group = 16_384
    /// Addresses of zeroed slots.
    private static let free = Mutex<[UInt]>([])

    /// Zeroed memory for `count` bytes.
    static func take(_ count: Int) -> UnsafeMutableRawPointer {
        if count > slot { return map(whole(count)) }
        let address = free.withLock { free in
            if free.isEmpty {
                let start = UInt(bitPattern: map(group))
                free.append(contentsOf: stride(from: start, to: start + UInt(group), by: slot))
            }
            return free.removeLast()
        }
        guard let pointer = UnsafeMutableRawPointer(bitPattern: address) else { preconditionFailure("a slot has an address") }
        return pointer
    }

    /// Takes back what `take` gave for `count` bytes, zeroed.
    static func giveBack(_ pointer: UnsafeMutableRawPointer, _ count: Int) {
        if count > slot {
            munmap(pointer, whole(count))
        } else {
            free.withLock { $0.append(UInt(bitPattern: pointer)) }
        }
    }

    private static func whole(_ count: Int) -> Int {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        return (count + page - 1) / page * page
    }

    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer {
        guard let pages = clinux_map_pages(bytes) else { preconditionFailure("no memory for a secret") }
        mlock(pages, bytes)
        madvise(pages, bytes, MADV_DONTDUMP)
        return pages
    }
}
