internal import SeamarkJournal
public import SeamarkModel
internal import SeamarkStore

// Members who leave, come back or do other work, and invitations that are to open nothing any more.
extension TenantOffice {
    /// What altering a member came to.
    public struct MemberSet: Sendable {
        public let handle: String
        public let role: Role
        public let isActive: Bool
        /// Invitations that nobody had used, and that open nothing now.
        public let endedInvitations: Int
        /// Was anything altered?
        public let isAltered: Bool
    }

    /// Gives a member another role, or makes one inactive or active again. Of an inactive member a running server turns the devices away as it does revoked
    /// ones, ends their connections within a second, and takes no invitation; what they hand in goes into quarantine.
    ///
    /// A role changes among consultant, lead and analyst alone: a client's viewer and an administrator are staffed otherwise, and are members of their own.
    public func setMember(_ member: String, role: Role? = nil, active: Bool? = nil) throws -> MemberSet {
        let doing = "altering a member"
        let now = clock.now()
        return try store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            let directory = try Directory(transaction)
            let id = try directory.member(called: member)
            guard let row = try transaction.member(id), let present = Role(key: row.role) else {
                throw OperationFailure(.fault, doing: doing, wrong: "the member's row is missing", remedy: "run seamark-server verify")
            }
            if let role, role != present {
                let field: Set<Role> = [.consultant, .lead, .analyst]
                guard field.contains(role), field.contains(present) else {
                    throw OperationFailure(
                        .badInput, doing: doing, wrong: "a \(present.key) does not become a \(role.key)",
                        remedy: "make this member inactive, and add the person as another member")
                }
            }
            let altered = TenantMember(id: id, name: row.name, role: (role ?? present).key, isActive: active ?? row.isActive)
            let handle = directory.handle(of: id) ?? id.description
            var ended = 0
            if !altered.isActive { ended = try transaction.endInvitations(of: id, at: now) }
            let isAltered = altered.role != row.role || altered.isActive != row.isActive
            if isAltered {
                try transaction.updateMember(altered)
                if let short = ShortName(handle) { try headquarters.publish(member: altered, handle: short, email: nil) }
            }
            if isAltered || ended > 0 {
                try transaction.noteAct("member.set", detail: "\(id) \(altered.role) \(altered.isActive ? "active" : "inactive") \(ended)", at: now)
            }
            return MemberSet(handle: handle, role: role ?? present, isActive: altered.isActive, endedInvitations: ended, isAltered: isAltered || ended > 0)
        }
    }

    /// Ends the invitations of a member that nobody has used. Returns how many there were.
    public func endInvitations(of member: String) throws -> Int {
        let now = clock.now()
        return try store.write { transaction in
            let id = try Directory(transaction).member(called: member)
            let count = try transaction.endInvitations(of: id, at: now)
            if count > 0 { try transaction.noteAct("invitation.end", detail: "\(id) \(count)", at: now) }
            return count
        }
    }
}
