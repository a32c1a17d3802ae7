import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// The table of roles against what the server does with signed blocks, and against what devices say before.
struct RoleCellTests {
    private enum Owner: String, CaseIterable { case own, anothers, headquarters }

    /// One thing that is tried: a record, its owner, and the edits.
    private struct Attempt {
        let type: RecordType
        let operation: RolesReference.Operation
        let owner: Owner
        let edits: [Edit]
    }

    @Test(arguments: Role.allCases)
    func `every cell of role, record type, operation and owner is what the table says, on the server and before on the device`(role: Role) throws {
        let reference = try RolesReference()
        let bench = try RoleBench(members: 2, scopes: Owner.allCases.count + 1)
        var attempts: [(scope: Identifier, Attempt)] = []
        for (owner, scope) in zip(Owner.allCases, bench.scopes) {
            let member = [Owner.own: bench.member(0), .anothers: bench.member(1), .headquarters: BothEnds.author][owner]!
            for type in Catalogue.types {
                /// A record of its own for each operation; there is one engagement only.
                var records: [RolesReference.Operation: Identifier] = [:]
                for operation in RolesReference.Operation.allCases where operation != .create {
                    if type === Catalogue.engagement, let one = records.values.first {
                        records[operation] = one
                        continue
                    }
                    let made = bench.making(type, in: scope)
                    try bench.settle([made.edits], in: scope, for: member)
                    records[operation] = made.id
                }
                let torn = records[.resolve]!
                try bench.settle((1...2).map { [bench.edit(torn, type, Identifier(high: 9, low: $0), naming: [])] }, in: scope, for: member)
                if type !== Catalogue.engagement { try bench.settle([[bench.life(records[.restore]!, type, false, over: nil)]], in: scope) }
                for (operation, record) in records.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    let state = try #require(try bench.state(record, in: scope))
                    #expect(state.heads(of: .field(CommonField.createdAt)).last?.member == member)
                    let heads = state.heads(of: .field(RoleBench.field)).map(\.name)
                    #expect(operation != .resolve || heads.count == 2)
                    let edit: Edit
                    switch operation {
                    case .create: continue
                    // Of an engagement that is torn, an edit that has seen one value only.
                    case .edit: edit = bench.edit(record, type, Identifier(high: 9, low: 3), naming: Array(heads.prefix(1)))
                    case .resolve: edit = bench.edit(record, type, Identifier(high: 9, low: 4), naming: heads)
                    case .delete: edit = bench.life(record, type, false, over: state)
                    case .restore: edit = bench.life(record, type, true, over: state)
                    }
                    attempts.append((scope, Attempt(type: type, operation: operation, owner: owner, edits: [edit])))
                }
            }
        }
        let empty = bench.scopes[Owner.allCases.count]
        for type in Catalogue.types {
            attempts.append((empty, Attempt(type: type, operation: .create, owner: .own, edits: bench.making(type, in: empty).edits)))
        }
        #expect(attempts.count == Catalogue.types.count * (Owner.allCases.count * 4 + 1))
        // The device has read everything before its member gets the role: also one that reads nothing answers early.
        try bench.ends.sync(0)
        try bench.setRole(role, of: 0)

