public import SeamarkJournal

/// The epochs that a tenant's log has had before its present one. A signature of the server's own key for an epoch that is none of these tells that
/// the store was put back, without a word, to before that epoch began.
public struct FormerEpochs: Hashable, Sendable {
    public var epochs: Set<UInt64>
    /// There were others that this store does not know: it was restored where nothing could be asked any more, or before they were kept.
    public var expectsOthers: Bool

    public init(epochs: Set<UInt64>, expectsOthers: Bool) {
        self.epochs = epochs
        self.expectsOthers = expectsOthers
    }

    public func and(_ epoch: UInt64) -> FormerEpochs { FormerEpochs(epochs: epochs.union([epoch]), expectsOthers: expectsOthers) }
}

extension TenantSnapshot {
    public func formerEpochs() throws(StoreError) -> FormerEpochs {
        let doing: StaticString = "reading former epochs"
        let row = try statement(.formerEpochs, doing: doing)
        defer { row.reset() }
        var epochs: Set<UInt64> = []
        while try row.step(doing: doing) { epochs.insert(row.word(0)) }
        return FormerEpochs(epochs: epochs, expectsOthers: try expectsEpochs())
    }

    /// Was `epoch` one of this log's, or may it have been?
    public func mayHaveHad(epoch: UInt64) throws(StoreError) -> Bool {
        if try epoch == identity().epoch { return true }
        let doing: StaticString = "reading former epochs"
        let row = try statement(.isFormerEpoch, doing: doing)
        row.bind(epoch, at: 1)
        do {
            defer { row.reset() }
            if try row.step(doing: doing) { return true }
        }
        return try expectsEpochs()
    }

    private func expectsEpochs() throws(StoreError) -> Bool {
        let doing: StaticString = "reading former epochs"
        let row = try statement(.expectsEpochs, doing: doing)
        defer { row.reset() }
        return try row.step(doing: doing) && row.int(0) != 0
    }
}

extension TenantTransaction {
    /// What the store that this one takes the place of knew.
    public func take(formerEpochs former: FormerEpochs) throws(StoreError) {
        let doing: StaticString = "noting former epochs"
        for epoch in former.epochs.sorted() {
            let row = try statement(.addFormerEpoch, doing: doing)
            row.bind(epoch, at: 1)
            try row.run(doing: doing)
        }
        guard former.expectsOthers else { return }
        try statement(.expectEpochs, doing: doing).run(doing: doing)
    }

    /// A device showed a word of this server's own key for `epoch`. Where the log never had it, the store was put back to before it began: the epoch is
    /// renewed to `next` and an alarm raised, once for each such epoch.
    ///
    /// - Returns: whether it was renewed.
    public func hear(ofEpoch epoch: UInt64, in scope: Identifier, of device: Identifier, at time: Int64, next: (epoch: UInt64, incarnation: UInt64)) throws(StoreError) -> Bool {
        guard try !mayHaveHad(epoch: epoch) else { return false }
        try renewEpoch(next.epoch, incarnation: next.incarnation, because: .rolledBack(device: device, scope: scope), at: time)
        try take(formerEpochs: FormerEpochs(epochs: [epoch], expectsOthers: false))
        return true
    }
}
