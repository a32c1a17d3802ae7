public import SeamarkJournal

/// What one side says to the other: the frames of `SPEC.md`, checked and typed. Both ends speak in these; only
/// `Message+Encoding.swift` knows the bytes.
public enum Message: Equatable, Sendable {
    case problem(Problem)
    case welcome(Welcome)
    case status(Status)
    case push(Push)
    case receipt(Receipt)
    case pushRefused(PushRefusal)
    case pull(Pull)
    case entries(Entries)
    case door(Door)
    case enrol(Enrol)
    case enrolled(Enrolled)
    case renew(Renew)
    case renewed(Renewed)
    case attachment(AttachmentMessage)
    case donate(Donation)
    case donated(Donated)
    /// The device wants to be told when a log grows that it may read.
    case watch
    case news(News)
    case compare(Compare)
    case compared(Compared)
    case dispute(Dispute)
    case settled(Settled)

    /// The versions of the protocol that this software speaks.
    public static let version: UInt32 = 1
    public static let leastVersion: UInt32 = 1

    /// What a scope is: SPEC section 7.
    public enum ScopeKind: UInt32, Sendable { case engagement = 1, published = 2, shared = 3 }

    /// The server's signing key for an epoch, under the tenant authority's signature.
    public struct ServerKey: Hashable, Sendable {
        public let epoch: UInt64
        /// The id under which the server seals blocks of its own.
        public let device: Identifier
        public let key: [UInt8]
        public let signature: [UInt8]
        /// Of a key that was replaced: its own word that it signs no more. Empty for the present one.
        public let farewell: [UInt8]

        public init(epoch: UInt64, device: Identifier, key: [UInt8], signature: [UInt8], farewell: [UInt8] = []) {
            self.epoch = epoch
            self.device = device
            self.key = key
            self.signature = signature
            self.farewell = farewell
        }

        /// Has the key said itself that it signs no more for this tenant?
        public func hasEnded(of tenant: Identifier, _ primitives: any Primitives) -> Bool {
            farewell.count == 64 && primitives.verifies(farewell, of: ServerKeyStatement.farewell(tenant: tenant, key: key), by: key)
        }

        /// What the tenant authority signs (ECDSA P-256, SHA-256).
        public static func message(tenant: Identifier, epoch: UInt64, device: Identifier, key: [UInt8]) -> [UInt8] {
            ServerKeyStatement(tenant: tenant, epoch: epoch, device: device, key: key).message
        }
    }

    /// The tenant's X25519 key, to which bundles are sealed, under the tenant authority's signature.
    public struct BundleKey: Equatable, Sendable {
        /// Thirty-two bytes.
        public let key: [UInt8]
        public let signature: [UInt8]

        public init(key: [UInt8], signature: [UInt8]) {
            self.key = key
            self.signature = signature
        }

        /// What the tenant authority signs (ECDSA P-256, SHA-256).
        public static func message(tenant: Identifier, key: [UInt8]) -> [UInt8] {
            var writer = ByteWriter()
            writer.text("seamark-bundle-key-1")
            writer.identifier(tenant)
            writer.raw(key)
            return writer.bytes
        }
    }

    /// The end of one of the device's streams as the server has it.
    public struct KnownStream: Equatable, Sendable {
        public let incarnation: UInt64
        public let end: StreamEnd

        public init(incarnation: UInt64, end: StreamEnd) {
            self.incarnation = incarnation
            self.end = end
        }
    }

    public struct ScopeStatus: Equatable, Sendable {
        public let scope: Identifier
        /// Nil for a kind of a newer version.
        public let kind: ScopeKind?
        public let staffed: Bool
        public let place: LogPlace
        public let digest: ScopeDigest
        public let streams: [KnownStream]
        /// The log up to this position lies in a verified backup; 0 for none.
        public let backedUp: UInt64
        /// Attachments whose receipts name an earlier time lie in a verified backup: milliseconds since 1970 by the server's clock, 0 for none.
        public let attachmentsBackedUp: Int64

        public init(
            scope: Identifier, kind: ScopeKind?, staffed: Bool, place: LogPlace, digest: ScopeDigest, streams: [KnownStream],
            backedUp: UInt64 = 0, attachmentsBackedUp: Int64 = 0
        ) {
            self.scope = scope
            self.kind = kind
            self.staffed = staffed
            self.place = place
            self.digest = digest
            self.streams = streams
            self.backedUp = backedUp
            self.attachmentsBackedUp = attachmentsBackedUp
        }
    }

