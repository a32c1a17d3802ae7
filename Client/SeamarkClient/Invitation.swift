public import SeamarkJournal

/// What headquarters hands to a consultant so that a laptop can enrol: where the server is, how to recognise it, and a token that serves once.
///
/// One line, `seamark://HOST:PORT/LABEL/SERVER-NAME/PIN/TOKEN` (`Protocol/SPEC.md` section 6).
public struct Invitation: Sendable {
    public let host: String
    public let port: UInt16
    /// Chooses the tenant at the server; thirty-two hexadecimal digits.
    public let label: String
    /// The name that the server's certificate must carry.
    public let serverName: String
    /// SHA-256 of the installation authority's subject public key info.
    public let pin: Hash256
    /// Sixteen bytes; never shown and never in an error.
    let token: [UInt8]

    /// What is wrong with the line, without the line.
    public struct Malformed: Error, Hashable, Sendable {
        public let part: String
    }

    public init(_ line: String) throws(Malformed) {
        let text = line.trimmingASCIISpace
        guard text.utf8.count <= 1024, text.hasPrefix("seamark://") else { throw Malformed(part: "the beginning (seamark://)") }
        let parts = text.dropFirst("seamark://".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5 else { throw Malformed(part: "the number of parts (address, label, server name, pin and token)") }
        guard let (host, port) = Self.address(parts[0]) else { throw Malformed(part: "the address (HOST:PORT)") }
        guard parts[1].utf8.count == 32, Hexadecimal.bytes(of: String(parts[1])) != nil else { throw Malformed(part: "the label") }
        guard (1...255).contains(parts[2].utf8.count), parts[2].utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw Malformed(part: "the server name")
        }
        guard let pinBytes = Hexadecimal.bytes(of: String(parts[3])), let pin = Hash256(bytes: pinBytes) else { throw Malformed(part: "the pin") }
        guard let token = Hexadecimal.bytes(of: String(parts[4])), token.count == 16 else { throw Malformed(part: "the token") }
        self.host = host
        self.port = port
        self.label = String(parts[1])
        self.serverName = String(parts[2])
        self.pin = pin
        self.token = token
    }

    /// HOST:PORT, where an address with colons stands in brackets and the port is written in one way.
    private static func address(_ text: Substring) -> (host: String, port: UInt16)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard let port = UInt16(digits), port > 0, String(port) == digits else { return nil }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
        if isBracketed { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.utf8.contains(UInt8(ascii: ":")) == isBracketed,
            host.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]") })
        else { return nil }
        return (String(host), port)
    }
}

extension String {
    fileprivate var trimmingASCIISpace: Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\r" || $0 == "\t" || $0 == "\r\n" }
        var rest = self[...]
        while let first = rest.first, isSpace(first) { rest.removeFirst() }
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
