/// What happened in a schedule, so that nobody believes a run in which nothing did.
public struct Counts: Hashable, Sendable {
    public var captures = 0
    public var syncs = 0
    public var refusals = 0
    public var conflicts = 0
    public var releases = 0
    public var deviceRestores = 0
    public var clones = 0
    public var serverRestores = 0
    /// Files of the server that were copied back without a word, where some laptop could prove it.
    public var provableRollbacks = 0
    public var revocations = 0
    /// Members who became analysts, or ceased to be.
    public var roleChanges = 0
    /// What a log or the quarantine holds at rest without its sensitive values, which nobody redacted.
    public var bare = 0
    public var replays = 0
    public var hostileConnections = 0
    /// Copies that devices destroyed after their member had been removed.
    public var copiesDestroyed = 0
    /// Values that a log redacts at rest.
    public var redactions = 0
    public var attachments = 0
    public var evictions = 0
    public var bundles = 0
    /// Devices that were made to wait until they are confirmed.
    public var freezes = 0
    /// Orders, and stores that were destroyed by one.
    public var wipesOrdered = 0
    public var wipes = 0
    public var watches = 0
    /// Connections after the first of a watch; and how often entries came to a device that watched, without a sync.
    public var reconnections = 0
    /// Watches that began beside one of another copy of the same store.
    public var watchingCopies = 0
    public var news = 0
    /// Invitations that somebody tried once more, and devices that it froze.
    public var redemptions = 0
    public var redemptionFreezes = 0
    /// Duplicates that were merged, and merges that were taken back.
    public var merges = 0
    public var unmerges = 0
    /// Syncs with a budget of bytes, and those of them for which it did not suffice.
    public var budgets = 0
    public var shortfalls = 0
    /// Engagements that began, and devices that enrolled, in the midst of it.
    public var engagements = 0
    public var enrolments = 0
    /// Ends of processes, of devices and the server; and how often the power went with one.
    public var deaths = 0
    public var powerLosses = 0

    public init() {}

    /// By the names under which they are printed.
    public static var names: [(name: String, path: WritableKeyPath<Counts, Int>)] {
        [
            ("captures", \.captures), ("syncs", \.syncs), ("refused", \.refusals), ("conflicts", \.conflicts), ("released", \.releases),
            ("deviceRestores", \.deviceRestores), ("clones", \.clones), ("serverRestores", \.serverRestores), ("provableRollbacks", \.provableRollbacks), ("revocations", \.revocations),
            ("roleChanges", \.roleChanges), ("bare", \.bare),
            ("replays", \.replays), ("hostileConnections", \.hostileConnections), ("copiesDestroyed", \.copiesDestroyed),
            ("redactions", \.redactions), ("attachments", \.attachments), ("evictions", \.evictions), ("bundles", \.bundles),
            ("wipesOrdered", \.wipesOrdered), ("wipes", \.wipes), ("freezes", \.freezes), ("watches", \.watches),
            ("reconnections", \.reconnections), ("watchingCopies", \.watchingCopies), ("news", \.news), ("redemptions", \.redemptions), ("redemptionFreezes", \.redemptionFreezes),
            ("merges", \.merges), ("unmerges", \.unmerges), ("budgets", \.budgets), ("shortfalls", \.shortfalls), ("engagements", \.engagements), ("enrolments", \.enrolments), ("deaths", \.deaths), ("powerLosses", \.powerLosses),
        ]
    }
}
