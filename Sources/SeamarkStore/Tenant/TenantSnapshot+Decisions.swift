internal import SeamarkJournal

// What people decided: whose the file is, scopes, members, staffing, devices, invitations, departures, what was redacted, who withdrew
// consent, which devices are to be wiped, and which wait to be confirmed. It follows from no log. One hash over all of it lies beside it, written by every transaction that alters it, so that damage to
// these tables is found when the store is verified.

extension Query {
    /// What is covered: who a device last was heard by, and alarms, are notes and not decisions.
    fileprivate static let decided: [Query] = [
        .decidedTenant, .decidedScopes, .decidedMembers, .decidedStaffing, .decidedDevices, .decidedInvitations, .decidedDepartures, .decidedBars,
        .decidedWithdrawals,
    ]

    /// Came later: covered by name where there are rows, so that the hash of a file that an older program wrote stays what it is.
    fileprivate static let decidedSince: [(name: String, query: Query)] = [
        ("wipe orders", .decidedWipes), ("ends of certificates", .decidedCertificateEnds),
        ("redactions of scopes", .decidedBarsOfScopes), ("confirmations", .decidedConfirmations), ("invitations that ask for one", .decidedConfirmingInvitations),
        ("roles of invitations", .decidedInvitationRoles),
    ]

    /// Does it write what is covered?
    var altersDecisions: Bool {
        switch self {
        case .found, .renewEpoch, .setLeastSchemas, .adoptSchema, .addScope, .addMember, .updateMember, .staff, .unstaff, .addDevice, .revokeDevice,
            .renewDevice, .orderWipe, .noteWiped, .awaitConfirmation, .confirmDevice, .addInvitation, .redeemInvitation, .endInvitations, .noteDeparture, .postponeRelease, .bar, .addWithdrawnPerson:
            true
        case _: false
        }
    }
}

extension TenantSnapshot {
    /// SHA-256 over every covered row in the order of its key, each value with its type and length.
    func decisionsHash() throws(StoreError) -> Hash256 {
        let doing: StaticString = "reading what people decided"
        var writer = ByteWriter(capacity: 4096)
        writer.text("seamark-decisions-1")
        func write(_ query: Query, named name: String? = nil) throws(StoreError) {
            let row = try statement(query, doing: doing)
            defer { row.reset() }
            var isFirst = true
            while try row.step(doing: doing) {
                if isFirst, let name { writer.text(name) }
                isFirst = false
                writer.byte(1)
                for column in 0..<row.columnCount { row.write(column, to: &writer) }
            }
            if !isFirst || name == nil { writer.byte(0) }
        }
        for query in Query.decided { try write(query) }
        for (name, query) in Query.decidedSince { try write(query, named: name) }
        return primitives.sha256(writer.bytes.span)
    }

    /// Are they as the hash says that was written with the last of them?
    public func decisionsHold() throws(StoreError) -> Bool {
        let doing: StaticString = "reading what people decided"
        let row = try statement(.decisions, doing: doing)
        defer { row.reset() }
        // A new file has no row yet, and an older program's no hash until something is decided.
        guard try row.step(doing: doing), !row.isNull(0) else { return true }
        return try row.hash(0, doing: doing) == decisionsHash()
    }

    func verifyDecisions() throws {
        guard try decisionsHold() else {
            throw VerificationFault(
                scope: nil, position: nil,
                detail: "members, staffing, devices, invitations, departures, redactions, withdrawn consent, versions or scopes are not as they were decided")
        }
    }
}

extension TenantTransaction {
    /// Takes what people decided as it lies there now, after somebody has held it against the audit log.
    public func acceptDecisions() throws(StoreError) { try noteDecisions() }

    func noteDecisions() throws(StoreError) {
        let doing: StaticString = "noting what people decided"
        let row = try statement(.noteDecisions, doing: doing)
        row.bind(try decisionsHash(), at: 1)
        try row.run(doing: doing)
    }
}
