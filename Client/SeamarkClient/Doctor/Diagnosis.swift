/// What is wrong with a laptop, and what to do about it. A function of the facts alone.
public struct Diagnosis: Sendable {
    public enum Verdict: String, Hashable, Sendable {
        case fine
        /// Work goes on; something will stand in its way, or in others'.
        case note
        /// Work, or its safety, is at stake.
        case fault
        /// Cannot be said just now.
        case unknown
    }

    public struct Finding: Hashable, Sendable {
        /// A stable word for what was looked at, such as `disk`.
        public let about: String
        /// Nil for the laptop as a whole.
        public let tenant: String?
        public let verdict: Verdict
        /// What was found, as a sentence.
        public let words: String
        /// What to do, as a sentence; empty where there is nothing to do.
        public let remedy: String
    }

    public let findings: [Finding]
    public var hasFault: Bool { findings.contains { $0.verdict == .fault } }

    static let day: Int64 = 86_400_000
    /// A capture takes some hundred bytes, a sync's log some megabytes, an attachment up to 64 MiB.
    static let littleSpace: Int64 = 200 << 20
    static let noSpace: Int64 = 8 << 20
    /// The year in which there was a first version: a clock before it is wrong.
    static let firstDay: Int64 = 1_767_225_600_000

    public init(_ facts: LaptopFacts) {
        var findings: [Finding] = []
        func find(_ about: String, _ verdict: Verdict, _ words: String, _ remedy: String = "", tenant: String? = nil) {
            findings.append(Finding(about: about, tenant: tenant, verdict: verdict, words: words, remedy: remedy))
        }
        Self.home(facts, find)
        Self.surroundings(facts, find)
        if facts.tenants.isEmpty { find("enrolment", .note, "This laptop is enrolled with no tenant.", "Run 'seamark enrol' with the line that headquarters sent.") }
        for text in facts.editorTexts {
            find(
                "text", .fault, "A text \(text.isLeft ? "that could not be stored" : "that an editor had when its command was killed") lies in the open, in memory: \(text.path).",
                text.isLeft ? "Take it from there, then remove that folder." : "Take from there what is not stored yet: 'seamark lock', and every command that opens the store, removes it.")
        }
        for path in facts.printedPages {
            find(
                "page", .fault, "A report that was being printed when its command was killed lies in the open, in memory: \(path).",
                "'seamark lock', and every command that opens the store, removes it.")
        }
        for tenant in facts.tenants { Self.tenant(tenant, find) }
        self.findings = findings
    }

    private static func counted(_ count: Int64, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }

    private static func home(_ facts: LaptopFacts, _ add: (String, Verdict, String, String, String?) -> Void) {
        func find(_ about: String, _ verdict: Verdict, _ words: String, _ remedy: String = "") { add(about, verdict, words, remedy, nil) }
        guard let mode = facts.homeMode else { return find("folder", .note, "Seamark's folder is not there yet.", "'seamark enrol' makes it.") }
        if !facts.homeIsOwn {
            find("folder", .fault, "Seamark's folder belongs to another user.", "Give it to yourself, or set SEAMARK_HOME to a folder of your own.")
        } else if mode & 0o077 != 0 {
            find("folder", .fault, "Other users of this laptop may look into Seamark's folder.", "Run: chmod 700 and its path (SEAMARK_HOME, else ~/.local/share/seamark).")
        } else if !facts.homeIsWritable {
            find("folder", .fault, "Nothing can be written into Seamark's folder.", "See whether the disk is mounted read-only.")
        } else {
            find("folder", .fine, "Seamark's folder is yours alone.")
        }
        // Two laptops that hold one store make two lines of work that nobody ordered.
        let synced = ["dropbox", "onedrive", "icloud", "google drive", "googledrive", "nextcloud", "owncloud", "syncthing"].first { facts.home.lowercased().contains($0) }
        if synced != nil {
            find("copies", .fault, "Seamark's folder seems to lie where a program copies files between machines.", "Move it, and set SEAMARK_HOME: a store belongs to one laptop, and 'seamark sync' is what carries it.")
        }
        if let free = facts.freeBytes {
            let words = "\(free / (1 << 20)) MB are free on its disk."
            if free < noSpace { find("disk", .fault, words, "Free some space before you capture.") } else if free < littleSpace { find("disk", .note, words, "Free some space: an attachment may take 64 MB.") } else { find("disk", .fine, words) }
        }
    }

    private static func surroundings(_ facts: LaptopFacts, _ add: (String, Verdict, String, String, String?) -> Void) {
        if facts.now < firstDay { add("clock", .fault, "This laptop's clock says a day before Seamark was made.", "Set the clock; times of interviews come from it.", nil) }
        if facts.isUTF8 {
            add("locale", .fine, "The terminal's texts are UTF-8.", "", nil)
        } else {
            add("locale", .note, "The locale is not UTF-8: letters beyond ASCII may look wrong, and be typed wrong.", "Set LANG to a locale that ends in .UTF-8 ('locale -a' lists them).", nil)
        }
        if facts.editor.isThere { add("editor", .fine, "Long notes open in \(facts.editor.name).", "", nil) } else {
            add("editor", .note, "There is no program '\(facts.editor.name)' for long notes.", "Set EDITOR to one that is installed, such as nano.", nil)
        }
    }