    /// The server's first word to a device whose certificate it has verified.
    public struct Welcome: Equatable, Sendable {
        public let version: UInt32
        public let leastVersion: UInt32
        public let schema: UInt32
        /// The least schema that may write: an older device's work is kept in quarantine.
        public let leastSchema: UInt32
        /// The least schema that may read: an older device hands in its work, and reads nothing more.
        public let leastReadSchema: UInt32
        public let epoch: UInt64
        /// Milliseconds since 1970 by the server's clock.
        public let time: Int64
        public let role: UInt32
        public let serverKey: ServerKey
        public let scopes: [ScopeStatus]
        public internal(set) var revoked: Bool
        /// Keys of earlier epochs that are not the present one's: they go on verifying what they signed.
        public let earlierKeys: [ServerKey]
        /// Two copies of this device's store are at work.
        public let hasTwoCopies: Bool
        /// Nil from a server that takes no bundles.
        public let bundleKey: BundleKey?
        /// The server answers `Compare` and `Dispute`.
        public let compares: Bool
        /// Only for a device that is revoked.
        public let wipe: WipeOrder?
        /// Headquarters has not confirmed the device's words: no scope is named, and nothing is taken or given.
        public let awaitsConfirmation: Bool

        /// Earlier keys in one greeting.
        public static let mostEarlierKeys = 16

        public init(
            version: UInt32 = Message.version, leastVersion: UInt32 = Message.leastVersion, schema: UInt32, leastSchema: UInt32,
            leastReadSchema: UInt32 = 1, epoch: UInt64, time: Int64, role: UInt32, serverKey: ServerKey, scopes: [ScopeStatus], revoked: Bool, earlierKeys: [ServerKey] = [],
            hasTwoCopies: Bool = false, bundleKey: BundleKey? = nil, compares: Bool = false, wipe: WipeOrder? = nil,
            awaitsConfirmation: Bool = false
        ) {
            self.version = version
            self.leastVersion = leastVersion
            self.schema = schema
            self.leastSchema = leastSchema
            self.leastReadSchema = leastReadSchema
            self.epoch = epoch
            self.time = time
            self.role = role
            self.serverKey = serverKey
            self.scopes = scopes
            self.revoked = revoked
            self.earlierKeys = earlierKeys
            self.hasTwoCopies = hasTwoCopies
            self.bundleKey = bundleKey
            self.compares = compares
            self.wipe = wipe
            self.awaitsConfirmation = awaitsConfirmation
        }
    }

    public struct ScopeCursor: Equatable, Sendable {
        public let scope: Identifier
        public let epoch: UInt64
        public let cursor: LogPlace
        public let mark: LogPlace
        public let incarnation: UInt64
        public let unsent: UInt64
        /// The server's word that its log stood at a place; nil where it need not be shown, or there is none.
        public let proof: PlaceProof?
        /// The newest of the server's receipts of this epoch for attachments of the scope, by the time in it.
        public let attachmentProof: AttachmentReceipt?
        /// Nil from a program that does not say.
        public let work: UnsentWork?

        public init(
            scope: Identifier, epoch: UInt64, cursor: LogPlace, mark: LogPlace, incarnation: UInt64, unsent: UInt64, proof: PlaceProof? = nil,
            attachmentProof: AttachmentReceipt? = nil, work: UnsentWork? = nil
        ) {
            self.scope = scope
            self.epoch = epoch
            self.cursor = cursor
            self.mark = mark
            self.incarnation = incarnation
            self.unsent = unsent
            self.proof = proof
            self.attachmentProof = attachmentProof
            self.work = work
        }
    }

    /// What a device holds of a scope and the server does not, beside the number of unsent changes. It is told to headquarters, and decides nothing.
    public struct UnsentWork: Equatable, Sendable {
        /// No fewer than pushing the unsent changes takes on the connection; 0 where there are none.
        public let bytes: UInt64
        /// Seconds since the oldest of them was made, both by the device's clock, so that a wrong one does no harm; nil where there are none.
        public let oldestAge: UInt32?
        /// Attachments that it holds whole without the server's receipt, whether the log has the rows that name them or they wait too.
        public let attachments: UInt32
        public let attachmentBytes: UInt64

        /// The bytes that a device may say are below this.
        static let mostBytes: UInt64 = 1 << 62

        public init(bytes: UInt64, oldestAge: UInt32?, attachments: UInt32, attachmentBytes: UInt64) {
            self.bytes = bytes
            self.oldestAge = oldestAge
            self.attachments = attachments
            self.attachmentBytes = attachmentBytes
        }

        /// Everything is with the server.
        public static let nothing = UnsentWork(bytes: 0, oldestAge: nil, attachments: 0, attachmentBytes: 0)
    }

