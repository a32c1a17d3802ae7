internal import Glibc
internal import SeamarkJournal

/// Finds the rows of a device's store in the bytes of its files, without leaning on anything that SQLite keeps around them: no header, tree, list of
/// pages or checksum has to be whole. What looks like a row is handed out to be opened; its seal says whether it is one.
///
/// Bounded by the files: each byte of them is looked at once, and a row is no longer than `longest`.
struct RowScan {
    /// SQLite's own for a file that nobody chose another for.
    static let pageSize = 4096
    /// Bytes of a sealed row: a block with what travels beside it, and more.
    private static let longest = 64 << 20
    private static let shortest = 256
    /// SQLite's bounds for what of a row lies in its page.
    private static let mostLocal = pageSize - 35
    private static let leastLocal = (pageSize - 12) * 32 / 255 - 23

    private let bytes: [UInt8]
    /// Where pages begin in `bytes`, in the order in which their rows count: of two rows of a number the later one.
    private let places: [Int]
    /// Where the pages of each number begin, the newest first.
    private let pages: [UInt32: [Int]]
    /// Pages that the disk did not give.
    let unreadablePages: Int

    /// - Parameters:
    ///   - file: the database's bytes.
    ///   - log: its write-ahead log's; empty where there is none.
    init(file: [UInt8], log: [UInt8], unreadablePages: Int = 0) {
        let size = Self.pageSize
        var bytes = file + [UInt8](repeating: 0, count: (size - file.count % size) % size)
        var pages: [UInt32: [Int]] = [:]
        let whole = Array(stride(from: 0, to: bytes.count, by: size))
        for (index, place) in whole.enumerated() { pages[UInt32(index) + 1] = [place] }
        let base = bytes.count
        bytes += log
        func word(_ at: Int) -> UInt32 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        let frames = Array(stride(from: base + 32, through: bytes.count - 24 - size, by: 24 + size))
        // The salt of the log as it is; that of its header where no frame contradicts it.
        let salt = frames.first.map { word($0 + 8) }
        let current = frames.filter { word($0 + 8) == salt }
        let lastCommit = current.lastIndex { word($0 + 4) != 0 } ?? -1
        for frame in current.prefix(lastCommit + 1) { pages[word(frame), default: []].insert(frame + 24, at: 0) }
        // What no commit covers may never have been acknowledged, and what lies behind the log's end is older than the file: they count where nothing
        // else gives the row.
        let old = frames.filter { word($0 + 8) != salt } + current.dropFirst(lastCommit + 1)
        places = old.map { $0 + 24 } + whole + current.prefix(lastCommit + 1).map { $0 + 24 }
        self.bytes = bytes
        self.pages = pages
        self.unreadablePages = unreadablePages
    }

    /// Hands out everything that looks like a row: its number and its sealed bytes. `body` says whether it is one.
    func forEach(_ body: (Int64, [UInt8]) throws -> Bool) rethrows {
        for place in places {
            let end = min(place + Self.pageSize, bytes.count)
            var at = place
            while at < end - 8 {
                guard let cell = cell(at, end) else {
                    at += 1
                    continue
                }
                var isRow = false
                for newest in [true, false] where !isRow {
                    guard let sealed = content(cell, newest: newest) else { continue }
                    isRow = try body(cell.number, sealed)
                    if cell.rest == 0 { break }
                }
                at = isRow ? cell.local.upperBound : at + 1
            }
        }
    }

    /// What SQLite writes for a row: two lengths, a number, and the beginning of its bytes.
    private struct Cell {
        let number: Int64
        /// Of the record's header, which comes before the sealed bytes.
        let header: Int
        let local: Range<Int>
        /// Bytes that lie on further pages.
        let rest: Int
    }

    private func cell(_ place: Int, _ end: Int) -> Cell? {
        var at = place
        guard let payload = varint(&at, end), payload >= Self.shortest, payload <= Self.longest, let number = varint(&at, end), number >= 1, at + 3 < end else { return nil }
        let start = at
        let header = Int(bytes[at])
        guard header >= 3, header <= 8, bytes[at + 1] == 0 else { return nil }
        at += 2
        // Numbers and nothing else: the row's number is told outside, so that its column is null; then the bytes.
        guard let kind = varint(&at, end), kind >= 12, kind.isMultiple(of: 2), at - start == header, payload == header + (kind - 12) / 2 else { return nil }
        var local = payload
        if payload > Self.mostLocal {
            let share = Self.leastLocal + (payload - Self.leastLocal) % (Self.pageSize - 4)
            local = share <= Self.mostLocal ? share : Self.leastLocal
        }
        guard start + local + (local < payload ? 4 : 0) <= end else { return nil }
        return Cell(number: Int64(number), header: header, local: start..<start + local, rest: payload - local)
    }

    private func content(_ cell: Cell, newest: Bool) -> [UInt8]? {
        var content = Array(bytes[cell.local].dropFirst(cell.header))
        var left = cell.rest
        var pointer = cell.local.upperBound
        while left > 0 {
            guard pointer + 4 <= bytes.count else { return nil }
            let number = bytes[pointer..<pointer + 4].reduce(0) { $0 << 8 | UInt32($1) }
            guard let versions = pages[number], let page = newest ? versions.first : versions.last else { return nil }
            let count = min(left, Self.pageSize - 4)
            guard page + 4 + count <= bytes.count else { return nil }
            content += bytes[page + 4..<page + 4 + count]
            left -= count
            pointer = page
        }
        return content
    }

    /// SQLite's: seven bits a byte, the highest first; of nine bytes the last has eight. Nil where it is longer than any number here.
    private func varint(_ at: inout Int, _ end: Int) -> Int? {
        var value = 0
        for _ in 0..<8 {
            guard at < end else { return nil }
            let byte = bytes[at]
            at += 1
            value = value << 7 | Int(byte & 0x7f)
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    // MARK: - Files

    /// The store's file and its log, page by page: what the disk does not give counts as zeros.
    static func of(_ path: String) throws(DeviceStoreError) -> RowScan? {
        guard let (file, lost) = try read(path) else { return nil }
        let log = try read(path + "-wal")
        return RowScan(file: file, log: log?.bytes ?? [], unreadablePages: lost + (log?.lost ?? 0))
    }

    /// Nil where there is no such file.
    private static func read(_ path: String) throws(DeviceStoreError) -> (bytes: [UInt8], lost: Int)? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw DeviceFiles.error(errno)
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw DeviceFiles.error(errno) }
        var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
        var (at, lost) = (0, 0)
        while at < bytes.count {
            // As much as the disk gives; a page at a time where it refuses.
            var count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress! + at, $0.count - at, off_t(at)) }
            if count < 0, errno == EINTR { continue }
            if count < 0 {
                let most = min(pageSize - at % pageSize, bytes.count - at)
                count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress! + at, most, off_t(at)) }
                if count < 0 {
                    lost += 1
                    count = most
                }
            }
            guard count > 0 else { break }
            at += count
        }
        return (bytes, lost)
    }
}
