import Glibc
import SeamarkTLS

/// Why the server could not be talked to, in terms that a person can act on.
public enum NetworkFailure: Error, Hashable, Sendable {
    /// The system gives no more open files, or no more memory.
    case exhausted
    /// Nobody answers at the address.
    case unreachable
    /// The connection broke or fell silent.
    case cut
    /// The server's certificate is not the one that was pinned, or the server refused this device's.
    case serverNotGenuine
    /// The server's certificate is signed as pinned, and by this device's clock it is not valid yet or no more: one of the two clocks is wrong.
    case clockDiffers
    case refusedByServer
    /// The server refused this device's certificate because it has expired.
    case certificateExpired
    /// What came was not Seamark's protocol.
    case notSeamark

    init(_ error: any Error) {
        switch error {
        case let failure as Conversation.Failure:
            switch failure {
            case .network(let socket) where [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(socket.code): self = .exhausted
            case .network(let socket): self = socket.doing == "connect" || socket.doing == "look up the server's name" ? .unreachable : .cut
            case .silence, .stopped: self = .cut
            case .framing, .message: self = .notSeamark
            case .secrecy(let error): self = NetworkFailure(tls: error)
            }
        case let error as TLSError: self = NetworkFailure(tls: error)
        case _: self = .cut
        }
    }

    private init(tls error: TLSError) {
        self =
            switch error {
            case .expired, .notYetValid: .clockDiffers
            case .unknownAuthority, .wrongName, .wrongPurpose, .wrongKey, .chainTooLong, .badCertificate, .noCertificate:
                .serverNotGenuine
            case .alert(45): .certificateExpired
            case .alert: .refusedByServer
            case .unexpectedEnd, .closed, .notEstablished: .cut
            case .protocolViolation, .handshakeTooLong, .flood, .labelChanged: .notSeamark
            case .unusableCertificate, .unusableKey, .keyMismatch, .unusableName, .unusableAuthority, .unusablePin, .library: .serverNotGenuine
            }
    }
}
