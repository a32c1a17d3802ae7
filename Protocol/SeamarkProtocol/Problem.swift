public import SeamarkJournal

/// What went wrong on a connection, by its number in `SPEC.md` section 8. A number retires; it is never reused.
public struct Problem: Error, Hashable, Sendable {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let noCommonVersion = Code(rawValue: 1001)
        public static let malformed = Code(rawValue: 1002)
        public static let unexpected = Code(rawValue: 1003)
        public static let tooLong = Code(rawValue: 1004)
        public static let tooSlow = Code(rawValue: 1005)
        public static let serverFault = Code(rawValue: 1006)
        public static let unknownInvitation = Code(rawValue: 2001)
        public static let expiredInvitation = Code(rawValue: 2002)
        public static let usedInvitation = Code(rawValue: 2003)
        public static let badProof = Code(rawValue: 2004)
        public static let badRequest = Code(rawValue: 2005)
        /// A renewal: the certificate is not one of a device of this tenant.
        public static let unknownCertificate = Code(rawValue: 2006)
        /// A renewal: this device has had more than it may within an hour.
        public static let renewalsUsedUp = Code(rawValue: 2007)
        /// An invitation: its member has another role than it was made for.
        public static let invitationOfAnotherRole = Code(rawValue: 2008)
        /// The tenant's authority certified the device, and the server's store does not know it.
        public static let unknownDevice = Code(rawValue: 2009)
        public static let notStaffed = Code(rawValue: 3001)
        public static let deviceRevoked = Code(rawValue: 3002)
        public static let streamGap = Code(rawValue: 4001)
        public static let streamFork = Code(rawValue: 4002)
        public static let damagedBlock = Code(rawValue: 4003)
        public static let badSignature = Code(rawValue: 4004)
        public static let foreignStream = Code(rawValue: 4005)
        public static let unknownScope = Code(rawValue: 4006)
        public static let unknownCursor = Code(rawValue: 4007)
        public static let outdatedSchema = Code(rawValue: 4008)
        /// Headquarters has not confirmed the device's words: nothing is taken or given.
        public static let awaitsConfirmation = Code(rawValue: 4009)
        /// A push: this device has handed in as much as it may within a day.
        public static let handedInTooMuch = Code(rawValue: 4010)
        public static let serverFull = Code(rawValue: 4060)
        public static let storeDamaged = Code(rawValue: 4061)
        public static let noSuchAttachment = Code(rawValue: 4040)
        public static let attachmentNotHere = Code(rawValue: 4041)
        public static let attachmentTooLarge = Code(rawValue: 4042)
        public static let attachmentOverQuota = Code(rawValue: 4043)
        public static let chunkOutOfOrder = Code(rawValue: 4044)
        public static let attachmentMismatch = Code(rawValue: 4045)
        public static let chunkOfWrongLength = Code(rawValue: 4046)
        public static let noRoomForAttachment = Code(rawValue: 4047)
        /// The epoch is not the one that the device knows: sync again.
        public static let epochRenewed = Code(rawValue: 4030)
        /// A donation that the server did not sign, or that is damaged.
        public static let badDonation = Code(rawValue: 4031)
        public static let greetingOutdated = Code(rawValue: 4080)
        /// A device said that it has read what the log does not hold, and did not show the server's word for it.
        public static let unprovenClaim = Code(rawValue: 4090)
        /// This device has asked for more comparisons than it may just now.
        public static let comparisonsUsedUp = Code(rawValue: 4091)
        /// A pull: the device's schema is too old to read here.
        public static let tooOldToRead = Code(rawValue: 4092)
        /// The device's own store; never on the wire.
        public static let deviceStoreDamaged = Code(rawValue: 4062)
    }

    public let code: Code
    /// A plain sentence for whoever reads the log; never holds what somebody captured.
    public let text: String
    /// The scope that it is about, where it is about one.
    public let scope: Identifier?
    /// With `deviceRevoked` at the enrolment door, where the device is to be wiped.
    public let wipe: Message.WipeOrder?

    public init(_ code: Code, _ text: String, of scope: Identifier? = nil, wipe: Message.WipeOrder? = nil) {
        self.code = code
        self.text = text
        self.scope = scope
        self.wipe = wipe
    }
}
