import SeamarkModel
import SeamarkTestSupport
import Testing

/// What a camera writes beside a picture, and pictures that strangers made.
@Suite struct PictureMetadataTests {
    static let gps = Array("GPSLatitude 41.0793 N (invented)".utf8)

    static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xff, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 0xff)] + content
    }

    static func exif(orientation: UInt8?, isLittle: Bool = false) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> ((count - 1 - $0) * 8)) }
            return isLittle ? bytes.reversed() : bytes
        }
        func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] { number(tag, 2) + number(type, 2) + number(count, 4) + value }
        // Make, the way it was held, and where the directory of places lies.
        var entries = [entry(0x010f, 2, 4, Array("Cam\0".utf8)), entry(0x8825, 4, 1, number(100, 4))]
        if let orientation { entries.insert(entry(0x0112, 3, 1, number(Int(orientation), 2) + [0, 0]), at: 1) }
        let tiff = (isLittle ? Array("II".utf8) + [0x2a, 0] : Array("MM".utf8) + [0, 0x2a]) + number(8, 4) + number(entries.count, 2) + entries.joined() + number(0, 4)
        return segment(0xe1, Array("Exif\0\0".utf8) + tiff + gps)
    }

    /// What makes the picture, part by part.
    static let picture: [[UInt8]] = [
        segment(0xe0, Array("JFIF\0".utf8) + [1, 2, 0, 0, 72, 0, 72, 0, 0]), segment(0xe2, Array("ICC_PROFILE\0".utf8) + [1, 1] + [UInt8](repeating: 9, count: 40)),
        segment(0xee, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 1]), segment(0xdb, [UInt8](repeating: 1, count: 65)),
        segment(0xc0, [8, 0, 16, 0, 16, 1, 1, 0x11, 0]), segment(0xc4, [UInt8](repeating: 2, count: 30)), segment(0xdd, [0, 4]),
        // A scan whose bytes look like markers, with restarts, and a second scan.
        segment(0xda, [1, 1, 0, 0, 63, 0]) + [0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0xff, 0xff, 0x00, 0xe1, 0x56], segment(0xda, [1, 1, 0, 1, 63, 0]) + [0xff, 0x00, 0x99],
    ]

    /// The same with everything that cameras and programs put between, and behind.
    static func jpeg(_ exif: [UInt8]) -> [UInt8] {
        let beside: [[UInt8]] = [
            exif, segment(0xe1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + gps), segment(0xed, Array("Photoshop 3.0\0".utf8) + gps), segment(0xfe, gps),
            segment(0xe2, Array("MPF\0".utf8) + gps), segment(0xe0, Array("JFXX\0".utf8) + gps), segment(0xe3, gps), segment(0xef, gps),
        ]
        var bytes: [UInt8] = [0xff, 0xd8]
        for (index, part) in picture.enumerated() { bytes += part + (index < beside.count ? beside[index] : []) }
        // A second picture, and a film, behind the first.
        return bytes + [0xff, 0xd9] + [0xff, 0xd8] + Self.exif(orientation: 1) + [0xff, 0xd9] + Array("ftypmp42".utf8) + gps
    }

    static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let length = (0..<4).map { UInt8(truncatingIfNeeded: content.count >> ((3 - $0) * 8)) }
        // Who reads a chunk checks its sum; who copies it does not.
        return length + Array(name.utf8) + content + [1, 2, 3, 4]
    }

    static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    static let chunks: [[UInt8]] = [
        chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]), chunk("gAMA", [0, 0, 1, 2]), chunk("iCCP", Array("sRGB\0\0x".utf8)), chunk("pHYs", [0, 0, 1, 0, 0, 0, 1, 0, 1]),
        chunk("IDAT", [1, 2, 3]), chunk("IDAT", [4, 5]), chunk("IEND", []),
    ]

    static func png() -> [UInt8] {
        let beside = [chunk("eXIf", gps), chunk("tEXt", gps), chunk("iTXt", gps), chunk("zTXt", gps), chunk("tIME", [7, 0xea, 5, 1, 9, 0, 0]), chunk("caMe", gps)]
        var bytes = signature
        for (index, part) in chunks.enumerated() { bytes += part + (index < beside.count ? beside[index] : []) }
        return bytes + gps
    }

    private func holdsPlace(_ bytes: [UInt8]) -> Bool { bytes.indices.contains { bytes[$0...].starts(with: Self.gps.prefix(12)) } }

    @Test(arguments: [nil, 1, 3, 6, 8] as [UInt8?], [true, false])
    func `of a JPEG the picture stays byte for byte and the way it was held, and no place, comment, small copy or second picture`(orientation: UInt8?, isLittle: Bool) throws {
        let bytes = Self.jpeg(Self.exif(orientation: orientation, isLittle: isLittle))
        #expect(PictureFormat(bytes) == .jpeg && holdsPlace(bytes))
        let stripped = try PictureMetadata.stripped(bytes, of: .jpeg)
        #expect(!holdsPlace(stripped))
        var expected: [UInt8] = [0xff, 0xd8] + Self.picture[0]
        if let orientation, orientation != 1 {
            // One directory of one entry: the orientation.
            expected += Self.segment(0xe1, Array("Exif\0\0MM".utf8) + [0, 0x2a, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0])
        }
        expected += Self.picture.dropFirst().joined() + [0xff, 0xd9]
        #expect(stripped == expected)
        #expect(try PictureMetadata.stripped(stripped, of: .jpeg) == stripped, "once more changes nothing")
    }

    @Test func `of a PNG the picture stays byte for byte, and no text, time or place`() throws {
        let bytes = Self.png()
        #expect(PictureFormat(bytes) == .png && holdsPlace(bytes))
        let stripped = try PictureMetadata.stripped(bytes, of: .png)
        #expect(stripped == Self.signature + Self.chunks.joined())
        #expect(try PictureMetadata.stripped(stripped, of: .png) == stripped)
    }

    @Test func `a picture that was cut anywhere is refused, or is whole without what was behind it`() {
        for (bytes, format) in [(Self.jpeg(Self.exif(orientation: 6)), PictureFormat.jpeg), (Self.png(), .png)] {
            let whole = try? PictureMetadata.stripped(bytes, of: format)
            for count in bytes.indices {
                guard let stripped = try? PictureMetadata.stripped(Array(bytes.prefix(count)), of: format) else { continue }
                #expect(stripped == whole, "cut to \(count)")
            }
        }
    }

    @Test(arguments: UInt64(0)..<40)
    func `damaged pictures are refused or come out without a place of theirs, once and for all`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        for (whole, format) in [(Self.jpeg(Self.exif(orientation: 6)), PictureFormat.jpeg), (Self.png(), .png)] {
            for _ in 0..<150 {
                var bytes = whole
                for _ in 0...(dice.next() % 3) {
                    let place = Int(dice.next() % UInt64(bytes.count))
                    switch dice.next() % 4 {
                    case 0: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
                    case 1: bytes[place] = [0, 0xff, 0xd9, 0xda, 0xe1, 0x7f].randomElement(using: &dice) ?? 0
                    case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int(dice.next() % 9)))
                    case _: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: Int(dice.next() % UInt64(bytes.count + 1)))
                    }
                }
                guard let stripped = try? PictureMetadata.stripped(bytes, of: format) else { continue }
                #expect(stripped.count <= bytes.count + 36)
                #expect((try? PictureMetadata.stripped(stripped, of: format)) == stripped, "what came out is not taken in again")
            }
        }
    }

    @Test func `lengths that lie, parts out of place and parts that nobody knows are refused`() {
        let start: [UInt8] = [0xff, 0xd8]
        for bytes in [
            [], [0xff], start, start + [0xff], start + [0xff, 0xe1], start + [0xff, 0xe1, 0, 1], start + [0xff, 0xe1, 0xff, 0xff, 1], start + [0x12, 0x34, 0x56],
            start + [0xff, 0xd8, 0xff, 0xd9], start + Self.segment(0xf7, [1, 2, 3]) + [0xff, 0xd9], start + Self.segment(0xda, [1]) + [1, 2, 3],
            start + Self.segment(0xda, [1]) + [0xff],
        ] as [[UInt8]] {
            #expect(throws: PictureMetadata.Fault.self, "\(bytes)") { try PictureMetadata.stripped(bytes, of: .jpeg) }
        }
        let head = Self.signature + Self.chunks[0]
        for bytes in [
            [], Self.signature, Self.signature + Self.chunks[4], head, head + [0xff, 0xff, 0xff, 0xff] + Array("IDAT".utf8) + [0, 0, 0, 0],
            head + [0x7f, 0xff, 0xff, 0xff] + Array("tEXt".utf8) + [0, 0, 0, 0], head + Self.chunk("ABCD", [1]) + Self.chunks[6], head + Self.chunk("1234", []) + Self.chunks[6],
        ] as [[UInt8]] {
            #expect(throws: PictureMetadata.Fault.self, "\(bytes)") { try PictureMetadata.stripped(bytes, of: .png) }
        }
    }

    @Test func `an Exif part that lies about itself says nothing of how the camera was held`() throws {
        let honest = Self.exif(orientation: 6)
        // The directory far outside, many entries that are not there, an orientation that is none, of another kind.
        for (place, value) in [(14, UInt8(0xff)), (19, 0xff), (41, 9), (34, 4)] {
            var exif = honest
            exif[place] = value
            let bytes: [UInt8] = [0xff, 0xd8] + exif + [0xff, 0xd9]
            let stripped = try PictureMetadata.stripped(bytes, of: .jpeg)
            #expect(stripped == [0xff, 0xd8, 0xff, 0xd9] || stripped.count == 4 + 36, "\(place)")
            #expect(!holdsPlace(stripped))
        }
    }

    @Test func `other formats are told by their first bytes and named as people name them`() {
        let box = { (brand: String) in [0, 0, 0, 24] + Array("ftyp\(brand)".utf8) }
        for (bytes, name) in [
            (box("heic"), "HEIC"), (box("mif1"), "HEIC"), (box("avif"), "AVIF"), (box("isom"), "MP4"), (Array("RIFF\0\0\0\0WEBPVP8 ".utf8), "WebP"),
            (Array("II".utf8) + [0x2a, 0, 8, 0, 0, 0], "TIFF"), (Array("GIF89a".utf8), "GIF"),
        ] {
            #expect(PictureFormat(bytes) == .other(name))
        }
        for bytes in [[], [0xff, 0xd8], Array("%PDF-1.7".utf8), Array("date,amount".utf8), Array("PK".utf8) + [3, 4]] as [[UInt8]] { #expect(PictureFormat(bytes) == nil) }
    }
}
