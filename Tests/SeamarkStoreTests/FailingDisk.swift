import Glibc
import GRDBSQLite
@testable import SeamarkStore
import Synchronization

/// Lets calls of SQLite itself fail for the files below one folder, and for no others of this process.
enum FailingDisk {
    enum Call { case open, read }

    private struct Plan {
        let call: Call
        let number: Int32
        var left: Int
        let once: Bool
    }

    private static let plans = Mutex<[String: Plan]>([:])

    /// Runs `body` while the call number `first` (from 0) below `folder` fails with `number`, and, unless `once`, all after it.
    @discardableResult
    static func fail<Value>(_ call: Call, below folder: String, with number: Int32, from first: Int = 0, once: Bool = false, _ body: () throws -> Value) rethrows -> Value {
        precondition(isInstalled)
        plans.withLock { $0[folder] = Plan(call: call, number: number, left: first, once: once) }
        defer { plans.withLock { $0[folder] = nil } }
        return try body()
    }

    /// The number that this call fails with.
    fileprivate static func strikes(_ call: Call, _ path: String) -> Int32? {
        plans.withLock { plans in
            guard let folder = plans.keys.first(where: { path.hasPrefix($0 + "/") }), var plan = plans[folder], plan.call == call else { return nil }
            plan.left -= 1
            plans[folder] = plan
            return plan.left == -1 || plan.left < -1 && !plan.once ? plan.number : nil
        }
    }

    fileprivate static func strikesRead(_ file: Int32) -> Int32? {
        guard plans.withLock({ !$0.isEmpty }) else { return nil }
        var path = [UInt8](repeating: 0, count: 4096)
        let count = path.withUnsafeMutableBytes { readlink("/proc/self/fd/\(file)", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count) }
        return count > 0 ? strikes(.read, String(decoding: path[..<count], as: UTF8.self)) : nil
    }

    private static let isInstalled: Bool = {
        guard SQLiteComplaint.isHeard, let system = sqlite3_vfs_find(nil), let set = system.pointee.xSetSystemCall else { return false }
        return set(system, "open", unsafeBitCast(opening, to: sqlite3_syscall_ptr.self)) == SQLITE_OK
            // A build of SQLite knows one of them.
            && (set(system, "pread64", unsafeBitCast(reading, to: sqlite3_syscall_ptr.self)) == SQLITE_OK
                || set(system, "pread", unsafeBitCast(reading, to: sqlite3_syscall_ptr.self)) == SQLITE_OK)
    }()
}

private let opening: @convention(c) (UnsafePointer<CChar>, Int32, Int32) -> Int32 = { path, flags, mode in
    guard let number = FailingDisk.strikes(.open, String(cString: path)) else { return open(path, flags, mode_t(mode)) }
    errno = number
    return -1
}

private let reading: @convention(c) (Int32, UnsafeMutableRawPointer, Int, off_t) -> Int = { file, bytes, count, offset in
    guard let number = FailingDisk.strikesRead(file) else { return pread(file, bytes, count, offset) }
    errno = number
    return -1
}
