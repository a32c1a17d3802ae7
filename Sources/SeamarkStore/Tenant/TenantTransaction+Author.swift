public import SeamarkJournal

extension TenantTransaction {
    /// Seals the server's own changes into the stream of its author device and appends them, unjudged: what headquarters
    /// decides is decided.
    ///
    /// The changes are of the author device and of `scope`, oldest first: our bug otherwise.
    public func author(_ changes: [Change], in scope: Identifier, by signer: any Signer, received: Int64) throws -> [Appended] {
        try whole {
            let identity = try identity()
            var appending = Appending(self)
            guard let open = try appending.open(scope) else {
                throw StoreError(.unknown, doing: "writing as the server", detail: "there is no such scope")
            }
            let name = StreamName(device: identity.author, incarnation: identity.incarnation, scope: scope)
            var rest = changes[...]
            var appended: [Appended] = []
            while !rest.isEmpty {
                let portion = Array(rest.prefix(Block.portion(of: rest)))
                rest = rest.dropFirst(portion.count)
                let block = Block.seal(portion, in: name, after: try open.stream(name).end, by: signer, primitives)
                let sensitive = SensitivePart.encode(block.sensitiveParts, primitives)
                appended.append(try appending.append(block, sensitive: sensitive, received: received, to: open) { _ in .accepted })
            }
            try appending.finish()
            return appended
        }
    }

    /// Applies changes that are in quarantine: those that the log refused by a release entry that names them, those that
    /// are kept outside it by admitting their block, in which what is not named stays refused.
    ///
    /// With a `judge`, what is admitted is judged as if it were pushed now by a member who is staffed: what it refuses is in the log from
    /// here on, refused for its own reason, and applied when it is released once more. Without, what is named is applied whatever it says.
    ///
    /// Ids of applied changes are passed over, and those of changes that came without their sensitive values: let in like this, the log would never
    /// take the values from whoever holds them. Where all that lacks was redacted, and the redactions are in quarantine too, they are released before what
    /// they redacted (`redactions`), in whatever order they are named: else nothing in the log would say why it lacks. An id that the store does not know
    /// throws `unknown`, and nothing happens.
    ///
    /// - Returns: the new places in the logs, in order.
    public func release(_ ids: [Identifier], received: Int64, judge: Judge? = nil) throws -> [LogPlace] {
        try whole {
            var appending = Appending(self)
            var releasing = Releasing(named: Set(ids), author: try identity().author, judge: judge)
            var places: [LogPlace] = []
            func letIn(_ key: Int64, naming named: Set<Identifier>) throws {
                let (place, admitted) = try admit(quarantinedBlock: key, naming: named, received: received, judge, &appending)
                places.append(place)
                if judge != nil { releasing.judged.formUnion(admitted.filter(named.contains)) }
            }
            var (left, before) = (ids, -1)
            // What came in may have brought along what explains another block.
            while !left.isEmpty, places.count > before {
                before = places.count
                var waiting: [Identifier] = []
                var unexplained: Set<Int64> = []
                for id in left where try changePlace(id) == nil {
                    guard let key = try quarantinedBlock(of: id) else {
                        throw StoreError(.unknown, doing: "releasing changes", detail: "a change is neither in quarantine nor in a log")
                    }
                    guard !unexplained.contains(key), let along = try redactions(explaining: key, &releasing, &appending) else {
                        unexplained.insert(key)
                        waiting.append(id)
                        continue
                    }
                    let naming = releasing.named.union(along.map(\.id))
                    var within: Set<Hash256> = []
                    for redaction in along {
                        let block = try quarantinedBlock(of: redaction.id)
                        if block == key {
                            within.formUnion(redaction.redacts.map(\.leaf))
                        } else if let block {
                            try letIn(block, naming: naming)
                        } else if releasing.mayStand(redaction), try changePlace(redaction.id)?.isWaiting == true {
                            places += try releaseRefused([redaction.id], received: received, &appending)
                        }
                    }
                    // It may have come in beside a redaction.
                    guard try changePlace(id) == nil else { continue }
                    // And the rules may have refused one, for what came in before it.
                    guard try lackingLeaves(ofQuarantinedBlock: key).allSatisfy(within.contains) else {
                        unexplained.insert(key)
                        waiting.append(id)
                        continue
                    }
                    try letIn(key, naming: naming)
                }
                left = waiting
            }
            places += try releaseRefused(ids.filter { !releasing.judged.contains($0) }, received: received, &appending)
            try appending.finish()
            return places
        }
    }

