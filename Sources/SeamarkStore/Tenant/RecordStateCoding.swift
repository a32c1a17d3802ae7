internal import SeamarkJournal

/// A record's heads as the bytes of its row.
///
/// Each change that heads come from is written once, with its author and times; then the targets, each with its heads by
/// number of change and place in it. A sensitive value is written as its leaf hash alone: the value lies sealed in a row of
/// its own, so that redacting it leaves this row as it is.
enum RecordStateCoding {
    private static let version: UInt8 = 1

    /// - Parameter sensitive: receives the record's sensitive values with their leaf hashes; withheld ones have none.
    static func encode(
        _ state: RecordState, sensitive: inout [(leaf: Hash256, value: SensitiveValue?)], _ primitives: any Primitives
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: 160 + state.slots.count * 40)
        writer.byte(version)
        // By index throughout: a head taken out whole costs a retain for each thing it holds, and this is the hot path.
        var origins: [(change: Identifier, slot: Int, head: Int)] = []
        for slot in state.slots.indices {
            for head in state.slots[slot].heads.indices {
                let change = state.slots[slot].heads[head].name.change
                if origins.last?.change != change, !origins.contains(where: { $0.change == change }) {
                    origins.append((change, slot, head))
                }
            }
        }
        writer.count(origins.count)
        for (change, slot, head) in origins {
            let stamp = state.slots[slot].heads[head].stamp
            writer.identifier(change)
            writer.identifier(stamp.device)
            writer.identifier(state.slots[slot].heads[head].member)
            writer.signed(stamp.time)
            writer.signed(state.slots[slot].heads[head].effective &- stamp.time)
        }
        writer.count(state.slots.count)
        var origin = 0
        for slot in state.slots.indices {
            let isLife = if case .life = state.slots[slot].target { true } else { false }
            write(state.slots[slot].target, to: &writer)
            writer.count(state.slots[slot].heads.count)
            for head in state.slots[slot].heads.indices {
                let name = state.slots[slot].heads[head].name
                if origins[origin].change != name.change { origin = origins.firstIndex { $0.change == name.change } ?? 0 }
                writer.count(origin)
                writer.varint(UInt64(name.index))
                switch state.slots[slot].heads[head].content {
                case .open(let value):
                    writer.byte(0)
                    value.write(to: &writer)
                case .sensitive(let value):
                    let leaf = SensitiveTree.leaf(value, primitives)
                    sensitive.append((leaf, value))
                    writer.byte(1)
                    writer.hash(leaf)
                case .withheld(let leaf):
                    sensitive.append((leaf, nil))
                    writer.byte(1)
                    writer.hash(leaf)
                }
                if isLife { write(state.slots[slot].heads[head].witnessed, to: &writer) }
            }
        }
        writer.count(state.early.count)
        for early in state.early {
            write(early.target, to: &writer)
            writer.identifier(early.name.change)
            writer.varint(UInt64(early.name.index))
        }
        return writer.bytes
    }

    /// - Parameter value: finds the sensitive value of a leaf hash; nil where it was redacted.
    static func decode(
        _ bytes: [UInt8], type: UInt32, value: (Hash256) throws(StoreError) -> SensitiveValue?
    ) throws(StoreError) -> RecordState {
        do {
            return try read(ByteReader(bytes), type: type, value: value)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.damaged, doing: "reading a record's heads", detail: "not what was written; verify the store")
        }
    }

    private static func read(
        _ bytes: ByteReader, type: UInt32, value: (Hash256) throws(StoreError) -> SensitiveValue?
    ) throws -> RecordState {
        var reader = bytes
        guard try reader.byte() == version else { throw DecodeError(.badMagic, reading: "heads") }
        var origins: [(change: Identifier, stamp: Stamp, member: Identifier, effective: Int64)] = []
        for _ in 0..<(try reader.count(each: 50)) {
            let change = try reader.identifier()
            let device = try reader.identifier()
            let member = try reader.identifier()
            let time = try reader.signed()
            origins.append((change, Stamp(time: time, device: device), member, time &+ (try reader.signed())))
        }
        var slots: [RecordState.Slot] = []
        let slotCount = try reader.count(each: 2)
        slots.reserveCapacity(slotCount)
        for _ in 0..<slotCount {
            let target = try readTarget(&reader)
            var heads: [Head] = []
            for _ in 0..<(try reader.count(each: 3)) {
                let origin = try reader.varint()
                guard origin < UInt64(origins.count) else { throw DecodeError(.badReference, reading: "change") }
                let (change, stamp, member, effective) = origins[Int(origin)]
                guard let index = UInt32(exactly: try reader.varint()) else { throw DecodeError(.outOfBounds, reading: "edit") }
                let content: Content
                switch try reader.byte() {
                case 0: content = .open(try Value.read(from: &reader))
                case 1:
                    let leaf = try reader.hash()
                    content = try value(leaf).map { .sensitive($0) } ?? .withheld(leaf: leaf)
                case _: throw DecodeError(.outOfBounds, reading: "content")
                }
                heads.append(
                    Head(
                        name: EditName(change: change, index: index), effective: effective, stamp: stamp, member: member,
                        content: content, witnessed: target == .life ? try readNames(&reader) : []))
            }
            slots.append(RecordState.Slot(target: target, heads: heads))
        }
        var early: [RecordState.Early] = []
        for _ in 0..<(try reader.count(each: 18)) {
            early.append(RecordState.Early(target: try readTarget(&reader), name: try readName(&reader)))
        }
        try reader.finish()
        return RecordState(type: type, slots: slots, early: early)
    }

    private static func write(_ names: [EditName], to writer: inout ByteWriter) {
        writer.count(names.count)
        for name in names {
            writer.identifier(name.change)
            writer.varint(UInt64(name.index))
        }
    }

    private static func readNames(_ reader: inout ByteReader) throws -> [EditName] {
        var names: [EditName] = []
        for _ in 0..<(try reader.count(each: 17)) {
            names.append(try readName(&reader))
        }
        return names
    }

    private static func readName(_ reader: inout ByteReader) throws -> EditName {
        let change = try reader.identifier()
        guard let index = UInt32(exactly: try reader.varint()) else { throw DecodeError(.outOfBounds, reading: "edit") }
        return EditName(change: change, index: index)
    }

    private static func write(_ target: Target, to writer: inout ByteWriter) {
        switch target {
        case .life: writer.varint(0)
        case .field(let number): writer.varint(UInt64(number) << 1)
        case .element(let number, let element):
            writer.varint(UInt64(number) << 1 | 1)
            element.write(to: &writer)
        }
    }

    private static func readTarget(_ reader: inout ByteReader) throws -> Target {
        let code = try reader.varint()
        if code == 0 { return .life }
        guard let number = UInt32(exactly: code >> 1) else { throw DecodeError(.outOfBounds, reading: "target") }
        return code & 1 == 0 ? .field(number) : .element(number, try Value.read(from: &reader))
    }
}

extension RecordState {
    /// The record with its sensitive values withheld. `leaves`: their hashes, in the order of the heads.
    func withholding(_ leaves: [Hash256]) -> RecordState {
        guard !leaves.isEmpty else { return self }
        var rest = leaves[...]
        let slots = slots.map { slot in
            Slot(
                target: slot.target,
                heads: slot.heads.map { head in
                    switch head.content {
                    case .open: return head
                    case .sensitive, .withheld:
                        guard let leaf = rest.popFirst() else { preconditionFailure("a leaf for every sensitive head") }
                        return Head(
                            name: head.name, effective: head.effective, stamp: head.stamp, member: head.member,
                            content: .withheld(leaf: leaf), witnessed: head.witnessed)
                    }
                })
        }
        return RecordState(type: type, slots: slots, early: early)
    }
}
