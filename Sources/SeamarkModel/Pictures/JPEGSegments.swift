/// A JPEG file as its segments (ITU-T T.81, annex B), as far as it takes to leave out what is not the picture.
enum JPEGSegments {
    private static let start: UInt8 = 0xd8
    private static let end: UInt8 = 0xd9
    private static let scan: UInt8 = 0xda

    static func stripped(_ bytes: [UInt8]) throws(PictureMetadata.Fault) -> [UInt8] {
        guard bytes.count >= 4, bytes[0] == 0xff, bytes[1] == start else { throw .malformed }
        var kept: [UInt8] = [0xff, start]
        kept.reserveCapacity(bytes.count)
        var place = 2
        var orientation: UInt8?
        /// Where a part that says the orientation belongs: behind the head of JFIF.
        var afterHead: Int?
        while true {
            let marker = try nextMarker(bytes, &place)
            switch marker {
            case end:
                kept += [0xff, end]
                // Whatever lies behind the picture is other pictures, films or notes.
                if let orientation, orientation != 1 { kept.insert(contentsOf: exif(saying: orientation), at: afterHead ?? 2) }
                return kept
            case 0x01, 0xd0...0xd7:
                kept += [0xff, marker]
            case start, 0x00: throw .malformed
            case _:
                guard place + 2 <= bytes.count else { throw .truncated }
                let length = Int(bytes[place]) << 8 | Int(bytes[place + 1])
                guard length >= 2 else { throw .malformed }
                guard place + length <= bytes.count else { throw .truncated }
                let content = bytes[(place + 2)..<(place + length)]
                if keeps(marker, content) {
                    if afterHead == nil, marker != 0xe0 { afterHead = kept.count }
                    kept += [0xff, marker]
                    kept += bytes[place..<(place + length)]
                } else {
                    guard isBeside(marker) else { throw .unknownPart }
                    if marker == 0xe1, orientation == nil { orientation = self.orientation(in: content) }
                }
                place += length
                if marker == scan { try copyScan(bytes, &place, to: &kept) }
            }
        }
    }

    /// Moves behind the next marker: 0xff, any number of times, and the code.
    private static func nextMarker(_ bytes: [UInt8], _ place: inout Int) throws(PictureMetadata.Fault) -> UInt8 {
        guard place < bytes.count else { throw .truncated }
        guard bytes[place] == 0xff else { throw .malformed }
        while place < bytes.count, bytes[place] == 0xff { place += 1 }
        guard place < bytes.count else { throw .truncated }
        place += 1
        return bytes[place - 1]
    }

    /// Copies what was compressed, up to the next marker that is none of its own: 0xff is followed there by 0 or by a restart's code.
    private static func copyScan(_ bytes: [UInt8], _ place: inout Int, to kept: inout [UInt8]) throws(PictureMetadata.Fault) {
        let from = place
        while place < bytes.count {
            if bytes[place] == 0xff {
                guard place + 1 < bytes.count else { throw .truncated }
                let next = bytes[place + 1]
                if next != 0, !(0xd0...0xd7).contains(next), next != 0xff { break }
                place += next == 0xff ? 1 : 2
            } else {
                place += 1
            }
        }
        guard place < bytes.count else { throw .truncated }
        kept += bytes[from..<place]
    }

    /// Tables, frames and scans; JFIF's head without its small picture; colours, as a profile or as Adobe's flag says them.
    private static func keeps(_ marker: UInt8, _ content: ArraySlice<UInt8>) -> Bool {
        func begins(_ text: String) -> Bool { content.starts(with: Array(text.utf8) + [0]) }
        return switch marker {
        case 0xc0...0xcf, scan, 0xdb, 0xdc, 0xdd, 0xde, 0xdf: true
        // Five bytes name, then version, density and the size of a small picture, which is to be 0 × 0.
        case 0xe0: begins("JFIF") && content.count == 14 && content.suffix(2).elementsEqual([0, 0])
        case 0xe2: begins("ICC_PROFILE")
        case 0xee: content.starts(with: Array("Adobe".utf8)) && content.count == 12
        case _: false
        }
    }

    /// Parts for programs, and comments: no decoder needs them, but for those that `keeps` names.
    private static func isBeside(_ marker: UInt8) -> Bool { (0xe0...0xef).contains(marker) || marker == 0xfe }

    // MARK: Orientation

    /// 1 to 8, from the first directory of an Exif part; nil where it does not say, or not as it should.
    private static func orientation(in content: ArraySlice<UInt8>) -> UInt8? {
        let bytes = Array(content)
        guard bytes.starts(with: Array("Exif".utf8) + [0, 0]), bytes.count >= 20 else { return nil }
        let tiff = bytes[6...]
        let isLittle: Bool
        if tiff.starts(with: [0x49, 0x49, 0x2a, 0]) { isLittle = true } else if tiff.starts(with: [0x4d, 0x4d, 0, 0x2a]) { isLittle = false } else { return nil }
        func number(_ place: Int, _ count: Int) -> Int? {
            guard place >= 6, place + count <= bytes.count else { return nil }
            let part = bytes[place..<(place + count)]
            return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let offset = number(10, 4), offset <= bytes.count, let count = number(6 + offset, 2) else { return nil }
        for index in 0..<min(count, 512) {
            let entry = 6 + offset + 2 + index * 12
            guard let tag = number(entry, 2) else { return nil }
            guard tag == 0x0112 else { continue }
            guard number(entry + 2, 2) == 3, number(entry + 4, 4) == 1, let value = number(entry + 8, 2), (1...8).contains(value) else { return nil }
            return UInt8(value)
        }
        return nil
    }

    /// An Exif part that says the orientation and nothing else.
    private static func exif(saying orientation: UInt8) -> [UInt8] {
        let tiff: [UInt8] = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
        let content = Array("Exif".utf8) + [0, 0] + tiff
        return [0xff, 0xe1, 0, UInt8(content.count + 2)] + content
    }
}
