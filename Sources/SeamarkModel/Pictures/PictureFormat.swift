/// What a file is, by its first bytes, as far as it matters for what a camera writes beside a picture.
public enum PictureFormat: Hashable, Sendable {
    case jpeg, png
    /// A format whose files may say where and when they were made, and that cannot be taken apart here; what people call it.
    case other(String)

    /// Nil for what is no picture, film or sound that is known here.
    public init?(_ bytes: some Collection<UInt8>) {
        let head = Array(bytes.prefix(16))
        func has(_ text: String, at place: Int = 0) -> Bool { head.dropFirst(place).starts(with: Array(text.utf8)) }
        if head.starts(with: [0xff, 0xd8, 0xff]) {
            self = .jpeg
        } else if head.starts(with: PNGChunks.signature) {
            self = .png
        } else if has("ftyp", at: 4) {
            let brand = String(decoding: head.dropFirst(8).prefix(4), as: UTF8.self)
            self = .other(["heic", "heix", "heif", "mif1", "msf1", "hevc"].contains(brand) ? "HEIC" : brand.hasPrefix("avi") ? "AVIF" : "MP4")
        } else if has("RIFF"), has("WEBP", at: 8) {
            self = .other("WebP")
        } else if head.starts(with: [0x49, 0x49, 0x2a, 0]) || head.starts(with: [0x4d, 0x4d, 0, 0x2a]) {
            self = .other("TIFF")
        } else if has("GIF8") {
            self = .other("GIF")
        } else {
            return nil
        }
    }
}
