/// A PNG file as its chunks (ISO/IEC 15948), as far as it takes to leave out what is not the picture.
enum PNGChunks {
    static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// What a decoder needs for the pixels, their colours, their size on paper and their turn in a film.
    private static let needed: Set<String> = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI", "bKGD", "hIST", "pHYs", "sPLT",
        "acTL", "fcTL", "fdAT",
    ]

    static func stripped(_ bytes: [UInt8]) throws(PictureMetadata.Fault) -> [UInt8] {
        guard bytes.starts(with: signature) else { throw .malformed }
        var kept = signature
        kept.reserveCapacity(bytes.count)
        var place = signature.count
        while true {
            guard place + 12 <= bytes.count else { throw .truncated }
            let length = bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
            let name = bytes[(place + 4)..<(place + 8)]
            guard length < 1 << 31, name.allSatisfy({ (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) }) else { throw .malformed }
            guard length <= bytes.count - place - 12 else { throw .truncated }
            let type = String(decoding: name, as: UTF8.self)
            if place == signature.count, type != "IHDR" { throw .malformed }
            if needed.contains(type) {
                kept += bytes[place..<(place + 12 + length)]
            } else if name.first.map({ $0 & 0x20 == 0 }) ?? true {
                // A capital letter in front: a decoder that does not know it may not show the picture.
                throw .unknownPart
            }
            place += 12 + length
            if type == "IEND" { return kept }
        }
    }
}