        var allowed = 0
        for (scope, attempt) in attempts {
            let early = try bench.earlyAnswer(attempt.edits, in: scope, by: 0)
            let verdict = try #require(try bench.push([attempt.edits], in: scope, by: 0).verdicts.first)
            let expected = reference.allows(role, attempt.operation, attempt.type, isOwn: attempt.owner == .own)
            let cell = "\(role.key) \(attempt.operation) \(attempt.type.key) of \(attempt.owner)"
            #expect((verdict == .accepted) == expected, "\(cell): \(verdict)")
            #expect(verdict == early.map(Verdict.refused) ?? .accepted, "\(cell): the device says \(String(describing: early)), the server \(verdict)")
            if verdict == .accepted { allowed += 1 }
        }
        #expect((allowed > 0) == [.consultant, .lead, .analyst].contains(role))
    }

    /// A record as it stands on paper.
    private struct Entry {
        let id: Identifier
        let type: RecordType
        let scope: Identifier
        let owner: Identifier
        var heads: [(name: EditName, value: Identifier)] = []
    }

    @Test(arguments: UInt64(0)..<60)
    func `whatever members of changing roles do in whatever order, the server decides as the table says`(seed: UInt64) throws {
        let reference = try RolesReference()
        var dice = SplitMix64(seed: seed)
        func pick(_ count: Int) -> Int { Int(dice.next() % UInt64(count)) }
        let bench = try RoleBench(members: 4, scopes: 2)
        var roles = (0..<4).map { _ in Role.allCases[pick(5)] }
        for index in roles.indices { try bench.setRole(roles[index], of: index) }
        var paper: [Entry] = []
        /// Few types in each history, so that they meet.
        let types = (0..<6).map { _ in Catalogue.types[pick(Catalogue.types.count)] } + [Catalogue.observation, Catalogue.seam]
        for scope in bench.scopes {
            let made = bench.making(Catalogue.engagement, in: scope)
            try bench.settle([made.edits], in: scope)
            paper.append(Entry(id: made.id, type: Catalogue.engagement, scope: scope, owner: BothEnds.author))
            for type in types where type !== Catalogue.engagement {
                let made = bench.making(type, in: scope)
                let owner = pick(2) == 0 ? BothEnds.author : bench.member(pick(4))
                try bench.settle([made.edits], in: scope, for: owner)
                paper.append(Entry(id: made.id, type: type, scope: scope, owner: owner))
            }
        }
        for _ in 0..<40 {
            if pick(5) == 0 {
                let index = pick(4)
                roles[index] = Role.allCases[pick(5)]
                try bench.setRole(roles[index], of: index)
            }
            let index = pick(4)
            let scope = bench.scopes[pick(2)]
            var groups: [[Edit]] = []
            var expected: [Bool] = []
            /// What each change does to the paper where it stands.
            var effects: [(Change) -> Void] = []
            var touched: Set<Identifier> = []
            for _ in 0..<(1 + pick(4)) {
                if pick(4) == 0 {
                    let type = types[pick(types.count)]
                    guard type !== Catalogue.engagement else { continue }
                    let made = bench.making(type, in: scope)
                    groups.append(made.edits)
                    expected.append(reference.allows(roles[index], .create, type, isOwn: true))
                    effects.append { _ in paper.append(Entry(id: made.id, type: type, scope: scope, owner: bench.member(index))) }
                    continue
                }
                let place = pick(paper.count)
                let entry = paper[place]
                // One edit of a record in a block: what it names is what stood before.
                guard entry.scope == scope, touched.insert(entry.id).inserted else { continue }
                let isOwn = entry.owner == bench.member(index)
                if pick(4) == 0 {
                    let state = try bench.state(entry.id, in: scope)
                    groups.append([bench.life(entry.id, entry.type, pick(2) == 0, over: state)])
                    expected.append(reference.allows(roles[index], .delete, entry.type, isOwn: isOwn))
                    effects.append { _ in }
                } else {
                    // Some have seen everything that stands, some a part of it, some nothing.
                    let seen = entry.heads.filter { _ in pick(3) > 0 }
                    let value = Identifier(high: 9, low: UInt64(pick(3)))
                    groups.append([bench.edit(entry.id, entry.type, value, naming: seen.map(\.name))])
                    let settles = Set(seen.map(\.value)).count > 1
                    expected.append(reference.allows(roles[index], .edit, entry.type, isOwn: isOwn, settles: settles))
                    effects.append { change in
                        paper[place].heads.removeAll { head in seen.contains { $0.name == head.name } }
                        paper[place].heads.append((change.name(0), value))
                    }
                }
            }
            guard !groups.isEmpty else { continue }
            let (changes, verdicts) = try bench.push(groups, in: scope, by: index)
            #expect(verdicts.map { $0 == .accepted } == expected, "\(roles[index].key): \(verdicts)")
            for (position, change) in changes.enumerated() where verdicts[position] == .accepted { effects[position](change) }
        }
        for entry in paper {
            let heads = try #require(try bench.state(entry.id, in: entry.scope)).heads(of: .field(RoleBench.field))
            #expect(Set(heads.map(\.name)) == Set(entry.heads.map(\.name)), "\(entry.type.key)")
        }
    }
}
