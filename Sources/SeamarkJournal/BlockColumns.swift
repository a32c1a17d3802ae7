/// The changes of a block, column by column (`Protocol/SPEC.md`, "Columns"): like beside like deflates well.
///
/// Seven columns, each with its length before it: stamps and edit counts; records in order of first use; each edit's
/// record; targets; values; references; changes of other blocks that references name.
enum BlockColumns {
    private static let columnCount = 7

    static func write(_ changes: [Change]) -> [UInt8] {
        var heads = ByteWriter()
        var records = ByteWriter()
        var uses = ByteWriter()
        var targets = ByteWriter()
        var values = ByteWriter()
        var references = ByteWriter()
        var others = ByteWriter()
        var recordIndex: [RecordKey: Int] = [:]
        var otherIndex: [Identifier: Int] = [:]
        var changeIndex: [Identifier: Int] = [:]
        var lastTime: Int64 = 0
        var lastRecord = 0
        var lastKey: RecordKey?

        func write(_ names: [EditName], at place: Int) {
            references.count(names.count)
            for name in names {
                // An even number counts changes back inside this block; an odd one points at the list of others.
                if let index = changeIndex[name.change] {
                    references.count((place - index) * 2)
                } else {
                    let index = otherIndex[name.change] ?? otherIndex.count
                    if index == otherIndex.count {
                        otherIndex[name.change] = index
                        others.identifier(name.change)
                    }
                    references.count(index * 2 + 1)
                }
                references.varint(UInt64(name.index))
            }
        }

        for (place, change) in changes.enumerated() {
            heads.signed(change.stamp.time &- lastTime)
            heads.count(change.edits.count)
            lastTime = change.stamp.time
            // By index: an edit taken out whole costs a retain for each thing it holds, and this is the hot path.
            for edit in change.edits.indices {
                let key = RecordKey(record: change.edits[edit].record, type: change.edits[edit].type)
                if key != lastKey {
                    let index = recordIndex[key] ?? recordIndex.count
                    if index == recordIndex.count {
                        recordIndex[key] = index
                        records.varint(UInt64(key.type))
                        records.identifier(key.record)
                    }
                    uses.signed(Int64(index - lastRecord))
                    lastRecord = index
                    lastKey = key
                } else {
                    uses.signed(0)
                }
                targets.varint(change.edits[edit].target.code)
                if case .element(_, let element) = change.edits[edit].target { element.write(to: &values) }
                switch change.edits[edit].content {
                case .open(let value): value.write(to: &values)
                case .sensitive, .withheld: values.byte(Value.sensitiveTag)
                }
                write(change.edits[edit].supersedes, at: place)
                if case .life = change.edits[edit].target { write(change.edits[edit].witnessed, at: place) }
            }
            changeIndex[change.id] = place
        }
        let columns = [heads, records, uses, targets, values, references, others]
        var writer = ByteWriter(capacity: columns.reduce(32) { $0 + $1.count })
        for column in columns { writer.blob(column.bytes) }
        return writer.bytes
    }

    static func read(
        _ bytes: [UInt8], count: Int, stream: StreamName, member: Identifier, schema: UInt32,
        parts: [SensitivePart], leaves: [Hash256], _ primitives: any Primitives
    ) throws(DecodeError) -> [Change] {
        var whole = ByteReader(bytes)
        var columns: [ByteReader] = []
        for _ in 0..<columnCount { columns.append(ByteReader(try whole.blob())) }
        try whole.finish()
        var heads = columns[0]
        var uses = columns[2]
        var targets = columns[3]
        var values = columns[4]
        let records = try readRecords(&columns[1])
        var references = References(column: columns[5], others: try readOthers(&columns[6]))
        var changes: [Change] = []
        changes.reserveCapacity(count)
        var scratch = ByteWriter(capacity: 2048)
        var lastTime: Int64 = 0
        var lastRecord = 0
        var usedRecords = 0
        var nextPart = 0
        // What hostile columns can make us hold is bounded while they are read: few bytes inflate to many edits and names.
        var editsLeft = Block.mostEdits
        var namesLeft = Block.mostNames
        for _ in 0..<count {
            lastTime = lastTime &+ (try heads.signed())
            let editCount = try heads.count(each: 0, atMost: Change.mostEdits)
            // Each edit takes at least a byte of three columns.
            guard editCount >= 1, editCount <= uses.remaining, editCount <= targets.remaining, editCount <= values.remaining else {
                throw DecodeError(.truncated, reading: "edits")
            }
            guard editCount <= editsLeft else { throw DecodeError(.outOfBounds, reading: "edits of a block") }
            editsLeft -= editCount
            var room = Change.longest
            var edits: [Edit] = []
            edits.reserveCapacity(editCount)
            let firstPart = nextPart
            for _ in 0..<editCount {
                let (record, overflow) = Int64(lastRecord).addingReportingOverflow(try uses.signed())
                guard !overflow, record >= 0, record < Int64(records.count) else { throw DecodeError(.badReference, reading: "record") }
                lastRecord = Int(record)
                guard lastRecord <= usedRecords else { throw DecodeError(.wrongOrder, reading: "records") }
                if lastRecord == usedRecords { usedRecords += 1 }
                let valuesFrom = values.position
                let target = try readTarget(try targets.varint(), &values)
                let tag = try values.varint()
                if target.hasBoolean, tag != 1, tag != 2 { throw DecodeError(.outOfBounds, reading: "content of life or of an element") }
                let content: Content
                if tag == UInt64(Value.sensitiveTag) {
                    guard nextPart < parts.count else { throw DecodeError(.badRoot, reading: "sensitive parts") }
                    switch parts[nextPart] {
                    case .value(let sensitive): content = .sensitive(sensitive)
                    case .leaf(let leaf): content = .withheld(leaf: leaf)
                    }
                    nextPart += 1
                } else {
                    content = .open(try Value.read(tag: tag, from: &values, depth: 0))
                }
                // At least so much of the change's encoding: record, type, target, value, count of names.
                room -= 16 + 1 + 1 + (values.position - valuesFrom) + 1
                guard room >= 0 else { throw DecodeError(.outOfBounds, reading: "length of a change") }
                let supersedes = try references.next(in: changes, atMost: min(namesLeft, room / EditName.leastSize))
                namesLeft -= supersedes.count
                room -= supersedes.count * EditName.leastSize
                let witnessed =
                    target == .life ? try references.next(in: changes, atMost: min(namesLeft, room / EditName.leastSize)) : []
                namesLeft -= witnessed.count
                room -= witnessed.count * EditName.leastSize
                edits.append(
                    Edit(
                        record: records[lastRecord].record, type: records[lastRecord].type, target: target, content: content,
                        supersedes: supersedes, witnessed: witnessed))
            }
            let change = Change(
                scope: stream.scope, stamp: Stamp(time: lastTime, device: stream.device), member: member, schema: schema,
                edits: edits, leaves: leaves[firstPart..<nextPart], scratch: &scratch, primitives: primitives)
            guard scratch.count <= Change.longest else { throw DecodeError(.outOfBounds, reading: "length of a change") }
            changes.append(change)
        }
        guard nextPart == parts.count else { throw DecodeError(.badRoot, reading: "sensitive parts") }
        for column in [heads, uses, targets, values, references.column] { try column.finish() }
        guard Set(records).count == records.count else { throw DecodeError(.wrongOrder, reading: "records") }
        guard usedRecords == records.count else { throw DecodeError(.trailingBytes, reading: "records") }
        try references.finish(changes)
        return changes
    }

