/// Takes single files out of a zip archive (PKWARE APPNOTE 6.3.3) of a stranger: stored or deflated, without encryption, spanning or the 64-bit extension.
struct ZipReader {
    struct Failure: Error, Hashable {
        let what: String
    }

    private struct Entry {
        let method: UInt16
        let packed: Int
        let length: Int
        let checksum: UInt32
        let header: Int
    }

    private static let mostFiles = 2000

    private let bytes: [UInt8]
    private let inflate: FormWorkbook.Inflate
    private var entries: [String: Entry] = [:]

    init(_ bytes: [UInt8], _ inflate: @escaping FormWorkbook.Inflate) throws(Failure) {
        self.bytes = bytes
        self.inflate = inflate
        // The end record lies in the last 64 KiB: 22 bytes and a comment.
        guard bytes.count >= 22, let end = (max(0, bytes.count - 22 - 65535)...(bytes.count - 22)).reversed().first(where: { number(at: $0, 4) == 0x0605_4b50 }) else {
            throw Failure(what: "it is no zip archive")
        }
        let count = number(at: end + 10, 2)
        var place = number(at: end + 16, 4)
        guard count <= Self.mostFiles else { throw Failure(what: "it holds more than \(Self.mostFiles) files") }
        for _ in 0..<count {
            guard place <= bytes.count - 46, number(at: place, 4) == 0x0201_4b50 else { throw Failure(what: "its directory is damaged") }
            let (nameLength, extra, comment) = (number(at: place + 28, 2), number(at: place + 30, 2), number(at: place + 32, 2))
            guard place + 46 + nameLength <= bytes.count else { throw Failure(what: "its directory is damaged") }
            guard number(at: place + 8, 2) & 1 == 0 else { throw Failure(what: "it is encrypted") }
            let name = String(decoding: bytes[(place + 46)..<(place + 46 + nameLength)], as: UTF8.self)
            entries[name] = Entry(
                method: UInt16(number(at: place + 10, 2)), packed: number(at: place + 20, 4), length: number(at: place + 24, 4),
                checksum: UInt32(number(at: place + 16, 4)), header: number(at: place + 42, 4))
            place += 46 + nameLength + extra + comment
        }
    }

    /// The file's bytes, at most `most`, checked against its sum; nil if there is none of that name.
    func file(_ name: String, atMost most: Int) throws(Failure) -> [UInt8]? {
        guard let entry = entries[name] else { return nil }
        guard entry.length <= most else { throw Failure(what: "\(name) is too large") }
        guard entry.header <= bytes.count - 30, number(at: entry.header, 4) == 0x0403_4b50 else { throw Failure(what: "it is damaged at \(name)") }
        let start = entry.header + 30 + number(at: entry.header + 26, 2) + number(at: entry.header + 28, 2)
        guard start <= bytes.count, entry.packed <= bytes.count - start else { throw Failure(what: "it is damaged at \(name)") }
        let packed = Array(bytes[start..<(start + entry.packed)])
        let file: [UInt8]
        switch entry.method {
        case 0: file = packed
        case 8:
            guard let inflated = inflate(packed, entry.length) else { throw Failure(what: "it is damaged at \(name)") }
            file = inflated
        case _: throw Failure(what: "\(name) is packed in a way that is not read")
        }
        guard file.count == entry.length, ZipArchive.checksum(file) == entry.checksum else { throw Failure(what: "it is damaged at \(name)") }
        return file
    }

    private func number(at place: Int, _ count: Int) -> Int {
        bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