    /// The device's answer to Welcome: where it stands.
    public struct Status: Equatable, Sendable {
        public let time: Int64
        public let software: String
        public let schema: UInt32
        public let scopes: [ScopeCursor]
        /// It has obeyed its `WipeOrder` and holds nothing any more.
        public let isWiped: Bool

        public init(time: Int64, software: String, schema: UInt32, scopes: [ScopeCursor], isWiped: Bool = false) {
            self.time = time
            self.software = software
            self.schema = schema
            self.scopes = scopes
            self.isWiped = isWiped
        }
    }

    /// One block, as its author sealed it, with the sensitive values that travel beside it.
    public struct Push: Equatable, Sendable {
        public let scope: Identifier
        public let block: [UInt8]
        public let sensitive: [UInt8]
        /// The epoch that the device knows; 0 if it does not say.
        public let epoch: UInt64

        public init(scope: Identifier, block: [UInt8], sensitive: [UInt8], epoch: UInt64 = 0) {
            self.scope = scope
            self.block = block
            self.sensitive = sensitive
            self.epoch = epoch
        }
    }

    /// Why a block is not in the log, and where the server's copy of its stream ends.
    public struct PushRefusal: Equatable, Sendable {
        public let scope: Identifier
        public let block: Hash256
        public let code: Problem.Code
        public let end: KnownStream

        public init(scope: Identifier, block: Hash256, code: Problem.Code, end: KnownStream) {
            self.scope = scope
            self.block = block
            self.code = code
            self.end = end
        }
    }

    public struct Pull: Equatable, Sendable {
        public let scope: Identifier
        public let cursor: LogPlace
        /// Bytes of blocks that the answer may hold.
        public let credit: UInt32
        /// Blocks of this incarnation of the device's own stream come by hash alone; 0 for none.
        public let ownIncarnation: UInt64
        /// The epoch that the device knows; 0 if it does not say.
        public let epoch: UInt64

        /// Answer with what the entries would weigh, and with none of them.
        public let isForecast: Bool
        /// Bytes of the answer's frame, which then may hold no entry; 0 for no such bound.
        public let atMost: UInt32

        public init(
            scope: Identifier, cursor: LogPlace, credit: UInt32, ownIncarnation: UInt64, epoch: UInt64 = 0, isForecast: Bool = false,
            atMost: UInt32 = 0
        ) {
            self.scope = scope
            self.cursor = cursor
            self.credit = credit
            self.ownIncarnation = ownIncarnation
            self.epoch = epoch
            self.isForecast = isForecast
            self.atMost = atMost
        }
    }

    /// An entry of a log with its block, whose bytes are nil where the puller has them.
    public struct Entry: Equatable, Sendable {
        public let entry: LogEntry
        public let block: [UInt8]?
        public let sensitive: [UInt8]
        /// Of a donation: the device that gives it never had some of its sensitive values, as far as it knows.
        public let isBare: Bool

        public init(entry: LogEntry, block: [UInt8]?, sensitive: [UInt8], isBare: Bool = false) {
            self.entry = entry
            self.block = block
            self.sensitive = sensitive
            self.isBare = isBare
        }
    }

    public struct Entries: Equatable, Sendable {
        public let scope: Identifier
        /// The position before the first entry.
        public let after: UInt64
        public let entries: [Entry]
        /// Where the log stands, and its state's digest there.
        public let place: LogPlace
        public let digest: ScopeDigest
        /// The server's signature over the place of the last of these entries (`SignedPlace`); empty where there is none.
        public let signature: [UInt8]
        /// Where no entry fitted what the pull allowed: what it would have to allow for the next. 0 otherwise.
        public let nextAtMost: UInt32

        public init(
            scope: Identifier, after: UInt64, entries: [Entry], place: LogPlace, digest: ScopeDigest, signature: [UInt8] = [],
            nextAtMost: UInt32 = 0
        ) {
            self.scope = scope
            self.after = after
            self.entries = entries
            self.place = place
            self.digest = digest
            self.signature = signature
            self.nextAtMost = nextAtMost
        }
    }

    /// The server's word to a watching device that logs have grown, or the answer to a forecast.
    public struct News: Equatable, Sendable {
        public let scopes: [ScopeNews]

        public init(scopes: [ScopeNews]) { self.scopes = scopes }
    }

    public struct ScopeNews: Equatable, Sendable {
        public let scope: Identifier
        /// Where the log stands, and its state's digest there.
        public let place: LogPlace
        public let digest: ScopeDigest
        /// In the answer to a forecast: a bound of what the entries take that pulls would bring, without the frames around them.
        public let bytes: UInt64

        public init(scope: Identifier, place: LogPlace, digest: ScopeDigest, bytes: UInt64 = 0) {
            self.scope = scope
            self.place = place
            self.digest = digest
            self.bytes = bytes
        }
    }

