public import SeamarkJournal

extension TenantSnapshot {
    public func member(_ id: Identifier) throws(StoreError) -> TenantMember? {
        let row = try statement(.member, doing: "reading a member")
        row.bind(id, at: 1)
        return try memberRows(row).first
    }

    public func members() throws(StoreError) -> [TenantMember] { try memberRows(try statement(.members, doing: "reading members")) }

    public func members(staffedOn scope: Identifier) throws(StoreError) -> [TenantMember] {
        let (key, _) = try knownScope(scope, doing: "reading staffing")
        let row = try statement(.staffedMembers, doing: "reading staffing")
        row.bind(key, at: 1)
        return try memberRows(row)
    }

    /// Is the member active and staffed on the scope? False for a scope or member that does not exist.
    public func isStaffed(_ member: Identifier, on scope: Identifier) throws(StoreError) -> Bool {
        guard let (key, _) = try scopeRow(scope), let member = try self.member(member), member.isActive else { return false }
        return try isStaffed(member.id, scope: key)
    }

    func isStaffed(_ member: Identifier, scope: Int64) throws(StoreError) -> Bool {
        let doing: StaticString = "reading staffing"
        let row = try statement(.isStaffed, doing: doing)
        row.bind(member, at: 1)
        row.bind(scope, at: 2)
        defer { row.reset() }
        return try row.step(doing: doing)
    }

    public func device(_ id: Identifier) throws(StoreError) -> TenantDevice? {
        let row = try statement(.device, doing: "reading a device")
        row.bind(id, at: 1)
        return try deviceRows(row).first
    }

    /// In the order of enrolment.
    public func devices() throws(StoreError) -> [TenantDevice] { try deviceRows(try statement(.devices, doing: "reading devices")) }

    /// What devices said of each scope that they hold and the server does not, by device; scopes in which that is nothing are left out.
    public func unsentWork() throws(StoreError) -> [Identifier: [(scope: Identifier, work: UnsentWork)]] {
        let doing: StaticString = "reading what devices have not sent"
        let row = try statement(.unsentWork, doing: doing)
        defer { row.reset() }
        var all: [Identifier: [(scope: Identifier, work: UnsentWork)]] = [:]
        while try row.step(doing: doing) {
            let work = UnsentWork(
                changes: row.int(2), bytes: row.intIfAny(3), oldest: row.intIfAny(4), attachments: row.intIfAny(5), attachmentBytes: row.intIfAny(6))
            let (device, scope) = (try row.identifier(0, doing: doing), try row.identifier(1, doing: doing))
            all[device, default: []].append((scope: scope, work: work))
        }
        return all
    }

    public func invitation(_ token: Hash256) throws(StoreError) -> Invitation? {
        let row = try statement(.invitation, doing: "reading an invitation")
        row.bind(token, at: 1)
        return try invitationRows(row).first
    }

    public func invitations() throws(StoreError) -> [Invitation] {
        try invitationRows(try statement(.invitations, doing: "reading invitations"))
    }

    /// The audit log, oldest first.
    public func audit() throws(StoreError) -> [AuditEntry] {
        let doing: StaticString = "reading the audit log"
        let row = try statement(.audit, doing: doing)
        defer { row.reset() }
        var entries: [AuditEntry] = []
        while try row.step(doing: doing) {
            entries.append(
                AuditEntry(
                    number: row.int(0), time: row.int(1), act: row.text(2), detail: row.text(3), hash: try row.hash(4, doing: doing)))
        }
        return entries
    }

    /// How often the audit log names this act.
    public func count(ofAct act: String) throws(StoreError) -> Int {
        let doing: StaticString = "reading the audit log"
        let row = try statement(.countActs, doing: doing)
        defer { row.reset() }
        row.bind(act, at: 1)
        return try row.step(doing: doing) ? Int(clamping: row.int(0)) : 0
    }

    /// What was said of the acts of this name, each once.
    public func details(ofAct act: String) throws(StoreError) -> [String] {
        let doing: StaticString = "reading the audit log"
        let row = try statement(.actDetails, doing: doing)
        defer { row.reset() }
        row.bind(act, at: 1)
        var details: [String] = []
        while try row.step(doing: doing) { details.append(row.text(0)) }
        return details
    }

    private func memberRows(_ row: PreparedStatement) throws(StoreError) -> [TenantMember] {
        let doing: StaticString = "reading a member"
        defer { row.reset() }
        var members: [TenantMember] = []
        while try row.step(doing: doing) {
            members.append(
                TenantMember(id: try row.identifier(0, doing: doing), name: row.text(1), role: row.text(2), isActive: row.int(3) != 0))
        }
        return members
    }

    private func deviceRows(_ row: PreparedStatement) throws(StoreError) -> [TenantDevice] {
        let doing: StaticString = "reading a device"
        defer { row.reset() }
        var devices: [TenantDevice] = []
        while try row.step(doing: doing) {
            let contact = row.intIfAny(8).map {
                let work = UnsentWork(
                    changes: row.int(10), bytes: row.intIfAny(19), oldest: row.intIfAny(20), attachments: row.intIfAny(21), attachmentBytes: row.intIfAny(22))
                return DeviceContact(time: $0, skew: row.int(9), work: work, version: row.text(11), incarnation: row.word(12))
            }
            let wait = row.intIfAny(16).map { DeviceWait(since: $0, cause: DeviceWait.Cause(rawValue: row.int(17)) ?? .reused, wrongWords: row.int(18)) }
            let wipe = row.intIfAny(14).map { WipeOrder(ordered: $0, wiped: row.intIfAny(15)) }
            devices.append(
                TenantDevice(
                    id: try row.identifier(0, doing: doing), member: try row.identifier(1, doing: doing), name: row.text(2),
                    letters: row.text(3), certificate: try row.hash(4, doing: doing), certificateEnd: row.intIfAny(13), signingKey: row.bytes(5),
                    enrolled: row.int(6), revoked: row.intIfAny(7), wipe: wipe, wait: wait, contact: contact))
        }
        return devices
    }

    private func invitationRows(_ row: PreparedStatement) throws(StoreError) -> [Invitation] {
        let doing: StaticString = "reading an invitation"
        defer { row.reset() }
        var invitations: [Invitation] = []
        while try row.step(doing: doing) {
            var redeemed: Invitation.Redeemed?
            if let time = row.intIfAny(4) { redeemed = Invitation.Redeemed(time: time, device: try row.identifier(5, doing: doing)) }
            invitations.append(
                Invitation(
                    token: try row.hash(0, doing: doing), member: try row.identifier(1, doing: doing), role: row.text(7), made: row.int(2),
                    expires: row.int(3), mustConfirm: row.int(6) == 1, redeemed: redeemed))
        }
        return invitations
    }
}
