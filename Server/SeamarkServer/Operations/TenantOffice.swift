internal import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
public import SeamarkStore

/// What an administrator does for one tenant. Holds that tenant's keys and store, and nothing of another.
///
/// Each act is one transaction with its line in the audit log; what devices must know of it travels as headquarters' signed blocks.
public struct TenantOffice: Sendable {
    public let name: ShortName
    public private(set) var store: TenantStore
    let keys: TenantKeys
    /// Where the bytes of attachments lie.
    let vault: String
    /// Where its tenant key was put just now, its keys having lain plain until then; nil where that was done before.
    public let keysMovedTo: String?
    private let folder: TenantFolder
    private let installation: Installation
    let clock: WallClock

    init(name: ShortName, folder: TenantFolder, installation: Installation, clock: WallClock) throws {
        self.name = name
        self.folder = folder
        self.installation = installation
        self.clock = clock
        // A backup that was killed left a copy of the database, which nothing is redacted in.
        Workshop.sweep(folder.path, called: TenantFolder.workshop)
        // A command that was killed while it printed a report left that.
        PrintFolder.sweep()
        keys = try TenantKeys(opening: folder, under: installation.keyFolder)
        vault = folder.attachments
        store = try TenantStore.open(at: folder.database, of: keys.tenant, tools: .standard(keys, clock))
        keysMovedTo = try keys.settle(folder, store, at: clock.now()) ? installation.keyFolder.path : nil
    }

    /// The same office, of which no act stays: each is made and judged, and then taken back.
    public var trial: TenantOffice {
        var trial = self
        trial.store = store.trial
        return trial
    }

    /// What restores set aside of this tenant: it holds what is redacted since, until somebody removes it.
    public func setAside() throws -> [String] {
        let replaced = installation.directory.replaced
        guard try PrivateFile.exists(replaced) else { return [] }
        return try PrivateFile.names(in: replaced).map { replaced + "/" + $0 }.filter { (try? TenantKeys.tenant(in: TenantFolder(path: $0))) == keys.tenant }
    }

    /// Refuses where the signing key was replaced since this office was opened: what it signed in the epoch of the next one would be by two keys.
    /// The next key's file is there before its epoch begins, so whoever calls this after reading the epoch knows.
    func requirePresentKey(doing: String) throws {
        guard try TenantKeys(opening: folder, under: installation.keyFolder).signingKey.publicKey == keys.signingKey.publicKey else {
            throw OperationFailure(.busy, doing: doing, wrong: "the server's signing key was replaced meanwhile", remedy: "try again")
        }
    }

    // MARK: Members

    public struct Member: Sendable {
        public let handle: String
        public let id: Identifier
        public let name: String
        public let role: Role
        public let isActive: Bool
        /// The engagements that the member is staffed on, by handle.
        public let engagements: [String]
    }

