public import SeamarkJournal

extension TenantTransaction {
    /// Throws `taken` when there is a member of this id.
    public func addMember(_ member: TenantMember) throws(StoreError) {
        let doing: StaticString = "adding a member"
        guard try self.member(member.id) == nil else { throw StoreError(.taken, doing: doing, detail: "there is a member of this id") }
        let row = try statement(.addMember, doing: doing)
        row.bind(member.id, at: 1)
        row.bind(member.name, at: 2)
        row.bind(member.role, at: 3)
        row.bind(member.isActive ? 1 : Int64(0), at: 4)
        try row.run(doing: doing)
    }

    public func updateMember(_ member: TenantMember) throws(StoreError) {
        let doing: StaticString = "updating a member"
        try require(try self.member(member.id), "there is no such member", doing: doing)
        let row = try statement(.updateMember, doing: doing)
        row.bind(member.name, at: 1)
        row.bind(member.role, at: 2)
        row.bind(member.isActive ? 1 : Int64(0), at: 3)
        row.bind(member.id, at: 4)
        try row.run(doing: doing)
    }

    /// Staffing twice is staffing once.
    public func staff(_ member: Identifier, on scope: Identifier) throws(StoreError) {
        try setStaffing(.staff, member, scope, doing: "staffing a member")
    }

    public func unstaff(_ member: Identifier, from scope: Identifier) throws(StoreError) {
        try setStaffing(.unstaff, member, scope, doing: "removing a member from a scope")
    }

    private func setStaffing(_ query: Query, _ member: Identifier, _ scope: Identifier, doing: StaticString) throws(StoreError) {
        try require(try self.member(member), "there is no such member", doing: doing)
        let (key, _) = try knownScope(scope, doing: doing)
        let row = try statement(query, doing: doing)
        row.bind(member, at: 1)
        row.bind(key, at: 2)
        try row.run(doing: doing)
    }

    // MARK: Devices

    /// Gives the device the next letters. Throws `taken` when there is a device of this id.
    ///
    /// - Parameter letters: which it had before the store was put back, and has again where no other device was given them since.
    @discardableResult
    public func addDevice(_ device: DeviceEnrolment, of member: Identifier, at time: Int64, letters former: String? = nil) throws(StoreError) -> TenantDevice {
        let doing: StaticString = "enrolling a device"
        try require(try self.member(member), "there is no such member", doing: doing)
        guard try self.device(device.id) == nil else { throw StoreError(.taken, doing: doing, detail: "there is a device of this id") }
        let letters: String
        if let former, try !isTaken(letters: former) { letters = former } else { letters = try nextLetters(doing: doing) }
        let row = try statement(.addDevice, doing: doing)
        row.bind(device.id, at: 1)
        row.bind(member, at: 2)
        row.bind(device.name, at: 3)
        row.bind(letters, at: 4)
        row.bind(device.certificate, at: 5)
        row.bind(device.signingKey, at: 6)
        row.bind(time, at: 7)
        row.bind(device.certificateEnd, at: 8)
        try row.run(doing: doing)
        return TenantDevice(
            id: device.id, member: member, name: device.name, letters: letters, certificate: device.certificate,
            certificateEnd: device.certificateEnd, signingKey: device.signingKey, enrolled: time, revoked: nil, wipe: nil, wait: nil, contact: nil)
    }

    /// As many devices were given letters before; of those that were taken back some have later ones.
    private func nextLetters(doing: StaticString) throws(StoreError) -> String {
        var number: Int64 = 0
        do {
            let count = try statement(.deviceCount, doing: doing)
            defer { count.reset() }
            if try count.step(doing: doing) { number = count.int(0) }
        }
        while try isTaken(letters: DeviceLetters.text(of: number)) { number += 1 }
        return DeviceLetters.text(of: number)
    }

    private func isTaken(letters: String) throws(StoreError) -> Bool {
        let doing: StaticString = "looking for a device's letters"
        let row = try statement(.lettersTaken, doing: doing)
        row.bind(letters, at: 1)
        defer { row.reset() }
        return try row.step(doing: doing)
    }

    /// The first revocation counts; a second changes nothing.
    public func revokeDevice(_ id: Identifier, at time: Int64) throws(StoreError) {
        let doing: StaticString = "revoking a device"
        try require(try device(id), "there is no such device", doing: doing)
        let row = try statement(.revokeDevice, doing: doing)
        row.bind(time, at: 1)
        row.bind(id, at: 2)
        try row.run(doing: doing)
    }

    /// Orders a device wiped that is revoked. The first order counts; a second changes nothing.
    public func orderWipe(of id: Identifier, at time: Int64) throws(StoreError) {
        let doing: StaticString = "ordering a device wiped"
        guard try device(id)?.revoked != nil else { throw StoreError(.unknown, doing: doing, detail: "there is no such device, or it is not revoked") }
        let row = try statement(.orderWipe, doing: doing)
        row.bind(id, at: 1)
        row.bind(time, at: 2)
        try row.run(doing: doing)
    }

    /// The device says that it is wiped. Its first word counts. False where nobody ordered it, or it had said so before.
    public func noteWiped(_ id: Identifier, at time: Int64) throws(StoreError) -> Bool {
        let doing: StaticString = "noting that a device was wiped"
        guard let order = try device(id)?.wipe, order.wiped == nil else { return false }
        let row = try statement(.noteWiped, doing: doing)
        row.bind(time, at: 1)
        row.bind(id, at: 2)
        try row.run(doing: doing)
        return true
    }

