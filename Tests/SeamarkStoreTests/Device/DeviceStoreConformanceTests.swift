import SeamarkCrypto
import SeamarkJournal
import SeamarkStore
import Testing

/// What holds for a store on disk and for one in memory alike.
@Suite struct DeviceStoreConformanceTests {
    @Test(arguments: StoreInPlace.Place.allCases, UInt64(0)..<12)
    func `a store opened anew adds up to the state that was left`(place: StoreInPlace.Place, seed: UInt64) throws {
        let held = try StoreInPlace(place)
        var history = try DeviceHistory(seed: seed, held.open(), held.open())
        for step in 0..<90 {
            try history.step()
            guard step % 15 == 14 else { continue }
            for process in history.processes { try process.refresh() }
            let reopened = try held.open().state.portrait
            #expect(try history.processes[0].state.portrait == reopened)
            #expect(try history.processes[1].state.portrait == reopened)
        }
        #expect(try held.open().state.replicas[Sample.scope]!.history.count > 10)
    }

    @Test(arguments: StoreInPlace.Place.allCases)
    func `a change goes from captured to sealed to receipted to learnt`(place: StoreInPlace.Place) throws {
        let held = try StoreInPlace(place)
        let store = try held.open()
        let signer = try SigningKey.generate()
        let change = Sample.change("a", at: 5)
        try store.transaction { try $0.append(Sample.begin() + [.replica(Sample.scope, .captured(change))]) }
        #expect(try store.state.unsentCount == 1)
        let block = Block.seal([change], in: Sample.stream(), after: .beginning, by: signer, Sample.primitives)
        try store.transaction { try $0.append(.replica(Sample.scope, .sealed(block))) }
        #expect(try held.open().block(block.hash, of: Sample.scope)?.bytes == block.bytes)
        #expect(try held.open().block(block.hash, of: Sample.scope)?.sensitiveParts == block.sensitiveParts)
        #expect(try held.open().block(.zero, of: Sample.scope) == nil)
        var log = SampleLog()
        let receipt = log.take(block, at: 6)
        try store.transaction { try $0.append(.replica(Sample.scope, .receipted(receipt))) }
        #expect(try store.state.unsentCount == 0)
        #expect(try store.state.replicas[Sample.scope]?.overlay.count == 1)
        try store.transaction { try $0.append(log.events(after: .beginning)) }
        let reopened = try held.open().state
        #expect(reopened.replicas[Sample.scope]?.overlay.isEmpty == true)
        #expect(reopened.replicas[Sample.scope]?.cursor == log.place)
        #expect(reopened.clock.last == 5)
        var receipts: [Receipt] = []
        try held.open().forEachEvent { if case .replica(_, .receipted(let receipt)) = $1 { receipts.append(receipt) } }
        #expect(receipts == [receipt])
    }

    private static func kind(_ event: ReplicaEvent) -> [String] {
        switch event {
        case .captured: ["captured"]
        case .sealed: ["sealed"]
        case .learnt(_, let block): ["learnt \(block?.changes.count ?? 0)"]
        case .began, .receipted, .proven, .examined, .rebuilt: []
        }
    }

    @Test(arguments: StoreInPlace.Place.allCases)
    func `stamps of others, however far ahead, move no clock of this device`(place: StoreInPlace.Place) throws {
        let held = try StoreInPlace(place)
        let store = try held.open()
        var log = SampleLog()
        log.colleagueWrites([Sample.change("years ahead", at: 4_000_000_000_000, by: Sample.otherDevice)], at: 6)
        try store.transaction {
            try $0.append(Sample.begin() + [.replica(Sample.scope, .captured(Sample.change("mine", at: 5)))] + log.events(after: .beginning))
        }
        #expect(try store.state.clock.last == 5 && held.open().state.clock.last == 5)
    }

