import SeamarkCrypto
import SeamarkJournal
import SeamarkStore
import Testing

/// A random life of a device over one scope, by a seed: capturing, sealing, pushing, pulling, new incarnations, rebuilds, in
/// two processes that take turns on one store.
struct DeviceHistory {
    private var random: SplitMix
    private var log = SampleLog()
    private var time: Int64 = 1_700_000_000_000
    private var incarnation: UInt64 = 1
    private let signer = SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
    let processes: [OpenDeviceStore]

    init(seed: UInt64, _ first: OpenDeviceStore, _ second: OpenDeviceStore) throws {
        random = SplitMix(state: seed)
        processes = [first, second]
        try first.transaction { try $0.append(Sample.begin()) }
    }

    mutating func step() throws {
        time += Int64(random.below(2000))
        let process = processes[random.below(2)]
        switch random.below(14) {
        case 0...3: try capture(process)
        case 4, 5: try process.transaction { tx in try seal(tx) }
        case 6, 7: try push(process)
        case 8, 9:
            let count = random.below(4)
            try process.transaction { tx in try tx.append(log.events(after: replica(tx).cursor, atMost: count)) }
        case 10:
            let changes = (0...random.below(3)).map { Sample.change("theirs \($0)", at: time + Int64($0), of: 100 + UInt64(random.below(4)), by: Sample.otherDevice) }
            log.colleagueWrites(changes, at: time)
        case 11: log.release(at: time)
        case 12:
            let few = random.below(6)
            incarnation += 1
            try process.transaction { tx in
                if few == 0 { try tx.append(.replica(Sample.scope, .rebuilt(epoch: log.epoch))) }
                if few == 1 { try tx.append(.replica(Sample.scope, .began(Sample.stream(incarnation), epoch: log.epoch))) }
            }
        case _:
            let value = Value.int(Int64(random.below(100)))
            try process.transaction { tx in
                try tx.append(.setting(.lease, value))
                try tx.append(.contact(ServerContact(outcome: value == .int(1) ? .complete : .unreachable, time: time)))
                try tx.append(.scopeAdded(DeviceScope(id: Sample.scope, kind: .engagement, name: "Fictitious \(value)")))
            }
        }
    }

    private func replica(_ tx: DeviceTransaction) -> Replica { tx.state.replicas[Sample.scope]! }

    private mutating func capture(_ process: OpenDeviceStore) throws {
        let record = 100 + UInt64(random.below(4))
        let text = "mine \(random.below(1000))"
        try process.transaction { tx in
            var clock = tx.state.clock
            let heads = replica(tx).record(Sample.id(record))?.heads(of: .field(1)).map(\.name) ?? []
            try tx.append(
                .replica(Sample.scope, .captured(Sample.change(text, at: clock.stamp(now: time).time, of: record, superseding: heads))))
        }
    }

    private func seal(_ tx: DeviceTransaction) throws {
        let replica = replica(tx)
        let count = min(Block.portion(of: replica.fresh[...]), 3)
        guard count > 0 else { return }
        let block = Block.seal(
            Array(replica.fresh.prefix(count)), in: replica.stream, after: replica.end, by: signer, Sample.primitives)
        try tx.append(.replica(Sample.scope, .sealed(block)))
    }

    private mutating func push(_ process: OpenDeviceStore) throws {
        let dice = random.below(3)
        guard let next = try process.transaction({ tx in replica(tx).waiting.first }) else { return }
        let block = try #require(try process.block(next.end.hash, of: Sample.scope))
        let receipt = log.take(block, at: time) { $0.id.low % 3 == UInt64(dice) }
        try process.transaction { tx in try tx.append(.replica(Sample.scope, .receipted(receipt))) }
    }
}

/// Steele, Lea, Flood 2014.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