    /// What one release was asked, and what it has come to.
    private struct Releasing {
        let named: Set<Identifier>
        /// Headquarters' own device.
        let author: Identifier
        let judge: Judge?
        /// What the rules were asked about as it came in.
        var judged: Set<Identifier> = []
        /// The redactions that were in quarantine when they were first looked for, which costs a look at all of it.
        var held: HeldRedactions?

        init(named: Set<Identifier>, author: Identifier, judge: Judge?) {
            self.named = named
            self.author = author
            self.judge = judge
        }

        /// May a redaction be applied that the log refuses? What the rules refused in this very release waits for another word.
        func mayStand(_ redaction: Change) -> Bool { redaction.stamp.device == author || !judged.contains(redaction.id) }
    }

    /// The redactions among what is kept and not applied, by what they redact.
    private struct HeldRedactions {
        private let all: [HeldChange]
        private let places: [Hash256: [Int]]

        init(_ snapshot: TenantSnapshot) throws {
            var all: [HeldChange] = []
            var places: [Hash256: [Int]] = [:]
            try snapshot.heldChanges { held in
                let leaves = Set(held.change.redacts.map(\.leaf))
                guard !leaves.isEmpty else { return }
                for leaf in leaves { places[leaf, default: []].append(all.count) }
                all.append(held)
            }
            self.all = all
            self.places = places
        }

        /// Those that redact one of these values in a scope, in the order of `heldChanges`.
        func redacting(_ leaves: Set<Hash256>, in scope: Identifier) -> [HeldChange] {
            Set(leaves.flatMap { places[$0] ?? [] }).sorted().map { all[$0] }.filter { $0.change.scope == scope }
        }
    }

    /// The redactions in quarantine that take away all that a quarantined block lacks, in the order of `heldChanges`: none where it lacks nothing, nil
    /// where some of it is taken away by none that may be released with it.
    private func redactions(explaining key: Int64, _ releasing: inout Releasing, _ appending: inout Appending) throws -> [Change]? {
        let lacking = Set(try lackingLeaves(ofQuarantinedBlock: key))
        guard !lacking.isEmpty else { return [] }
        let held = try releasing.held ?? HeldRedactions(self)
        releasing.held = held
        var along: [Change] = []
        var explained: Set<Hash256> = []
        for redaction in try held.redacting(lacking, in: quarantinedBlockRow(key).block.stream.scope) {
            guard try mayComeAlong(redaction, with: key, releasing, &appending) else { continue }
            along.append(redaction.change)
            explained.formUnion(redaction.change.redacts.map(\.leaf))
        }
        return lacking.isSubset(of: explained) ? along : nil
    }

    /// Why blocks are kept outside the log, whole. In the log these stand for what nobody named when its block was let in: the rules were not asked.
    private static let unasked: Set<Refusal> = [.notStaffed, .deviceRevoked, .outdatedSchema, .withoutSensitive]

