/// Reads the XML that spreadsheet programs write (XML 1.0 in UTF-8), event by event. No document type: what declares entities is refused, so that nothing
/// expands or leads to another file.
struct XMLReader {
    struct Failure: Error, Hashable {}

    enum Event: Hashable {
        /// A start tag; the name and those of its attributes without their prefixes.
        case start(String, [String: String])
        case end(String)
        case text(String)
    }

    private static let deepest = 64
    private static let mostAttributes = 200

    private let bytes: [UInt8]
    private var place = 0
    private var open: [String] = []
    /// The end of a tag that closes itself.
    private var pending: String?

    init(_ bytes: [UInt8]) throws(Failure) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Failure() }
        self.bytes = bytes
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { place = 3 }
    }

    /// The next event; nil at the end of a document that is whole.
    mutating func next() throws(Failure) -> Event? {
        if let name = pending {
            pending = nil
            return .end(name)
        }
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else {
                let text = try text()
                // Between elements of the root's level only blanks may stand.
                if open.isEmpty {
                    guard text.allSatisfy(\.isWhitespace) else { throw Failure() }
                    continue
                }
                return .text(text)
            }
            if skip("<?") { try pass("?>") } else if skip("<!--") { try pass("-->") } else if skip("<![CDATA[") {
                let start = place
                try pass("]]>")
                guard !open.isEmpty else { throw Failure() }
                return .text(String(decoding: bytes[start..<place - 3], as: UTF8.self))
            } else if skip("<!") {
                throw Failure()
            } else if skip("</") {
                let name = try name()
                blanks()
                guard skip(">"), open.popLast() == name else { throw Failure() }
                return .end(Self.local(name))
            } else {
                place += 1
                return try startTag()
            }
        }
        guard open.isEmpty else { throw Failure() }
        return nil
    }

    private mutating func startTag() throws(Failure) -> Event {
        let name = try name()
        var attributes: [String: String] = [:]
        while true {
            blanks()
            if skip("/>") {
                pending = Self.local(name)
                break
            }
            if skip(">") {
                guard open.count < Self.deepest else { throw Failure() }
                open.append(name)
                break
            }
            let attribute = Self.local(try self.name())
            blanks()
            guard skip("=") else { throw Failure() }
            blanks()
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'"), attributes.count < Self.mostAttributes else { throw Failure() }
            let quote = bytes[place]
            guard let end = bytes[(place + 1)...].firstIndex(of: quote) else { throw Failure() }
            attributes[attribute] = try Self.decoded(bytes[(place + 1)..<end])
            place = end + 1
        }
        return .start(Self.local(name), attributes)
    }

    private mutating func text() throws(Failure) -> String {
        let end = bytes[place...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        defer { place = end }
        return try Self.decoded(bytes[place..<end])
    }

    private mutating func name() throws(Failure) -> String {
        let start = place
        while place < bytes.count, !" \t\r\n=/><\"'&".utf8.contains(bytes[place]) { place += 1 }
        guard place > start else { throw Failure() }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func blanks() {
        while place < bytes.count, [9, 10, 13, 32].contains(bytes[place]) { place += 1 }
    }

    private mutating func skip(_ text: String) -> Bool {
        guard bytes[place...].starts(with: text.utf8) else { return false }
        place += text.utf8.count
        return true
    }

    private mutating func pass(_ text: String) throws(Failure) {
        while place < bytes.count {
            if skip(text) { return }
            place += 1
        }
        throw Failure()
    }

    private static func local(_ name: String) -> String { name.split(separator: ":").last.map(String.init) ?? name }

    private static func decoded(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var out = String.UnicodeScalarView()
        var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "&" else {
                out.append(scalar)
                continue
            }
            guard let end = rest.prefix(12).firstIndex(of: ";") else { throw Failure() }
            let entity = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            switch entity {
            case "lt": out.append("<")
            case "gt": out.append(">")
            case "amp": out.append("&")
            case "quot": out.append("\"")
            case "apos": out.append("'")
            case _:
                guard entity.hasPrefix("#") else { throw Failure() }
                let digits = entity.dropFirst()
                guard let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits), value > 0, let scalar = Unicode.Scalar(value) else { throw Failure() }
                out.append(scalar)
            }
        }
        return String(out)
    }
}
