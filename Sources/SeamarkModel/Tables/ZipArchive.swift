public import SeamarkJournal

/// A zip file (PKWARE APPNOTE 6.3.3, without its extensions): few files, each deflated, all of one time. The same files give the same bytes.
public struct ZipArchive: Sendable {
    /// The archive would be larger than the format's plain form holds: 65,535 files, four gigabytes.
    public struct TooLarge: Error, Hashable, Sendable {
        public init() {}
    }

    private static let version: UInt16 = 20
    private static let mostBytes = Int(UInt32.max)

    private let primitives: any Primitives
    private let stamp: (time: UInt16, date: UInt16)
    private var body: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// - Parameter time: what the files' time is said to be: milliseconds since 1970.
    public init(at time: Int64, _ primitives: any Primitives) {
        self.primitives = primitives
        stamp = Self.stamp(time)
    }

    /// - Parameter name: letters, digits, points and slashes: no captured text belongs there.
    public mutating func add(_ name: String, _ bytes: [UInt8]) throws(TooLarge) {
        precondition(!name.isEmpty && name.utf8.allSatisfy { (0x21...0x7e).contains($0) } && !name.contains("..") && !name.hasPrefix("/"), "a plain name")
        // A zlib stream (RFC 1950) is two bytes, the deflated bytes that a zip file wants, and four of a sum.
        let deflated = primitives.deflate(bytes).dropFirst(2).dropLast(4)
        guard count < Int(UInt16.max), bytes.count < Self.mostBytes, body.count + deflated.count < Self.mostBytes - 4096 else { throw TooLarge() }
        var facts: [UInt8] = []
        Self.append(Self.version, to: &facts)
        Self.append(UInt16(0), to: &facts)
        Self.append(UInt16(8), to: &facts)
        Self.append(stamp.time, to: &facts)
        Self.append(stamp.date, to: &facts)
        Self.append(Self.checksum(bytes), to: &facts)
        Self.append(UInt32(deflated.count), to: &facts)
        Self.append(UInt32(bytes.count), to: &facts)
        Self.append(UInt16(name.utf8.count), to: &facts)
        Self.append(UInt16(0), to: &facts)
        let start = UInt32(body.count)
        body += [0x50, 0x4b, 3, 4] + facts + Array(name.utf8)
        body += deflated
        directory += [0x50, 0x4b, 1, 2]
        Self.append(Self.version, to: &directory)
        directory += facts
        // No comment, the first disk, no attributes.
        directory += [UInt8](repeating: 0, count: 10)
        Self.append(start, to: &directory)
        directory += Array(name.utf8)
        count += 1
    }

    public consuming func finished() -> [UInt8] {
        var out = body
        let start = UInt32(out.count)
        out += directory
        out += [0x50, 0x4b, 5, 6, 0, 0, 0, 0]
        Self.append(UInt16(count), to: &out)
        Self.append(UInt16(count), to: &out)
        Self.append(UInt32(directory.count), to: &out)
        Self.append(start, to: &out)
        Self.append(UInt16(0), to: &out)
        return out
    }

    private static func append<T: FixedWidthInteger>(_ value: T, to out: inout [UInt8]) {
        for shift in stride(from: 0, to: T.bitWidth, by: 8) { out.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// Two seconds fine, from 1980 on, without a zone: UTC here.
    private static func stamp(_ time: Int64) -> (time: UInt16, date: UInt16) {
        let text = CalendarDate.text(milliseconds: max(315_532_800_000, min(time, 4_354_819_198_000)))
        let parts = text.split(whereSeparator: { !$0.isASCII || !$0.isNumber }).compactMap { UInt16($0) }
        guard parts.count >= 6 else { return (0, 33) }
        return (parts[3] << 11 | parts[4] << 5 | parts[5] / 2, (parts[0] - 1980) << 9 | parts[1] << 5 | parts[2])
    }

    /// CRC-32 as in ISO 3309.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = .max
        for byte in bytes { sum = table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
        return ~sum
    }

    private static let table: [UInt32] = (0..<256).map { number in
        (0..<8).reduce(UInt32(number)) { sum, _ in sum & 1 == 1 ? 0xedb8_8320 ^ sum >> 1 : sum >> 1 }
    }
}
