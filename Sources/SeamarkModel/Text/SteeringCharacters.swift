extension Unicode.Scalar {
    /// Does this character do something instead of showing something? A terminal, browser or spreadsheet would obey it, or it would hide or turn
    /// around what stands beside it. True of line breaks and tabs too: who keeps or replaces those does so before asking.
    ///
    /// Joiners (U+200C, U+200D) and variation selectors do not count: Persian, Hindi and emoji are written with the ones, Japanese names with the others.
    public var steers: Bool {
        switch value {
        // C0, DEL and C1: escape sequences begin here.
        case 0...0x1f, 0x7f...0x9f: true
        // Marks, embeddings, overrides and isolates of direction; breaks of lines and paragraphs.
        case 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        // Invisible: soft hyphen, vowel separator, zero width, fillers, byte order mark, interlinear marks, what is no character, tags.
        case 0x00ad, 0x180e, 0x200b, 0x2060...0x2065, 0x206a...0x206f, 0xfeff, 0xfff9...0xfffb, 0xfffe, 0xffff, 0xe0000...0xe00ff, 0xe01f0...0xe0fff: true
        case _: false
        }
    }
}
