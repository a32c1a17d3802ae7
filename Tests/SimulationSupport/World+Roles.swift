internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore

// Members become analysts, who get no sensitive values, and something else again.
extension World {
    func changeRole(of seat: Cast.Seat) throws {
        try server.administer { transaction in
            guard let member = try transaction.member(seat.member) else { return }
            let role: Role = member.role == Role.analyst.key ? seat.role : .analyst
            try transaction.updateMember(TenantMember(id: member.id, name: member.name, role: role.key, isActive: member.isActive))
            counts.roleChanges += 1
            trace.note("\(agenda.now) ms: the member of seat \(seat.letters) is \(role.key)")
        }
    }

    func isAnalyst(_ member: Identifier, _ snapshot: TenantSnapshot) throws -> Bool { try snapshot.member(member)?.role == Role.analyst.key }

    func holdsValues(_ entries: Message.Entries) throws -> Bool {
        try entries.entries.contains { entry in
            try entry.block != nil && SensitivePart.decode(entry.sensitive, SimulationPrimitives()).contains { !$0.isLeaf }
        }
    }

    /// The record without any sensitive value.
    func bare(_ state: RecordState) -> RecordState {
        state.withholding(Set(state.slots.flatMap(\.heads).compactMap { leaf(of: $0.content) }), SimulationPrimitives())
    }
}