    /// A redaction deletes for ever, also what others hold whole. So one that nobody named comes along where it is headquarters' own word or the judge
    /// accepts it, and not where the rules refused it before or a device sealed it that is revoked now. And no block comes along that lacks other values
    /// itself.
    private func mayComeAlong(_ held: HeldChange, with key: Int64, _ releasing: Releasing, _ appending: inout Appending) throws -> Bool {
        let redaction = held.change
        let isNamed = releasing.named.contains(redaction.id)
        let isOwn = redaction.stamp.device == releasing.author
        if let block = try quarantinedBlock(of: redaction.id) {
            if block != key {
                let redacted = Set(redaction.redacts.map(\.leaf))
                guard try lackingLeaves(ofQuarantinedBlock: block).allSatisfy(redacted.contains) else { return false }
            }
            if isOwn { return true }
        } else {
            guard releasing.mayStand(redaction) else { return false }
            if isNamed || isOwn { return true }
            guard Self.unasked.contains(held.refusal) else { return false }
        }
        guard let judge = releasing.judge else { return isNamed }
        guard try isNamed || device(redaction.stamp.device)?.revoked == nil else { return false }
        guard let member = try member(redaction.member), let scope = try appending.open(redaction.scope) else { return false }
        return try judge(redaction, member) { id throws(StoreError) in try scope.records.look(at: id) } == .accepted
    }

    private func admit(
        quarantinedBlock key: Int64, naming named: Set<Identifier>, received: Int64, _ judge: Judge?, _ appending: inout Appending
    ) throws -> (place: LogPlace, changes: [Identifier]) {
        let (block, sensitive, refusal) = try quarantinedBlockRow(key)
        // Headquarters' own, which a member who is not staffed gave back, is nobody's to judge.
        let member = try member(block.member)
        guard let scope = try appending.open(block.stream.scope), try member != nil || block.stream.device == identity().author else {
            throw StoreError(.damaged, doing: "releasing changes", detail: "a block in quarantine is of no scope or member; verify the store")
        }
        let appended = try appending.append(block, sensitive: sensitive, received: received, to: scope) { change in
            guard named.contains(change.id) else { return .refused(refusal) }
            guard let judge, let member else { return .accepted }
            return try judge(change, member) { id throws(StoreError) in try scope.records.look(at: id) }
        }
        return (appended.place, block.changes.map(\.id))
    }

    /// So many changes are named by one release entry at most: one that a frame holds with room to spare.
    static let mostReleasedTogether = 1000

    /// Release entries for each scope that holds some of `ids`, refused and not yet released.
    func releaseRefused(_ ids: [Identifier], received: Int64, _ appending: inout Appending) throws -> [LogPlace] {
        let doing: StaticString = "releasing changes"
        var groups: [(scope: Identifier, changes: [Change])] = []
        var known: Set<Identifier> = []
        var last: (key: EntryKey, block: Block)?
        for id in ids where known.insert(id).inserted {
            guard let place = try changePlace(id), place.isWaiting else { continue }
            if last?.key != place.entry { last = (place.entry, try entryRow(place.entry, doing: doing).opened(by: tools)) }
            guard let block = last?.block, place.index < block.changes.count, block.changes[place.index].id == id else {
                throw StoreError(.damaged, doing: doing, detail: "a change is not where its place says; verify the store")
            }
            let index = groups.firstIndex { $0.scope == block.stream.scope } ?? groups.count
            if index == groups.count { groups.append((block.stream.scope, [])) }
            groups[index].changes.append(block.changes[place.index])
        }
        var places: [LogPlace] = []
        for (id, changes) in groups {
            guard let scope = try appending.open(id) else { continue }
            for change in changes {
                let row = try statement(.releaseChange, doing: doing)
                row.bind(change.id, at: 1)
                try row.run(doing: doing)
                try scope.apply(change, received: received)
            }
            var rest = changes[...]
            while !rest.isEmpty {
                let portion = rest.prefix(Self.mostReleasedTogether)
                rest = rest.dropFirst(portion.count)
                let entry = LogEntry(content: .release(portion.map(\.id)), verdicts: [], received: received)
                places.append(try scope.append(entry, content: portion.flatMap(\.id.bytes), sensitive: [], stream: nil, first: nil))
            }
        }
        return places
    }
}
