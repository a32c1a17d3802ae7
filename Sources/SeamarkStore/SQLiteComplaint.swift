internal import CSQLite
internal import GRDB
internal import Glibc

/// `errno` of the call that failed last under SQLite on this thread, as its error log tells it.
///
/// Its result codes leave it out, and a connection that could not be opened cannot be asked: one code stands for a full disk, a broken one,
/// one that may not be written to, and too few open files; another for a page that is damaged and one that the disk did not give.
package enum SQLiteComplaint {
    /// Begins to listen. SQLite takes it only before its first connection and its first file system: whoever brings either calls this first.
    package static let isHeard: Bool = {
        Database.logError = { code, message in
            // Damage is told at once after the call, if one failed: nothing that succeeds alters the number.
            let number = code.primaryResultCode == .SQLITE_CORRUPT ? StoreError.isOfTheDisk(errno) ? errno : 0 : number(in: message)
            guard let number else { return }
            pthread_setspecific(key, UnsafeRawPointer(bitPattern: Int(code.rawValue) << 32 | Int(number)))
        }
        // Under the same condition: without it SQLite counts what it allocates behind one lock for all threads, and nobody here asks for the counts.
        _ = seamark_sqlite_count_no_allocations()
        return true
    }()

    /// Nil when the last complaint was about something else. Failing to read or write a page is not complained about.
    ///
    /// - Parameter exactly: the whole code is the same, and not its kind alone: opening tells a plainer code than the call under it.
    static func systemError(behind code: Int32, exactly: Bool = false) -> Int32? {
        let last = Int(bitPattern: pthread_getspecific(key))
        let mask: Int = exactly ? 0xffff_ffff : 0xff
        return last != 0 && (last >> 32) & mask == Int(code) & mask ? Int32(truncatingIfNeeded: last) : nil
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "a process has room for one more thread-specific value")
        return key
    }()

    /// The number in `os_unix.c:44123: (28) open(/data/rows.sqlite) - No space left on device`.
    private static func number(in message: String) -> Int32? {
        guard message.hasPrefix("os_unix.c:"), let open = message.firstIndex(of: "("), let close = message[open...].firstIndex(of: ")") else { return nil }
        return Int32(message[message.index(after: open)..<close])
    }
}