    /// The server's first word to a connection without a certificate.
    public struct Door: Equatable, Sendable {
        public let version: UInt32
        public let leastVersion: UInt32
        public let time: Int64

        public init(version: UInt32 = Message.version, leastVersion: UInt32 = Message.leastVersion, time: Int64) {
            self.version = version
            self.leastVersion = leastVersion
            self.time = time
        }
    }

    public struct Enrol: Equatable, Sendable {
        /// Sixteen bytes.
        public let token: [UInt8]
        /// A certificate signing request (DER).
        public let request: [UInt8]
        /// Ed25519, thirty-two bytes.
        public let signingKey: [UInt8]
        public let proof: [UInt8]
        public let deviceName: String

        public init(token: [UInt8], request: [UInt8], signingKey: [UInt8], proof: [UInt8], deviceName: String) {
            self.token = token
            self.request = request
            self.signingKey = signingKey
            self.proof = proof
            self.deviceName = deviceName
        }

        /// What the device's signing key signs, to show that both keys are its own and that it speaks on this very connection.
        public static func message(binding: [UInt8], request: [UInt8]) -> [UInt8] {
            var writer = ByteWriter()
            writer.text("seamark-enrol-1")
            writer.raw(binding)
            writer.raw(request)
            return writer.bytes
        }

        /// The label of the TLS exporter that gives the enrolment door's channel binding of thirty-two bytes; for `Renew` too.
        public static let exporterLabel = "EXPORTER-seamark-enrol-1"
    }

    public struct Enrolled: Equatable, Sendable {
        public let tenant: Identifier
        public let tenantName: String
        public let member: Identifier
        public let memberName: String
        public let device: Identifier
        public let role: UInt32
        /// Begin the device's reserved range of handles.
        public let letters: String
        /// DER.
        public let certificate: [UInt8]
        /// The tenant authority's certificate (DER).
        public let authority: [UInt8]
        public let serverKey: ServerKey
        /// Nil from a server that takes no bundles.
        public let bundleKey: BundleKey?
        /// The device waits until headquarters has confirmed its words.
        public let awaitsConfirmation: Bool
        /// The server's keys that were replaced.
        public let earlierKeys: [ServerKey]

        public init(
            tenant: Identifier, tenantName: String, member: Identifier, memberName: String, device: Identifier, role: UInt32,
            letters: String, certificate: [UInt8], authority: [UInt8], serverKey: ServerKey, bundleKey: BundleKey? = nil,
            awaitsConfirmation: Bool = false, earlierKeys: [ServerKey] = []
        ) {
            self.earlierKeys = earlierKeys
            self.tenant = tenant
            self.tenantName = tenantName
            self.member = member
            self.memberName = memberName
            self.device = device
            self.role = role
            self.letters = letters
            self.certificate = certificate
            self.authority = authority
            self.serverKey = serverKey
            self.bundleKey = bundleKey
            self.awaitsConfirmation = awaitsConfirmation
        }
    }

    /// A device asks for a new certificate in the place of one that is about to expire or has expired.
    public struct Renew: Equatable, Sendable {
        /// The certificate that it has (DER).
        public let certificate: [UInt8]
        /// A certificate signing request (DER) for a new key.
        public let request: [UInt8]
        /// The one that the device enrolled with: Ed25519, thirty-two bytes.
        public let signingKey: [UInt8]
        public let proof: [UInt8]

        /// No certificate or request is longer, in bytes.
        static let longest = 4096

        public init(certificate: [UInt8], request: [UInt8], signingKey: [UInt8], proof: [UInt8]) {
            self.certificate = certificate
            self.request = request
            self.signingKey = signingKey
            self.proof = proof
        }

        /// What the device's signing key signs, to show that it is that device and speaks on this very connection. Nothing that was signed
        /// for enrolling serves here.
        public static func message(binding: [UInt8], request: [UInt8]) -> [UInt8] {
            var writer = ByteWriter()
            writer.text("seamark-renew-1")
            writer.raw(binding)
            writer.raw(request)
            return writer.bytes
        }
    }

    public struct Renewed: Equatable, Sendable {
        /// DER, of the same device and for the request's key.
        public let certificate: [UInt8]
        /// The authority that issued it (DER), where that is another than the one that issued the old one; else empty.
        public let authority: [UInt8]
        /// Each authority's certificate for the key of the one that took over from it, the oldest first.
        public let words: [[UInt8]]

        public init(certificate: [UInt8], authority: [UInt8] = [], words: [[UInt8]] = []) {
            self.certificate = certificate
            self.authority = authority
            self.words = words
        }

        /// No more are sent, and none is looked at beyond them.
        public static let mostWords = 8
    }
}
