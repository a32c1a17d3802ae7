/// A text while a person writes it, with the place where the next character goes. Nothing in it steers a terminal.
public struct EntryLine: Hashable, Sendable {
    /// More characters are not taken in. As many as the longest line has bytes.
    public static let most = 256 * 1024

    public private(set) var characters: [Character]
    public private(set) var cursor: Int

    public init(_ text: String = "") {
        characters = Array(EntryLine.clean(text, keepingLines: true).text.prefix(Self.most))
        cursor = characters.count
    }

    /// With so many characters before the place where the next one goes.
    public init(_ text: String, cursor: Int) {
        self.init(text)
        self.cursor = min(max(0, cursor), characters.count)
    }

    public var text: String { String(characters) }
    public var isEmpty: Bool { characters.isEmpty }

    /// What became of text that was put in.
    public struct Insertion: Hashable, Sendable {
        /// Control characters and the like that were left out.
        public let steering: Int
        /// Characters that there was no room for.
        public let left: Int
    }

    public mutating func insert(_ text: String, keepingLines: Bool) -> Insertion {
        let (clean, steering) = Self.clean(text, keepingLines: keepingLines)
        let new = Array(clean)
        let room = max(0, Self.most - characters.count)
        characters.insert(contentsOf: new.prefix(room), at: cursor)
        cursor += min(room, new.count)
        return Insertion(steering: steering, left: max(0, new.count - room))
    }

    /// Line breaks stay, or become spaces; tabs become spaces; everything else that steers goes.
    public static func clean(_ text: String, keepingLines: Bool) -> (text: String, steering: Int) {
        var out = String.UnicodeScalarView()
        var steering = 0
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0a, 0x2028, 0x2029: if !(scalar == "\n" && previous == "\r") { out.append(keepingLines ? "\n" : " ") }
            case 0x0d: out.append(keepingLines ? "\n" : " ")
            case 0x09: out.append(" ")
            case _: if scalar.steers { steering += 1 } else { out.append(scalar) }
            }
            previous = scalar
        }
        return (String(out), steering)
    }

    public mutating func backspace() {
        guard cursor > 0 else { return }
        cursor -= 1
        characters.remove(at: cursor)
    }

    public mutating func delete() { if cursor < characters.count { characters.remove(at: cursor) } }
    public mutating func left() { cursor = max(0, cursor - 1) }
    public mutating func right() { cursor = min(characters.count, cursor + 1) }
    public mutating func home() { cursor = 0 }
    public mutating func end() { cursor = characters.count }

    /// Everything before the cursor goes.
    public mutating func deleteToStart() {
        characters.removeFirst(cursor)
        cursor = 0
    }

    public mutating func deleteWord() {
        while cursor > 0, characters[cursor - 1].isWhitespace { backspace() }
        while cursor > 0, !characters[cursor - 1].isWhitespace { backspace() }
    }
}