    @Test(arguments: StoreInPlace.Place.allCases)
    func `captured rows end with the block that holds them, and its bytes are kept once`(place: StoreInPlace.Place) throws {
        let held = try StoreInPlace(place)
        let store = try held.open()
        let changes = (0..<5).map { Sample.change("row \($0)", at: Int64($0 + 1)) }
        try store.transaction { try $0.append(Sample.begin() + changes.map { .replica(Sample.scope, .captured($0)) }) }
        let block = Block.seal(
            Array(changes[..<3]), in: Sample.stream(), after: .beginning, by: try SigningKey.generate(), Sample.primitives)
        var log = SampleLog()
        try store.transaction { tx in
            try tx.append(.replica(Sample.scope, .sealed(block)))
            try tx.append(.replica(Sample.scope, .receipted(log.take(block, at: 9))))
            try tx.append(log.events(after: .beginning))
            try tx.append(.replica(Sample.scope, .rebuilt(epoch: 2)))
            try tx.append(log.events(after: .beginning))
        }
        var kinds: [String] = []
        var rows: [Int64] = []
        try held.open().forEachEvent { number, event in
            rows.append(number)
            if case .replica(_, let event) = event { kinds += Self.kind(event) }
        }
        #expect(kinds == ["captured", "captured", "sealed", "learnt 3", "learnt 3"])
        kinds = []
        try held.open().forEachEvent(of: Sample.scope) { kinds += Self.kind($0) }
        #expect(kinds == ["captured", "captured", "sealed", "learnt 3", "learnt 3"], "the events of one scope are what all events say of it")
        try store.forEachEvent(of: Identifier(high: 1, low: 1)) { _ in Issue.record("a scope that the device does not hold has no events") }
        #expect(rows == rows.sorted())
        #expect(try held.open().state.portrait == store.state.portrait)
    }

    @Test(arguments: StoreInPlace.Place.allCases)
    func `a process that ends between a new incarnation and the next block has lost nothing`(place: StoreInPlace.Place) throws {
        let held = try StoreInPlace(place)
        let store = try held.open()
        let change = Sample.change("sealed, and in no receipt", at: 5)
        let block = Block.seal([change], in: Sample.stream(), after: .beginning, by: try SigningKey.generate(), Sample.primitives)
        try store.transaction { try $0.append(Sample.begin() + [.replica(Sample.scope, .captured(change)), .replica(Sample.scope, .sealed(block))]) }
        try store.transaction { try $0.append(.replica(Sample.scope, .began(Sample.stream(2), epoch: 1))) }
        let reopened = try held.open()
        #expect(try reopened.state.portrait == store.state.portrait)
        #expect(try reopened.state.replicas[Sample.scope]?.fresh.map(\.id) == [change.id])
        #expect(try reopened.block(block.hash, of: Sample.scope)?.bytes == block.bytes, "the old branch is kept too")
    }

    @Test(arguments: StoreInPlace.Place.allCases)
    func `two processes see each other's events, each once and in order`(place: StoreInPlace.Place) throws {
        let held = try StoreInPlace(place)
        let first = try held.open()
        let second = try held.open()
        try first.transaction { try $0.append(Sample.begin()) }
        var seen: [Int64] = []
        func times(_ events: [DeviceEvent]) -> [Int64] {
            events.compactMap { if case .replica(_, .captured(let change)) = $0 { change.stamp.time } else { nil } }
        }
        for time in stride(from: Int64(1), to: 40, by: 2) {
            try first.transaction { try $0.append(.replica(Sample.scope, .captured(Sample.change("a", at: time)))) }
            try second.transaction { tx in
                seen += times(tx.tail)
                #expect(tx.state.clock.last == time)
                try tx.append(.replica(Sample.scope, .captured(Sample.change("b", at: time + 1))))
            }
            #expect(times(try first.refresh()) == [time + 1])
        }
        #expect(seen == Array(stride(from: Int64(1), to: 40, by: 2)))
        #expect(try first.state.portrait == second.state.portrait)
    }

