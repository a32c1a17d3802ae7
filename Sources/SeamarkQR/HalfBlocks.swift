/// A QR code in text: each character is two modules, one above the other, with the quiet zone that the standard asks for around.
public struct HalfBlocks: Sendable {
    /// Modules of light on each side.
    public static let quietZone = 4

    /// Columns, and lines.
    public let width: Int
    public let height: Int
    private let lines: [String]

    public init(_ code: QRCode) {
        width = code.size + 2 * Self.quietZone
        height = (width + 1) / 2
        lines = (0..<height).map { line in
            String(
                (0..<code.size + 2 * Self.quietZone).map { column -> Character in
                    let (column, row) = (column - Self.quietZone, 2 * line - Self.quietZone)
                    return switch (code.isDark(column, row), code.isDark(column, row + 1)) {
                    case (true, true): "\u{2588}"
                    case (true, false): "\u{2580}"
                    case (false, true): "\u{2584}"
                    case (false, false): " "
                    }
                })
        }
    }

    /// For a terminal: black on white by the two numbers of the 256 colours that no scheme alters, both painted, so that it is the same on dark terminals.
    public var coloured: String { lines.map { "\u{1b}[38;5;16;48;5;231m\($0)\u{1b}[0m\n" }.joined() }

    /// For paper, and for files that will be shown dark on light: what is dark is drawn, what is light is left.
    public var plain: String { lines.map { $0 + "\n" }.joined() }
}