    /// - Parameter former: the id of a member whom the store has lost: a device came with a certificate of the tenant that says it is this member's.
    public func addMember(_ handle: ShortName, name: String, role: Role, email: String? = nil, id former: Identifier? = nil) throws -> Identifier {
        let now = clock.now()
        return try store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            let directory = try Directory(transaction)
            // Of one whom the store has lost the directory may have come back already.
            if let namesake = directory.member(handle.text), namesake != former {
                throw OperationFailure(
                    .badInput, doing: "adding a member", wrong: "there is a member of this short name", remedy: "choose another")
            }
            if let former {
                guard try transaction.audit().contains(where: { $0.act == "device.unknown" && $0.detail.hasSuffix(" \(former)") }) else {
                    throw OperationFailure(
                        .notFound, doing: "adding a member", wrong: "no device of a member with this id has come that the store does not know",
                        remedy: "leave --id out, or give the id that seamark-server device adopt names")
                }
                guard try transaction.member(former) == nil else {
                    throw OperationFailure(.badInput, doing: "adding a member", wrong: "there is a member of this id", remedy: "see seamark-server member list")
                }
            }
            let id = try former ?? Identifier.drawn(at: now)
            let member = TenantMember(id: id, name: name, role: role.key)
            try transaction.addMember(member)
            try headquarters.publish(member: member, handle: handle, email: email)
            // Whoever works on engagements needs the keys of the others' devices and the instruments.
            if role != .clientViewer { try transaction.staff(id, on: headquarters.shared) }
            try transaction.noteAct("member.add", detail: "\(id) \(role.key)", at: now)
            return id
        }
    }

    public func members() throws -> [Member] {
        try store.read { snapshot in
            let directory = try Directory(snapshot)
            return try snapshot.members().compactMap { row in
                guard let role = Role(key: row.role) else { return nil }
                let engagements = try directory.engagements.filter { try snapshot.isStaffed(row.id, on: $0.id) || isViewer(row.id, $0.id, snapshot) }
                return Member(
                    handle: directory.handle(of: row.id) ?? row.id.description, id: row.id, name: row.name, role: role, isActive: row.isActive,
                    engagements: engagements.map(\.handle))
            }
        }
    }

    /// A client's viewer is staffed on what is published of an engagement, never on the engagement.
    private func isViewer(_ member: Identifier, _ engagement: Identifier, _ snapshot: TenantSnapshot) throws -> Bool {
        guard let published = try Directory.published(of: engagement, in: snapshot) else { return false }
        return try snapshot.isStaffed(member, on: published)
    }

    // MARK: Engagements

    public struct Engagement: Sendable {
        public let handle: String
        public let id: Identifier
        public let title: String
        public let currency: String
        public let members: [String]
        /// Entries in its log.
        public let position: UInt64
        public let digest: ScopeDigest
    }

    /// The money of a new engagement, in whole units of its currency.
    public struct Financials: Sendable {
        public let revenue: Int64
        public let plannedOperatingIncome: Int64
        public let fiscalYear: Int64

        public init(revenue: Int64, plannedOperatingIncome: Int64, fiscalYear: Int64) {
            self.revenue = revenue
            self.plannedOperatingIncome = plannedOperatingIncome
            self.fiscalYear = fiscalYear
        }
    }

    public func addEngagement(_ handle: ShortName, title: String, currency: String, financials: Financials?) throws -> Identifier {
        let now = clock.now()
        return try store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            guard try Directory(transaction).engagement(handle.text) == nil else {
                throw OperationFailure(
                    .badInput, doing: "adding an engagement", wrong: "there is an engagement of this short name", remedy: "choose another")
            }
            let id = try Identifier.drawn(at: now)
            try transaction.addScope(id, kind: .engagement)
            try transaction.addScope(.drawn(at: now), kind: .published, engagement: id)
            func hundredths(_ whole: Int64) throws -> Value {
                let (value, overflow) = whole.multipliedReportingOverflow(by: 100)
                guard !overflow else {
                    throw OperationFailure(.badInput, doing: "adding an engagement", wrong: "an amount is too large", remedy: "give whole units")
                }
                return .int(value)
            }
            let group: Value? = try financials.map {
                .group([
                    .init(1, try hundredths($0.revenue)), .init(2, try hundredths($0.plannedOperatingIncome)), .init(3, .int($0.fiscalYear)),
                ])
            }
            try headquarters.write(Catalogue.engagement, id, in: id, handle: handle.text) { record in
                record.set("title", .text(title))
                record.set("currency", .text(currency))
                if let group { record.set("financials", group) }
                record.set("instrument", .text(Instrument.core9.reference))
                record.set("status", .int(1))
            }
            try transaction.noteAct("engagement.add", detail: id.description, at: now)
            return id
        }
    }

    public func engagements() throws -> [Engagement] {
        try store.read { snapshot in
            let directory = try Directory(snapshot)
            // Nothing of them has come back yet.
            let lacking = try snapshot.scopes().filter { scope in scope.kind == .engagement && !directory.engagements.contains { $0.id == scope.id } }
            let bare = lacking.map { Directory.Engagement(id: $0.id, handle: $0.id.description, title: "", currency: "") }
            return try (directory.engagements + bare).map { engagement in
                var staffed = try snapshot.members(staffedOn: engagement.id)
                if let published = try Directory.published(of: engagement.id, in: snapshot) {
                    staffed += try snapshot.members(staffedOn: published)
                }
                let scope = try snapshot.scope(engagement.id)
                return Engagement(
                    handle: engagement.handle, id: engagement.id, title: engagement.title, currency: engagement.currency,
                    members: staffed.map { directory.handle(of: $0.id) ?? $0.id.description }.sorted(),
                    position: scope?.place.position ?? 0, digest: scope?.digest ?? .zero)
            }
        }
    }

    /// Puts members on an engagement, or takes them off: all of them or none. Engagement and members are named by short name or id.
    ///
    /// - Parameter releasingCopies: with `remove`, their devices may destroy their copies when they have handed in everything, without
    ///   waiting for a backup.
    public func staff(_ members: [String], on engagement: String, remove: Bool = false, releasingCopies: Bool = false) throws {
        let now = clock.now()
        try store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            let directory = try Directory(transaction)
            // Of one that was taken back the record comes with what laptops hand in, its team in it: made here, it would be a second one.
            let lacking = try Self.withoutRecord(engagement, transaction)
            let id = try lacking ?? directory.engagement(called: engagement)
            for member in members {
                let person = try directory.member(called: member)
                guard let row = try transaction.member(person), let role = Role(key: row.role) else {
                    throw OperationFailure(.fault, doing: "staffing", wrong: "the member's row is missing", remedy: "run seamark-server verify")
                }
                guard role != .tenantAdmin else {
                    throw OperationFailure(
                        .badInput, doing: "staffing", wrong: "\(member) is a tenant administrator, who does not work on engagements",
                        remedy: "add the person as a member with another role")
                }
                let scope: Identifier
                if role == .clientViewer {
                    guard let published = try Directory.published(of: id, in: transaction) else {
                        throw OperationFailure(.fault, doing: "staffing", wrong: "the engagement publishes nothing", remedy: "run seamark-server verify")
                    }
                    scope = published
                } else {
                    scope = id
                }
                try put(person, on: scope, remove, releasingCopies, transaction, now)
                // A client viewer is on no team.
                if scope == id, lacking == nil {
                    try headquarters.write(Catalogue.engagement, id, in: id) { record in
                        guard let team = record.type.field(key: "team") else { return }
                        if remove { record.remove(team, .id(person)) } else { record.add(team, .id(person)) }
                    }
                }
                try transaction.noteAct(remove ? "engagement.unstaff" : "engagement.staff", detail: "\(scope) \(person)", at: now)
            }
        }
    }

    /// The same for one member.
    public func staff(_ member: String, on engagement: String, remove: Bool = false, releasingCopies: Bool = false) throws {
        try staff([member], on: engagement, remove: remove, releasingCopies: releasingCopies)
    }

    private func put(
        _ member: Identifier, on scope: Identifier, _ remove: Bool, _ releasingCopies: Bool, _ transaction: TenantTransaction, _ now: Int64
    ) throws {
        guard remove else { return try transaction.staff(member, on: scope) }
        try transaction.unstaff(member, from: scope)
        try transaction.noteDeparture(of: member, from: scope, releasingCopies: releasingCopies, at: now)
        if releasingCopies { try transaction.noteAct("copies.release", detail: "\(scope) \(member)", at: now) }
    }

    // MARK: Invitations and devices

    /// How long an invitation is valid unless somebody says otherwise; and one whose device headquarters confirms.
    public static let (usualMinutes, mostMinutes) = (10, 4320)

    /// Makes an invitation for one device of a member. Its token exists in the line alone.
    ///
    /// - Parameters:
    ///   - confirming: the device waits until headquarters has confirmed its words.
    ///   - showing: looks at the line before there is such an invitation; where it throws, none is made.
    public func invite(
        _ member: String, minutes: Int? = nil, address: String? = nil, confirming: Bool = false, showing: (InvitationLine) throws -> Void = { _ in }
    ) throws -> InvitationLine {
        let minutes = minutes ?? (confirming ? Self.mostMinutes : Self.usualMinutes)
        guard (1...Self.mostMinutes).contains(minutes) else {
            throw OperationFailure(
                .badInput, doing: "inviting", wrong: "an invitation is valid for 1 minute to 72 hours", remedy: "give --minutes from 1 to 4320")
        }
        let address = address ?? installation.address
        guard Installation.isAddress(address) else {
            throw OperationFailure(
                .badInput, doing: "inviting", wrong: "the address is not HOST:PORT as laptops read it",
                remedy: "give --name, such as seamark.example.org:7440 or [fd00::5]:7440")
        }
        let now = clock.now()
        let token = try Randomness.bytes(Invitations.tokenBytes)
        let line = InvitationLine(
            address: address, label: keys.label, serverName: installation.serverName, pin: installation.pin, token: token)
        try showing(line)
        try store.write { transaction in
            let person = try Directory(transaction).member(called: member)
            try transaction.addInvitation(
                token: Invitations.hash(token), member: person, made: now, expires: now + Int64(minutes) * 60_000, mustConfirm: confirming)
            try transaction.noteAct("invitation.make", detail: "\(person) \(minutes)\(confirming ? " confirm" : "")", at: now)
        }
        return line
    }

}
