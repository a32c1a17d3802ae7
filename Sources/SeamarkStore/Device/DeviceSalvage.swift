public import SeamarkCrypto
public import SeamarkJournal

/// What could be read of a damaged store, before its damage and behind it, and what of it waits.
///
/// A pure fold over the rows that opened, in the order of their numbers. What it says of the log is not kept: headquarters has that. Own changes count as
/// waiting unless a receipt or the log itself, of the last epoch that was heard of, is known to hold them; one that waits though headquarters has it is
/// refused there as a duplicate and harms nothing.
public struct DeviceSalvage: Sendable {
    /// Rows that were read.
    public internal(set) var rows = 0
    /// Rows that lie in the files and do not open.
    public internal(set) var damaged = 0
    /// Numbers of rows that are nowhere: later rows made most of them needless, as a store goes on.
    public internal(set) var missing = 0
    /// Pages that the disk did not give.
    public internal(set) var unreadablePages = 0
    /// This device's own work that waits, scope by scope; each change behind those that it names.
    public internal(set) var waiting: [Identifier: [Change]] = [:]
    /// Changes over all scopes.
    public var waitingCount: Int { waiting.values.reduce(0) { $0 + $1.count } }
    /// Who the device is was read; without that nothing can be handed in from it.
    public var hasIdentity: Bool { identity != nil }

    var identity: DeviceIdentity?
    var keys: [Identifier: SecretBytes] = [:]
    var scopes: [Identifier: DeviceScope] = [:]
    var settings: [DeviceSetting: Value] = [:]
    var contacts: [ServerContact] = []
    var epochs: [Identifier: UInt64] = [:]
    /// The highest number of a row that was read.
    var highest: Int64 = 0

    private struct Own {
        var epoch: UInt64?
        var changes: [Identifier: Change] = [:]
        var blocks: [Hash256: [Identifier]] = [:]
        var taken: Set<Hash256> = []
        var read: Set<Identifier> = []

        mutating func turn(to epoch: UInt64) {
            if self.epoch != epoch {
                taken = []
                read = []
            }
            self.epoch = epoch
        }
    }

    /// Reads what opens of `scans`, of which a later one counts more. Throws `newerVersion` where a newer program wrote a row.
    init(_ scans: [RowScan], _ sealer: RowSealer) throws {
        var sealed: [Int64: [UInt8]] = [:]
        var suspects: Set<Int64> = []
        for scan in scans {
            unreadablePages += scan.unreadablePages
            scan.forEach { number, bytes in
                guard sealer.isAuthentic(bytes, at: number) else {
                    suspects.insert(number)
                    return false
                }
                sealed[number] = bytes
                return true
            }
        }
        highest = sealed.keys.max() ?? 0
        missing = Int(highest) - sealed.count
        damaged = suspects.count { sealed[$0] == nil }
        missing -= suspects.count { sealed[$0] == nil && $0 < highest }
        let primitives = SystemPrimitives()
        var sealing: [Identifier: SealingKey] = [:]
        var own: [Identifier: Own] = [:]
        for (number, bytes) in sealed.sorted(by: { $0.key < $1.key }) {
            let row: DeviceRow
            do {
                let (content, scope) = try sealer.open(bytes, at: number) { sealing[$0] }
                row = try DeviceRow.read(content, of: scope, primitives)
            } catch let error as DeviceStoreError {
                throw error
            } catch {
                damaged += 1
                continue
            }
            rows += 1
            if case .key(let scope, let key) = row {
                sealing[scope] = try SealingKey(dataKey: key)
                keys[scope] = key
            }
            take(row, &own)
            if case .event(.scopeLeft(let scope)) = row { sealing[scope] = nil }
        }
        for (scope, own) in own {
            epochs[scope] = own.epoch
            let read = own.taken.reduce(into: own.read) { $0.formUnion(own.blocks[$1] ?? []) }
            let left = own.changes.values.filter { !read.contains($0.id) }
            if !left.isEmpty { waiting[scope] = Replica.inOrder(left) }
        }
    }

    private mutating func take(_ row: DeviceRow, _ own: inout [Identifier: Own]) {
        switch row {
        case .key: break
        case .learntAgain(let scope, let entry): Self.take(.learnt(entry, nil), &own[scope, default: Own()], identity?.device)
        case .event(let event):
            switch event {
            case .identity(let it): identity = it
            case .scopeAdded(let scope): scopes[scope.id] = scope
            case .scopeLeft(let scope):
                scopes[scope] = nil
                keys[scope] = nil
                own[scope] = nil
            case .contact(let contact):
                contacts.removeAll { ($0.outcome == .complete) == (contact.outcome == .complete) }
                contacts.append(contact)
            // Of a log that is read anew.
            case .checkpoint: break
            case .setting(let setting, let value): settings[setting] = value == .absent ? nil : value
            case .replica(let scope, let event): Self.take(event, &own[scope, default: Own()], identity?.device)
            }
        }
    }

