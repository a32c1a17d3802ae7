public import SeamarkJournal

/// What a device needs to find its server, to know it for the right one, and to be let in once: one line.
public struct InvitationLine: Hashable, Sendable {
    /// HOST:PORT.
    public let address: String
    public let label: String
    public let serverName: String
    public let pin: Hash256
    /// Sixteen bytes, random; the server keeps their hash alone.
    public let token: [UInt8]

    public init(address: String, label: String, serverName: String, pin: Hash256, token: [UInt8]) {
        self.address = address
        self.label = label
        self.serverName = serverName
        self.pin = pin
        self.token = token
    }

    /// `seamark://HOST:PORT/LABEL/SERVER-NAME/PIN/TOKEN`
    public var text: String { "seamark://\(address)/\(label)/\(serverName)/\(pin)/\(Hexadecimal.text(of: token))" }
}
