import Foundation

/// What a disk does to the pages of a file: one page, one kind.
struct PageDamage: CustomStringConvertible {
    enum Kind: CaseIterable {
        /// One bit each in the page's head, in its middle and at its end; any byte.
        case firstBit, cellCount, anyBit, lastBit
        /// Zeros, noise, another page, and the rest of the file gone.
        case zeros, halfZeros, noise, neighbour, cut
    }

    let page: Int
    let kind: Kind
    var description: String { "\(kind) at page \(page + 1)" }

    /// With `SEAMARK_EVERY_PAGE` in the environment every page in every way; otherwise the first page in every way, and each sixth of the
    /// other cases, the ways taking turns from page to page.
    private static let step = ProcessInfo.processInfo.environment["SEAMARK_EVERY_PAGE"] == nil ? 6 : 1

    static func all(of bytes: [UInt8], kinds: [Kind] = Kind.allCases) -> [PageDamage] {
        (0..<(bytes.count + 4095) / 4096).flatMap { page in
            kinds.map { PageDamage(page: page, kind: $0) }.filter { $0.page == 0 || ($0.page + (Kind.allCases.firstIndex(of: $0.kind) ?? 0)) % step == 0 }
        }
    }

    /// Of a write-ahead log: behind its head of 32 bytes frames, each with a head of 24 bytes before its page.
    static func all(ofLog log: [UInt8]) -> [(damage: PageDamage, log: [UInt8])] {
        let (head, frames) = (Array(log[..<32]), Array(log[32...]))
        return stride(from: 0, to: frames.count / 4120, by: (step + 1) / 2).flatMap { frame in
            [Kind.firstBit, .anyBit, .zeros, .cut].map { kind in
                let damage = PageDamage(page: frame, kind: kind)
                return (damage, head + damage.applied(to: frames, pageSize: 4120))
            }
        }
    }

    /// The bytes as they are afterwards. `dice` are the page's own, so that a case can be played alone.
    func applied(to bytes: [UInt8], pageSize: Int = 4096) -> [UInt8] {
        var bytes = bytes
        let range = page * pageSize..<min(bytes.count, (page + 1) * pageSize)
        var noise = UInt64(page) &* 0x9e37_79b9_7f4a_7c15 &+ 1
        func next() -> UInt64 {
            noise ^= noise << 13
            noise ^= noise >> 7
            noise ^= noise << 17
            return noise
        }
        func flip(_ place: Int) { if range.contains(place) { bytes[place] ^= UInt8(1) << UInt8(next() % 8) } }
        switch kind {
        case .firstBit: flip(range.lowerBound)
        // The head of a B-tree page; the first page begins with the file's.
        case .cellCount: flip(range.lowerBound + (page == 0 ? 104 : 4))
        case .anyBit: for _ in 0..<4 { flip(range.lowerBound + Int(next() % UInt64(range.count))) }
        case .lastBit: flip(range.upperBound - 1)
        case .zeros: for place in range { bytes[place] = 0 }
        case .halfZeros: for place in range.dropFirst(range.count / 2) { bytes[place] = 0 }
        case .noise: for place in range { bytes[place] = UInt8(truncatingIfNeeded: next() >> 20) }
        case .neighbour:
            let other = (page + 1) * pageSize % max(pageSize, bytes.count / pageSize * pageSize)
            for place in range where other + place - range.lowerBound < bytes.count { bytes[place] = bytes[other + place - range.lowerBound] }
        case .cut: bytes.removeSubrange(range.lowerBound...)
        }
        return bytes
    }
}

/// The files of a database as SQLite finds them.
struct DatabaseFiles {
    let path: String

    func read(_ companion: String = "") -> [UInt8] { FileManager.default.contents(atPath: path + companion).map(Array.init) ?? [] }

    /// Puts these files in the place of whatever is there; nil for no log.
    func put(_ bytes: [UInt8], log: [UInt8]? = nil) throws {
        for name in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + name) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        if let log { try Data(log).write(to: URL(fileURLWithPath: path + "-wal")) }
    }
}
