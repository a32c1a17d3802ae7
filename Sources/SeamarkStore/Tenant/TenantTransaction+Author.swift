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
    /// Ids of applied changes are passed over. An id that the store does not know throws `unknown`, and nothing happens.
    ///
    /// - Returns: the new places in the logs, in order.
    public func release(_ ids: [Identifier], received: Int64) throws -> [LogPlace] {
        try whole {
            var appending = Appending(self)
            var places: [LogPlace] = []
            for id in ids where try changePlace(id) == nil {
                guard let key = try quarantinedBlock(of: id) else {
                    throw StoreError(.unknown, doing: "releasing changes", detail: "a change is neither in quarantine nor in a log")
                }
                places.append(try admit(quarantinedBlock: key, naming: ids, received: received, &appending))
            }
            places += try releaseRefused(ids, received: received, &appending)
            try appending.finish()
            return places
        }
    }

    private func admit(
        quarantinedBlock key: Int64, naming ids: [Identifier], received: Int64, _ appending: inout Appending
    ) throws -> LogPlace {
        let (block, sensitive, refusal) = try quarantinedBlockRow(key)
        guard let scope = try appending.open(block.stream.scope) else {
            throw StoreError(.damaged, doing: "releasing changes", detail: "a block in quarantine is of no scope; verify the store")
        }
        return try appending.append(block, sensitive: sensitive, received: received, to: scope) { change in
            ids.contains(change.id) ? .accepted : .refused(refusal)
        }.place
    }

    /// One release entry for each scope that holds some of `ids`, refused and not yet released.
    private func releaseRefused(_ ids: [Identifier], received: Int64, _ appending: inout Appending) throws -> [LogPlace] {
        let doing: StaticString = "releasing changes"
        var groups: [(scope: Identifier, changes: [Change])] = []
        for id in ids {
            guard let stored = try change(id), !stored.isApplied else { continue }
            let index = groups.firstIndex { $0.scope == stored.scope } ?? groups.count
            if index == groups.count { groups.append((stored.scope, [])) }
            if !groups[index].changes.contains(stored.change) { groups[index].changes.append(stored.change) }
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
            let entry = LogEntry(content: .release(changes.map(\.id)), verdicts: [], received: received)
            places.append(
                try scope.append(entry, content: changes.flatMap(\.id.bytes), sensitive: [], stream: nil, first: nil))
        }
        return places
    }
}