    private static func take(_ event: ReplicaEvent, _ own: inout Own, _ device: Identifier?) {
        switch event {
        case .began(_, let epoch): own.turn(to: epoch)
        case .captured(let change): own.changes[change.id] = change
        case .sealed(let block):
            for change in block.changes { own.changes[change.id] = change }
            own.blocks[block.hash] = block.changes.map(\.id)
        case .receipted(let receipt):
            own.turn(to: receipt.epoch)
            own.taken.insert(receipt.block)
        case .learnt(let entry, let block):
            if case .block(let hash) = entry.content { own.taken.insert(hash) }
            if let block { own.read.formUnion(block.changes.map(\.id)) }
        case .proven(let signed): own.turn(to: signed.epoch)
        case .rebuilt(let epoch):
            own.taken = []
            own.read = []
            own.epoch = epoch
        case .examined: break
        }
    }

    /// The rows of the store that takes the damaged one's place: who the device is, its scopes with their keys, and what waits as fresh changes of a new
    /// incarnation of each stream, since nothing can be chained behind a gap. The log is read anew by the next sync.
    func write(to view: DeviceView, _ rows: any RowAccess, incarnation: () throws -> UInt64) throws {
        guard let identity else { throw DeviceStoreError.damagedFile }
        func append(_ event: DeviceEvent) throws { _ = try view.append(event, rows) }
        try append(.identity(identity))
        for contact in contacts { try append(.contact(contact)) }
        for (setting, value) in settings.sorted(by: { $0.key < $1.key }) { try append(.setting(setting, value)) }
        // What was withdrawn and redacted is known to headquarters alone now: nothing is shown before it speaks.
        try append(.setting(.lease, .group([Value.Member(1, .int(.max)), Value.Member(2, .int(0))])))
        for (id, key) in keys.sorted(by: { $0.key < $1.key }) {
            // One whose own row is lost comes anew with the next greeting, unless work waits in it: that is captured in engagements alone.
            guard let scope = scopes[id] ?? (waiting[id] == nil ? nil : DeviceScope(id: id, kind: .engagement, name: "")) else { continue }
            try view.adopt(key, of: id, rows)
            try append(.scopeAdded(scope))
            try append(.replica(id, .began(StreamName(device: identity.device, incarnation: try incarnation(), scope: id), epoch: epochs[id] ?? 0)))
            for change in waiting[id] ?? [] { try append(.replica(id, .captured(change))) }
        }
    }
}

extension RowSealer {
    /// Does the store's own seal stand over the row? What a scope's key seals inside it is not looked at.
    func isAuthentic(_ sealed: [UInt8], at number: Int64) -> Bool {
        do {
            _ = try open(sealed, at: number) { _ in nil }
            return true
        } catch is SealError { return false } catch { return true }
    }
}

extension DeviceStore {
    /// Reads what opens of a store that is damaged; alters nothing.
    public func lookAtSalvage(with proof: DeviceProof, by stretching: any PassphraseStretching = Scrypt()) throws(DeviceStoreError) -> DeviceSalvage {
        do { return try salvage(try key(for: proof, by: stretching)) } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }

    /// With the key that an open store gave out.
    public func lookAtSalvage(storeKey: SecretBytes) throws(DeviceStoreError) -> DeviceSalvage {
        do { return try salvage(storeKey) } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }

    /// Puts a store in the damaged one's place that holds everything of it that could be read and is not headquarters' own: same device, same passphrase,
    /// same attachments. The damaged files stay beside it in a folder of their own until `removeSalvaged`, and are wiped with it. Cut off at any point, the one store or the other
    /// opens. Throws `syncRunning`; `damagedFile` where nothing says any more who the device is: then nothing was altered.
    public func salvage(with proof: DeviceProof, by stretching: any PassphraseStretching = Scrypt()) throws(DeviceStoreError) -> DeviceSalvage {
        do {
            let key = try key(for: proof, by: stretching)
            let sync = try SyncLock.take(path: files.syncLock)
            defer { withExtendedLifetime(sync) {} }
            // What it went on to store would be in the file that is put aside.
            guard try !files.isOpenElsewhere() else { throw DeviceStoreError.busy }
            let salvage = try salvage(key)
            guard salvage.hasIdentity else { throw DeviceStoreError.damagedFile }
            let files = files
            try files.replaceRows { path throws in
                let shelf = try SQLiteRowShelf(path: path, create: true)
                let view = DeviceView(sealer: RowSealer(store: try id, key: try SealingKey(dataKey: key)), after: salvage.highest)
                try shelf.write { rows in try salvage.write(to: view, rows) { try Randomness.word() } }
                try shelf.close()
            }
            return salvage
        } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }

    /// Removes the damaged files that were put aside: once a sync has got to its end, headquarters has what was readable in them, and what it has
    /// redacted since must not outlast that in them. Returns how many there were.
    public func removeSalvaged() throws(DeviceStoreError) -> Int { try files.removeDamaged() }

    private func salvage(_ key: SecretBytes) throws -> DeviceSalvage {
        let sealer = RowSealer(store: try id, key: try SealingKey(dataKey: key))
        return try DeviceSalvage(try (files.damaged() + [files.rows]).compactMap { try RowScan.of($0) }, sealer)
    }
}
