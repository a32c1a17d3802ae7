internal import SeamarkJournal

// What people decided: whose the file is, scopes, members, staffing, devices, invitations, departures, what was redacted, and who withdrew
// consent. It follows from no log. One hash over all of it lies beside it, written by every transaction that alters it, so that damage to
// these tables is found when the store is verified.

extension Query {
    /// What is covered: who a device last was heard by, and alarms, are notes and not decisions.
    fileprivate static let decided: [Query] = [
        .decidedTenant, .decidedScopes, .decidedMembers, .decidedStaffing, .decidedDevices, .decidedInvitations, .decidedDepartures, .decidedBars,
        .decidedWithdrawals,
    ]

    /// Does it write what is covered?
    var altersDecisions: Bool {
        switch self {
        case .found, .renewEpoch, .setLeastSchemas, .adoptSchema, .addScope, .addMember, .updateMember, .staff, .unstaff, .addDevice, .revokeDevice,
            .renewDevice, .addInvitation, .redeemInvitation, .noteDeparture, .postponeRelease, .bar, .addWithdrawnPerson:
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
        for query in Query.decided {
            let row = try statement(query, doing: doing)
            defer { row.reset() }
            while try row.step(doing: doing) {
                writer.byte(1)
                for column in 0..<row.columnCount { row.write(column, to: &writer) }
            }
            writer.byte(0)
        }
        return primitives.sha256(writer.bytes.span)
    }

    func verifyDecisions() throws {
        let doing: StaticString = "reading what people decided"
        let row = try statement(.decisions, doing: doing)
        defer { row.reset() }
        // An older program's file has none until something is decided.
        guard try row.step(doing: doing), try row.isNull(0) || row.hash(0, doing: doing) == decisionsHash() else {
            throw VerificationFault(
                scope: nil, position: nil, detail: "members, staffing, devices, invitations or scopes are not as they were decided; compare them with the audit log")
        }
    }
}

extension TenantTransaction {
    func noteDecisions() throws(StoreError) {
        let doing: StaticString = "noting what people decided"
        let row = try statement(.noteDecisions, doing: doing)
        row.bind(try decisionsHash(), at: 1)
        try row.run(doing: doing)
    }
}
