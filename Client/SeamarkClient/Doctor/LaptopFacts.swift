/// What a look at a laptop found: facts alone, for `Diagnosis` to judge.
public struct LaptopFacts: Sendable {
    /// Where this user's devices lie.
    public var home: String
    /// Permission bits of the home; nil where it does not exist yet.
    public var homeMode: UInt32?
    public var homeIsOwn = true
    /// May files be written there?
    public var homeIsWritable = true
    /// Bytes that this user may still write there; nil where the system does not say.
    public var freeBytes: Int64?
    /// Milliseconds since 1970.
    public var now: Int64
    /// Does the locale say UTF-8?
    public var isUTF8: Bool
    /// The first word of the editor that long notes are written in, and whether there is such a program.
    public var editor: (name: String, isThere: Bool)
    public var tenants: [Tenant] = []
    /// Folders in memory with texts that an editor had: where, and whether their command told so before it ended. Else it was killed.
    public var editorTexts: [(path: String, isLeft: Bool)] = []
    /// Folders in memory with pages that were being printed when their commands were killed.
    public var printedPages: [String] = []

    public struct Tenant: Sendable {
        public var name: String
        public var folderMode: UInt32?
        public var standing: Standing

        public init(name: String, folderMode: UInt32?, standing: Standing) {
            self.name = name
            self.folderMode = folderMode
            self.standing = standing
        }
    }

    public enum Standing: Sendable {
        /// Nobody keeps its key just now, so nothing can be said of what is in it.
        case locked
        /// It could not be opened; why, and what to do, as a sentence.
        case failed(String)
        case open(Device)
    }

    /// Of an open store.
    public struct Device: Sendable {
        public var isRevoked = false
        public var awaitsConfirmation = false
        /// Headquarters' store has lost it.
        public var isUnknown = false
        /// Whole days; nil where the certificate cannot be read.
        public var certificateDaysLeft: Int64?
        public var leaseDaysLeft: Int64 = 0
        public var unsent = 0
        /// Engagements that the server does not know any more.
        public var unknownEngagements = 0
        /// Milliseconds since the oldest unsent change was made.
        public var oldestUnsent: Int64?
        public var quarantined = 0
        public var conflicts = 0
        /// Those that the next sync hands in.
        public var attachmentsWaiting = 0
        /// Those that the server refused when they were last offered: why, in words, and how many for that.
        public var attachmentsRefused: [(reason: String, count: Int)] = []
        /// Milliseconds since the last complete sync; nil: never.
        public var sinceSync: Int64?
        /// The server's clock less this one's, in milliseconds, at the last sync.
        public var skew: Int64?
        /// Why the last attempt to sync did not come to its end, in words; nil where it did, or there was none.
        public var lastAttempt: String?
        /// Host and port of the server, and why it cannot be reached; nil: not tried.
        public var server: (address: String, problem: String?)?

        public init() {}
    }

    public init(home: String, now: Int64, isUTF8: Bool, editor: (name: String, isThere: Bool)) {
        self.home = home
        self.now = now
        self.isUTF8 = isUTF8
        self.editor = editor
    }
}