    /// An inflated length, then `compressed` bytes less that length's own: inflates them, both bounds checked before.
    static func inflate(_ reader: inout ByteReader, _ available: Int, _ primitives: any Primitives) throws(DecodeError) -> [UInt8] {
        let length = try reader.count(each: 0, atMost: Block.longestColumns)
        let rest = try reader.raw(reader.remaining)
        guard length <= max(64, rest.count) * 100 else { throw DecodeError(.outOfBounds, reading: "inflated length") }
        do {
            return try primitives.inflate(rest.span, toExactly: length)
        } catch {
            throw DecodeError(.damaged, reading: "deflated bytes")
        }
    }

    private struct RecordKey: Hashable {
        let record: Identifier
        let type: UInt32
    }

    private static func readRecords(_ column: inout ByteReader) throws(DecodeError) -> [RecordKey] {
        var records: [RecordKey] = []
        records.reserveCapacity(column.remaining / 17)
        while column.remaining > 0 {
            guard let type = UInt32(exactly: try column.varint()) else { throw DecodeError(.outOfBounds, reading: "type") }
            records.append(RecordKey(record: try column.identifier(), type: type))
        }
        return records
    }

    private static func readOthers(_ column: inout ByteReader) throws(DecodeError) -> [Identifier] {
        var others: [Identifier] = []
        while column.remaining > 0 { others.append(try column.identifier()) }
        return others
    }

    private static func readTarget(_ code: UInt64, _ values: inout ByteReader) throws(DecodeError) -> Target {
        guard code != 0 else { return .life }
        guard code >= 2, let number = UInt32(exactly: code / 2) else { throw DecodeError(.outOfBounds, reading: "target") }
        return code.isMultiple(of: 2) ? .field(number) : .element(number, try Value.read(from: &values))
    }

    /// The column of references, and what they resolve to.
    private struct References {
        var column: ByteReader
        let others: [Identifier]
        private var usedOthers = 0

        init(column: ByteReader, others: [Identifier]) {
            self.column = column
            self.others = others
        }

        /// Every change of another block is there once, is named, and is not of this block.
        func finish(_ changes: [Change]) throws(DecodeError) {
            guard !others.isEmpty else { return }
            let distinct = Set(others)
            guard distinct.count == others.count, changes.allSatisfy({ !distinct.contains($0.id) }) else {
                throw DecodeError(.wrongOrder, reading: "changes of other blocks")
            }
            guard usedOthers == others.count else { throw DecodeError(.trailingBytes, reading: "changes of other blocks") }
        }

        mutating func next(in changes: [Change], atMost limit: Int) throws(DecodeError) -> [EditName] {
            let count = try column.count(each: 2)
            guard count > 0 else { return [] }
            guard count <= limit else { throw DecodeError(.outOfBounds, reading: "count of names") }
            var names: [EditName] = []
            names.reserveCapacity(count)
            for _ in 0..<count {
                let code = try column.varint()
                let back = code / 2
                let change: Identifier
                if code.isMultiple(of: 2) {
                    guard back >= 1, back <= UInt64(changes.count) else { throw DecodeError(.badReference, reading: "change in this block") }
                    change = changes[changes.count - Int(back)].id
                } else {
                    guard back < UInt64(others.count) else { throw DecodeError(.badReference, reading: "change in another block") }
                    guard back <= UInt64(usedOthers) else { throw DecodeError(.wrongOrder, reading: "changes of other blocks") }
                    if back == UInt64(usedOthers) { usedOthers += 1 }
                    change = others[Int(back)]
                }
                guard let index = UInt32(exactly: try column.varint()) else { throw DecodeError(.outOfBounds, reading: "edit") }
                let name = EditName(change: change, index: index)
                if let last = names.last, last >= name { throw DecodeError(.wrongOrder, reading: "references") }
                names.append(name)
            }
            return names
        }
    }
}
