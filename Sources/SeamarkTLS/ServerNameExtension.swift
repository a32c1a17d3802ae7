/// The label in a client hello's server_name extension (RFC 6066 section 3), parsed by hand because OpenSSL has not parsed it yet when the
/// tenant must be chosen.
///
/// A label is 1 to 63 bytes of a–z, 0–9 and hyphen, alone in its list, compared byte by byte. Everything else, in spelling or in
/// structure, is no label: upper case, dots, addresses, NUL, two names, lengths that lie. No input traps.
public enum ServerNameExtension {
    /// Bytes of the longest label.
    public static let longestLabel = 63

    /// The label, or nil for anything that is not exactly one.
    public static func label(in body: [UInt8]) -> [UInt8]? {
        // ServerNameList: u16 length; ServerName: type 0, u16 length, bytes. One entry fills the list, and the list fills the extension.
        guard body.count > 5, body.count <= 5 + longestLabel else { return nil }
        guard Int(body[0]) << 8 | Int(body[1]) == body.count - 2 else { return nil }
        guard body[2] == 0 else { return nil }
        guard Int(body[3]) << 8 | Int(body[4]) == body.count - 5 else { return nil }
        let label = Array(body[5...])
        return isLabel(label) ? label : nil
    }

    /// Whether a server may give these bytes to a tenant as its label, and a client may send them.
    public static func isLabel(_ bytes: [UInt8]) -> Bool {
        (1...longestLabel).contains(bytes.count) && bytes.allSatisfy(isLabelByte)
    }

    /// Whether a name can be verified exactly: labels joined by single dots, at most 253 bytes, not an address.
    static func isServerName(_ bytes: [UInt8]) -> Bool {
        guard (1...253).contains(bytes.count) else { return false }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.allSatisfy({ isLabel(Array($0)) }), let last = parts.last else { return false }
        return !last.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