    private static func tenant(_ tenant: LaptopFacts.Tenant, _ add: (String, Verdict, String, String, String?) -> Void) {
        func find(_ about: String, _ verdict: Verdict, _ words: String, _ remedy: String = "") { add(about, verdict, words, remedy, tenant.name) }
        if let mode = tenant.folderMode, mode & 0o077 != 0 { find("store", .fault, "Other users of this laptop may look into its store's folder.", "Run: chmod -R go= and the folder's path.") }
        let device: LaptopFacts.Device
        switch tenant.standing {
        case .locked: return find("store", .unknown, "It is locked, so what is in it was not looked at.", "Run 'seamark unlock' first.")
        case .failed(let sentence): return find("store", .fault, sentence)
        case .open(let open): device = open
        }
        find("store", .fine, "Its store opens.")
        if device.isRevoked { find("device", .fault, "Headquarters revoked this device; what it captured is kept.", "Run 'seamark sync' to hand in what waits, and ask headquarters.") }
        if device.isUnknown { find("device", .fault, "Headquarters' store does not know this device: it was put back to an older copy. What is here stays here.", "Do not wipe this laptop; read its letters and six words ('seamark status') to headquarters, which takes it back by them.") }
        if device.awaitsConfirmation { find("device", .note, "Headquarters has not confirmed this device's six words.", "Read them out ('seamark status') to headquarters.") }
        certificate(device, find)
        work(device, find)
        if let server = device.server {
            if let problem = server.problem { find("server", .fault, "\(server.address) cannot be reached: \(problem).", "See whether there is a network, and whether it lets you out to that port.") } else { find("server", .fine, "\(server.address) can be reached.") }
        }
    }

    private static func certificate(_ device: LaptopFacts.Device, _ find: (String, Verdict, String, String) -> Void) {
        switch device.certificateDaysLeft {
        case nil: find("certificate", .fault, "Its certificate cannot be read.", "Run 'seamark verify', and ask headquarters for a new invitation.")
        case let days? where days == 0: find("certificate", .fault, "Its certificate has expired.", "Run 'seamark sync': it is renewed by the device's own key.")
        case let days? where days < 7: find("certificate", .note, "Its certificate serves for \(counted(days, "more day", "more days")).", "Run 'seamark sync' when there is a network: it is renewed by itself.")
        case let days?: find("certificate", .fine, "Its certificate serves for \(counted(days, "more day", "more days")).", "")
        }
        if device.leaseDaysLeft == 0 {
            find("lease", .fault, "It has been out of touch for 30 days: nothing is shown.", "Run 'seamark sync'. Capturing goes on.")
        } else if device.leaseDaysLeft < 7 {
            find("lease", .note, "Without a sync it shows what it holds for \(counted(device.leaseDaysLeft, "more day", "more days")).", "Run 'seamark sync' when there is a network.")
        }
        if let skew = device.skew, skew.magnitude > 120_000 {
            find("clock", .note, "This laptop's clock is \(skew.magnitude / 60_000) minutes \(skew > 0 ? "behind" : "ahead of") headquarters'.", "Set the clock. What you captured is safe either way: clocks decide nothing.")
        }
    }

    private static func waiting(_ device: LaptopFacts.Device) -> String {
        var parts: [String] = []
        if device.unsent > 0 { parts.append(counted(Int64(device.unsent), "change", "changes")) }
        if device.attachmentsWaiting > 0 { parts.append(counted(Int64(device.attachmentsWaiting), "attachment", "attachments")) }
        return parts.joined(separator: " and ") + (device.unsent + device.attachmentsWaiting == 1 ? " is" : " are")
    }

    private static func work(_ device: LaptopFacts.Device, _ find: (String, Verdict, String, String) -> Void) {
        let since = device.sinceSync.map { $0 < day ? "The last complete sync was less than a day ago." : "The last complete sync was \(counted($0 / day, "day", "days")) ago." } ?? "It has never synced."
        if device.unknownEngagements > 0 {
            find("engagements", .fault, "Headquarters does not know \(counted(Int64(device.unknownEngagements), "engagement", "engagements")) of this laptop any more: what is here of it stays here.", "Do not wipe this laptop; tell headquarters. 'seamark status' counts what is here.")
        } else if device.unsent == 0, device.attachmentsWaiting == 0 {
            find("work", .fine, (device.attachmentsRefused.isEmpty ? "Everything captured is with headquarters. " : "All changes are with headquarters. ") + since, "")
        } else {
            let isOld = (device.oldestUnsent ?? 0) > 7 * day
            find("work", isOld ? .fault : .note, "\(waiting(device)) on this laptop alone\(isOld ? ", the oldest for more than a week" : ""). " + since, "Run 'seamark sync', or 'seamark bundle export' onto a stick where there is no network.")
        }
        for (reason, count) in device.attachmentsRefused {
            let what = count == 1 ? "1 attachment is on this laptop alone, since the server refused it" : "\(count) attachments are on this laptop alone, since the server refused each"
            find("attachments", .note, "\(what): \(reason).", "'seamark attach list' names \(count == 1 ? "it" : "them").")
        }
        if let attempt = device.lastAttempt { find("sync", .note, "The last attempt to sync \(attempt).", "Run 'seamark sync' again: it goes on where it was.") }
        if device.quarantined > 0 { find("quarantine", .note, "\(counted(Int64(device.quarantined), "change", "changes")) of yours in quarantine: nothing of it is lost.", "'seamark status' says why; headquarters releases them.") }
        if device.conflicts > 0, !device.isRevoked { find("conflicts", .note, "\(counted(Int64(device.conflicts), "conflict", "conflicts")) to settle.", "Run 'seamark conflicts'.") }
    }
}
