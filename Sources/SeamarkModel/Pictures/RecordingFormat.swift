/// Whether a file is recorded sound or film, by its first bytes: what a person may be heard in.
public enum RecordingFormat {
    /// As many bytes as are looked at.
    public static let head = 16

    public static func isRecording(_ bytes: some Collection<UInt8>) -> Bool {
        let head = Array(bytes.prefix(head))
        func has(_ text: String, at place: Int = 0) -> Bool { head.dropFirst(place).starts(with: Array(text.utf8)) }
        if has("RIFF") || has("RF64") { return has("WAVE", at: 8) || has("AVI ", at: 8) }
        if has("FORM") { return has("AIFF", at: 8) || has("AIFC", at: 8) }
        // One family of containers holds films, sounds and single pictures; the brand tells.
        if has("ftyp", at: 4) {
            if case .other("MP4") = PictureFormat(head) { return true }
            return false
        }
        if ["OggS", "fLaC", "ID3", "#!AMR", ".snd", "caff", "FLV"].contains(where: { has($0) }) { return true }
        // Matroska and WebM; Windows Media; MPEG program streams.
        if head.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) || head.starts(with: [0x30, 0x26, 0xb2, 0x75]) || head.starts(with: [0, 0, 1, 0xba]) { return true }
        // A frame of MPEG audio or AAC: eleven bits set, and a layer and a rate that exist.
        guard head.count >= 3, head[0] == 0xff, head[1] & 0xe0 == 0xe0 else { return false }
        if head[1] & 0xf6 == 0xf0 { return true }
        // Layers II and III; layer I is rare, and text in UTF-16 begins like it.
        return [2, 4].contains(head[1] & 0x06) && head[1] & 0x18 != 0x08 && head[2] & 0xf0 != 0xf0 && head[2] & 0x0c != 0x0c
    }

    /// Does a row of evidence say that it is one?
    public static func isSaid(kind: String?, mediaType: String?) -> Bool {
        kind == "audio" || mediaType.map { $0.lowercased().hasPrefix("audio/") || $0.lowercased().hasPrefix("video/") } == true
    }
}
