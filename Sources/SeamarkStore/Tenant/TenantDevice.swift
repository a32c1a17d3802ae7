public import SeamarkJournal

/// A laptop of a member, or the server as an author. Times are milliseconds since 1970 by the server's clock.
public struct TenantDevice: Hashable, Sendable {
    public let id: Identifier
    public let member: Identifier
    public let name: String
    /// A, B, … Z, AA, …: by enrolment, never given twice in a tenant.
    public let letters: String
    /// SHA-256 of its present certificate.
    public let certificate: Hash256
    /// Nil for one that an older program issued.
    public let certificateEnd: Int64?
    /// Ed25519, thirty-two bytes.
    public let signingKey: [UInt8]
    public let enrolled: Int64
    public let revoked: Int64?
    /// Only of a device that is revoked.
    public let wipe: WipeOrder?
    /// Nil for one that was confirmed, or need not be.
    public let wait: DeviceWait?
    /// What it said when it was last heard; nil before the first time.
    public let contact: DeviceContact?

    /// It reads nothing, and nothing is taken from it, until headquarters has confirmed its words.
    public var awaitsConfirmation: Bool { wait != nil && revoked == nil }
}

/// Headquarters has yet to confirm a device by its words.
public struct DeviceWait: Hashable, Sendable {
    public enum Cause: Int64, Hashable, Sendable {
        /// The invitation was made so.
        case invited = 1
        /// Somebody redeemed the device's invitation once more: it was frozen.
        case reused = 2
    }

    public let since: Int64
    public let cause: Cause
    /// How often words were given since then that are not the device's.
    public let wrongWords: Int64
}

/// Headquarters wants everything destroyed that the device holds. It is never taken back.
public struct WipeOrder: Hashable, Sendable {
    public let ordered: Int64
    /// When the device said that it was done; nil until then.
    public let wiped: Int64?

    public init(ordered: Int64, wiped: Int64? = nil) {
        self.ordered = ordered
        self.wiped = wiped
    }
}

/// What the server notes of a device at each sync.
public struct DeviceContact: Hashable, Sendable {
    public let time: Int64
    /// The device's clock less the server's, in milliseconds.
    public let skew: Int64
    /// Over all scopes.
    public let work: UnsentWork
    /// The version of its software.
    public let version: String
    public let incarnation: UInt64
    /// Changes that it had not sent.
    public var unsent: Int64 { work.changes }

    public init(time: Int64, skew: Int64, work: UnsentWork, version: String, incarnation: UInt64) {
        self.time = time
        self.skew = skew
        self.work = work
        self.version = version
        self.incarnation = incarnation
    }
}

/// What a device said that it holds and the server does not, less what of the same scope has come in since on that connection.
public struct UnsentWork: Hashable, Sendable {
    public var changes: Int64
    /// No fewer bytes than the changes take on a connection. Nil, here and in what follows, where the device's program did not say.
    public var bytes: Int64?
    /// When the oldest of the changes was made, in milliseconds since 1970 by the server's clock: the device told how long before. Nil too where there
    /// are none. Of what is left when some have come in it is not known, and no older than this.
    public var oldest: Int64?
    /// Attachments whose bytes it holds without a receipt, whether or not the log has the rows that name them.
    public var attachments: Int64?
    public var attachmentBytes: Int64?

    public init(changes: Int64, bytes: Int64? = nil, oldest: Int64? = nil, attachments: Int64? = nil, attachmentBytes: Int64? = nil) {
        self.changes = changes
        self.bytes = bytes
        self.oldest = oldest
        self.attachments = attachments
        self.attachmentBytes = attachmentBytes
    }

    /// As far as it said, everything is with the server.
    public var isNothing: Bool { changes == 0 && (attachments ?? 0) == 0 }
}

/// What a device brings to its enrolment.
public struct DeviceEnrolment: Hashable, Sendable {
    public let id: Identifier
    public let name: String
    public let certificate: Hash256
    /// Milliseconds since 1970.
    public let certificateEnd: Int64?
    public let signingKey: [UInt8]

    public init(id: Identifier, name: String, certificate: Hash256, certificateEnd: Int64? = nil, signingKey: [UInt8]) {
        self.id = id
        self.name = name
        self.certificate = certificate
        self.certificateEnd = certificateEnd
        self.signingKey = signingKey
    }
}