    @Test(arguments: StoreInPlace.Place.allCases)
    func `many threads append at once and nothing is lost`(place: StoreInPlace.Place) async throws {
        let held = try StoreInPlace(place)
        let stores = try (0..<3).map { _ in try held.open() }
        try stores[0].transaction { try $0.append(Sample.begin()) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, store) in stores.enumerated() {
                group.addTask {
                    for round in 0..<20 {
                        let change = Sample.change("t", at: Int64(index * 1000 + round + 1))
                        try store.transaction { try $0.append(.replica(Sample.scope, .captured(change))) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try held.open().state.unsentCount == 60)
    }

    @Test(arguments: StoreInPlace.Place.allCases)
    func `a transaction that fails keeps nothing, in memory or on disk`(place: StoreInPlace.Place) throws {
        struct Mind: Error {}
        let held = try StoreInPlace(place)
        let store = try held.open()
        try store.transaction { try $0.append(Sample.begin()) }
        let before = try store.state.portrait
        #expect(throws: Mind.self) {
            try store.transaction { tx in
                try tx.append(.replica(Sample.scope, .captured(Sample.change("a", at: 1))))
                try tx.append(.scopeAdded(DeviceScope(id: Sample.otherScope, kind: .shared, name: "b")))
                throw Mind()
            }
        }
        #expect(try store.state.portrait == before)
        #expect(try held.open().state.portrait == before)
        try store.transaction { try $0.append(.replica(Sample.scope, .captured(Sample.change("c", at: 2)))) }
        #expect(try held.open().state.unsentCount == 1)
    }

    @Test(arguments: StoreInPlace.Place.allCases)
    func `a scope that was left is gone, and entered again it is new`(place: StoreInPlace.Place) throws {
        let held = try StoreInPlace(place)
        let store = try held.open()
        let other = try held.open()
        try store.transaction { tx in
            try tx.append(Sample.begin() + Sample.begin(Sample.otherScope))
            try tx.append(.setting(.currentScope, .id(Sample.scope)))
            try tx.append(.replica(Sample.scope, .captured(Sample.change("a", at: 1))))
            try tx.append(.replica(Sample.otherScope, .captured(Sample.change("b", at: 2, in: Sample.otherScope))))
        }
        try other.refresh()
        try store.transaction { try $0.append(.scopeLeft(Sample.scope)) }
        try other.refresh()
        for state in [try store.state, try other.state, try held.open().state] {
            #expect(state.scopeIDs == [Sample.otherScope])
            #expect(state.replicas[Sample.scope] == nil)
            #expect(state.settings[.currentScope] == nil)
            #expect(state.unsentCount == 1)
        }
        try store.transaction { try $0.append(Sample.begin(incarnation: 2)) }
        try other.transaction { try $0.append(.replica(Sample.scope, .captured(Sample.change("c", at: 3)))) }
        #expect(try held.open().state.replicas[Sample.scope]?.fresh.count == 1)
    }

    @Test(arguments: StoreInPlace.Place.allCases)
    func `one sync runs at a time, beside other work`(place: StoreInPlace.Place) throws {
        let held = try StoreInPlace(place)
        let first = try held.open()
        let second = try held.open()
        var running: SyncLock? = try first.takeSyncLock()
        #expect(throws: DeviceStoreError.syncRunning) { _ = try second.takeSyncLock() }
        try second.transaction { try $0.append(Sample.begin()) }
        withExtendedLifetime(running) {}
        running = nil
        _ = try second.takeSyncLock()
    }

    @Test(arguments: StoreInPlace.Place.allCases)
    func `only the last identity, contact, setting and name are kept`(place: StoreInPlace.Place) throws {
        let held = try StoreInPlace(place)
        let store = try held.open()
        let signer = try SigningKey.generate()
        for round in Int64(0)..<10 {
            try store.transaction { tx in
                try tx.append(.identity(Sample.identity("Fictitious \(round)")))
                try tx.append(.scopeAdded(DeviceScope(id: Sample.scope, kind: .published, name: "Round \(round)", isWithdrawn: round == 9)))
                try tx.append(.contact(ServerContact(outcome: .complete, time: round, serverTime: round + 100)))
                try tx.append(.contact(ServerContact(outcome: .refused, time: round)))
                try tx.append(.setting(.lease, round == 9 ? .absent : .int(round)))
                try tx.append(.checkpoint(Checkpoint(epoch: 1, scopes: [], time: round, signer: signer)))
            }
        }
        let state = try held.open().state
        #expect(state.identity == Sample.identity("Fictitious 9"))
        #expect(state.scopes[Sample.scope] == DeviceScope(id: Sample.scope, kind: .published, name: "Round 9", isWithdrawn: true))
        #expect(state.lastContact == ServerContact(outcome: .refused, time: 9))
        #expect(state.lastComplete?.skew == 100)
        #expect(state.settings.isEmpty)
        #expect(state.checkpoint?.time == 9)
        var rows = 0
        try held.open().forEachEvent { _, _ in rows += 1 }
        #expect(rows == 6)
    }
}
