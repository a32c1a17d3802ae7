/// How often what goes wrong, in so many of a hundred. Each can be switched off, so that a fault is turned on when the code that
/// meets it has landed.
public struct Faults: Hashable, Sendable {
    /// Of connections: cut at a byte; silent for longer than anybody waits.
    public var cut: UInt64 = 25
    public var stall: UInt64 = 6
    /// Of syncs: the device's process dies at some step of it.
    public var crash: UInt64 = 12
    /// Of captures: the device's process dies in the midst of it.
    public var captureCrash: UInt64 = 4
    /// Of captures and syncs: the disk refuses a call, with EIO or ENOSPC.
    public var diskError: UInt64 = 4
    /// Of deaths of a process: the machine loses its power with it, and its disk what was not synced.
    public var powerLoss: UInt64 = 50
    /// Of syncs: old pushes of the device arrive first, once more.
    public var replay: UInt64 = 8
    /// Of schedules: some of their connections go over a relay that repeats, reorders, drops, truncates and remembers messages.
    public var hostile = 15
    /// Of schedules, twice: the least version that may write is raised or lowered.
    public var leastSchema = 15
    /// Of schedules: values are redacted, and people withdraw consent.
    public var privacy = 25
    /// Of schedules: members attach files.
    public var attachments = 12
    /// Of schedules: work travels on sticks too.
    public var bundles = 15
    /// Of schedules: headquarters orders a laptop wiped.
    public var wipe = 10
    /// Of schedules: devices wait until headquarters has confirmed them.
    public var confirmation = 10
    /// Of schedules: devices watch for a while.
    public var watch = 12
    /// Of schedules: somebody redeems invitations once more that made devices.
    public var redemption = 6
    /// Of schedules: members become analysts, who get no sensitive values, and something else again.
    public var analyst = 12
    /// Of schedules: duplicates are merged, and merges taken back.
    public var merge = 6
    /// Of schedules: some syncs may move few bytes only.
    public var budget = 6
    /// Of schedules: engagements begin in the midst of it.
    public var engagement = 6
    /// Of schedules: laptops enrol in the midst of it.
    public var enrolment = 6
    /// Weights of what happens between captures and syncs.
    public var serverCrash = 4
    public var deviceBackup = 4
    public var deviceRestore = 3
    public var clone = 2
    public var serverBackup = 4
    /// Put back by the command, which renews the epoch.
    public var serverRestore = 2
    /// Put back behind everybody's back.
    public var serverRollback = 2
    public var staffing = 4
    public var revocation = 1
    public var release = 4
    public var clockJump = 3

    public init() {}

    private static var names: [(String, WritableKeyPath<Faults, Int>)] {
        [
            ("serverCrash", \.serverCrash), ("deviceBackup", \.deviceBackup), ("deviceRestore", \.deviceRestore), ("clone", \.clone),
            ("serverBackup", \.serverBackup), ("serverRestore", \.serverRestore), ("serverRollback", \.serverRollback),
            ("staffing", \.staffing), ("revocation", \.revocation), ("release", \.release), ("clockJump", \.clockJump), ("hostile", \.hostile),
            ("leastSchema", \.leastSchema), ("privacy", \.privacy), ("attachments", \.attachments), ("bundles", \.bundles),
            ("wipe", \.wipe), ("confirmation", \.confirmation), ("watch", \.watch), ("redemption", \.redemption), ("analyst", \.analyst),
            ("merge", \.merge), ("budget", \.budget), ("engagement", \.engagement), ("enrolment", \.enrolment),
        ]
    }

    /// The same with `name` at another weight, such as `serverRestore=2`; nil where there is no such fault.
    public func with(_ setting: String) -> Faults? {
        let parts = setting.split(separator: "=").map(String.init)
        guard parts.count == 2, let weight = Int(parts[1]), weight >= 0, weight <= 1000 else { return nil }
        guard let (_, path) = Self.names.first(where: { $0.0 == parts[0] }) else { return nil }
        var faults = self
        faults[keyPath: path] = weight
        return faults
    }

    /// All that the shipped code is to meet.
    public static let supported = Faults()

    public static let none: Faults = {
        var faults = Faults()
        faults.cut = 0
        faults.stall = 0
        faults.crash = 0
        faults.captureCrash = 0
        faults.diskError = 0
        faults.replay = 0
        return faults
    }()
}