    /// The device has another certificate from now on; its signing key stays.
    public func renewDevice(_ id: Identifier, certificate: Hash256, until end: Int64) throws(StoreError) {
        let doing: StaticString = "renewing a device's certificate"
        try require(try device(id), "there is no such device", doing: doing)
        let row = try statement(.renewDevice, doing: doing)
        row.bind(certificate, at: 1)
        row.bind(end, at: 2)
        row.bind(id, at: 3)
        try row.run(doing: doing)
    }

    /// - Parameter scopes: what makes up the contact's `work`. What the device said of scopes before is forgotten.
    public func noteContact(_ contact: DeviceContact, by scopes: [Identifier: UnsentWork] = [:], of device: Identifier) throws(StoreError) {
        let doing: StaticString = "noting a device's contact"
        let row = try statement(.noteContact, doing: doing)
        row.bind(contact.time, at: 1)
        row.bind(contact.skew, at: 2)
        row.bind(contact.unsent, at: 3)
        row.bind(contact.version, at: 4)
        row.bind(contact.incarnation, at: 5)
        row.bind(contact.work.bytes, at: 6)
        row.bind(contact.work.oldest, at: 7)
        row.bind(contact.work.attachments, at: 8)
        row.bind(contact.work.attachmentBytes, at: 9)
        row.bind(device, at: 10)
        try row.run(doing: doing)
        let forget = try statement(.forgetUnsentWork, doing: doing)
        forget.bind(device, at: 1)
        try forget.run(doing: doing)
        for (scope, work) in scopes.sorted(by: { $0.key < $1.key }) where !work.isNothing {
            let row = try statement(.noteUnsentWork, doing: doing)
            row.bind(device, at: 1)
            row.bind(scope, at: 2)
            row.bind(work.changes, at: 3)
            row.bind(work.bytes, at: 4)
            row.bind(work.oldest, at: 5)
            row.bind(work.attachments, at: 6)
            row.bind(work.attachmentBytes, at: 7)
            try row.run(doing: doing)
        }
    }

    // MARK: Invitations

    /// It is for the role that the member has now.
    public func addInvitation(token: Hash256, member: Identifier, made: Int64, expires: Int64, mustConfirm: Bool = false) throws(StoreError) {
        let doing: StaticString = "making an invitation"
        try require(try self.member(member), "there is no such member", doing: doing)
        let row = try statement(.addInvitation, doing: doing)
        row.bind(token, at: 1)
        row.bind(member, at: 2)
        row.bind(made, at: 3)
        row.bind(expires, at: 4)
        row.bind(mustConfirm ? 1 : Int64(0), at: 5)
        try row.run(doing: doing)
    }

    /// The member's invitations that nobody has used end at `time`. Returns how many there were.
    public func endInvitations(of member: Identifier, at time: Int64) throws(StoreError) -> Int {
        let doing: StaticString = "ending invitations"
        let row = try statement(.endInvitations, doing: doing)
        row.bind(time, at: 1)
        row.bind(member, at: 2)
        try row.run(doing: doing)
        return alteredRows
    }

    /// Uses the invitation up and enrols the device, in one: of many who try, one succeeds. Whoever tries afterwards raises an alarm that names the
    /// device; one for all of them, so that trying again and again writes nothing.
    public func redeem(_ token: Hash256, for device: DeviceEnrolment, at time: Int64) throws(StoreError) -> Redemption {
        let doing: StaticString = "redeeming an invitation"
        guard let invitation = try invitation(token), let member = try member(invitation.member), member.isActive else { return .unknown }
        if let redeemed = invitation.redeemed {
            if try !hasAlarm(.invitationReused, of: redeemed.device) {
                try raise(.invitationReused, device: redeemed.device, scope: .zero, incarnation: 0, at: time)
                try noteAct("invitation.reused", detail: redeemed.device.description, at: time)
            }
            try freeze(redeemed, against: device.signingKey, at: time)
            return .usedBefore(redeemed)
        }
        guard time < invitation.expires else { return .expired }
        guard member.role == invitation.role else { return .otherRole }
        let enrolled = try addDevice(device, of: member.id, at: time)
        let row = try statement(.redeemInvitation, doing: doing)
        row.bind(time, at: 1)
        row.bind(device.id, at: 2)
        row.bind(token, at: 3)
        try row.run(doing: doing)
        guard invitation.mustConfirm else { return .redeemed(enrolled) }
        try awaitConfirmation(of: device.id, because: .invited, at: time)
        return .redeemed(try self.device(device.id) ?? enrolled)
    }

    private func require<Found>(_ found: Found?, _ detail: String, doing: StaticString) throws(StoreError) {
        guard found != nil else { throw StoreError(.unknown, doing: doing, detail: detail) }
    }
}

/// Short names of devices for people: A … Z, AA, AB, …
enum DeviceLetters {
    /// `number` counts from 0.
    static func text(of number: Int64) -> String {
        var rest = number
        var letters: [UInt8] = []
        repeat {
            letters.append(UInt8(65 + rest % 26))
            rest = rest / 26 - 1
        } while rest >= 0
        return String(decoding: letters.reversed(), as: UTF8.self)
    }
}
