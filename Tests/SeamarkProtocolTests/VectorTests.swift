import SeamarkCrypto
import SeamarkJournal
import Testing

/// What a second implementation, written from SPEC.md alone, says that bytes mean: this one must say the same.
@Suite struct VectorTests {
    struct Encodings: Decodable {
        struct Good: Decodable {
            let type: String
            let bytes: Vectors.Bytes
            let meaning: String
        }

        struct Derived: Decodable {
            let purpose: String
            let parts: Vectors.Bytes
            let id: Vectors.Bytes
        }

        let good: [Good]
        let derived: [Derived]
        let bad: [Vectors.Bad]
    }

    @Test func `every basic encoding means what the second implementation says`() throws {
        let file: Encodings = try Vectors.file("encodings")
        #expect(file.good.count >= 30)
        for good in file.good {
            let meaning = try Vectors.meaning(of: good.bytes.bytes, type: good.type)
            // Compared by bytes: Swift holds two texts for equal that Unicode holds for equivalent.
            #expect(Array(meaning.utf8) == Array(good.meaning.utf8), "\(good.type) \(good.meaning)")
        }
    }

    @Test func `derived ids are the same on both sides`() throws {
        let file: Encodings = try Vectors.file("encodings")
        #expect(!file.derived.isEmpty)
        for derived in file.derived {
            let id = Identifier.derived(derived.purpose, from: derived.parts.bytes, by: Vectors.primitives)
            #expect(id == derived.id.id, "\(derived.purpose)")
        }
    }

    struct Values: Decodable {
        struct Good: Decodable {
            let name: String
            let bytes: Vectors.Bytes
            let value: Vectors.Told
        }

        let good: [Good]
        let bad: [Vectors.Bad]
    }

    @Test func `every value reads as it is told and writes as the same bytes`() throws {
        let file: Values = try Vectors.file("values")
        #expect(file.good.count >= 25)
        for good in file.good {
            let value = try Vectors.whole(good.bytes.bytes) { reader throws(DecodeError) in try Value.read(from: &reader) }
            #expect(value == good.value.value, "\(good.name)")
            #expect(good.value.value.encoded == good.bytes.bytes, "\(good.name)")
        }
    }

    struct BadOnly: Decodable {
        let bad: [Vectors.Bad]
    }

    @Test(arguments: ["encodings", "values", "log"])
    func `every bad encoding is refused for the stated reason`(name: String) throws {
        let file: BadOnly = try Vectors.file(name)
        #expect(file.bad.count >= 10)
        for bad in file.bad {
            do {
                let meaning = try Vectors.meaning(of: bad.whole, type: bad.type)
                Issue.record("\(bad.name): read as \(meaning)")
            } catch {
                #expect(error.reason.rawValue == bad.reason, "\(bad.name)")
            }
        }
    }

    struct Changes: Decodable {
        struct Good: Decodable {
            let name: String
            let change: Vectors.ToldChange
            let leaves: [Vectors.Bytes]
        }

        struct Root: Decodable {
            let leaves: [Vectors.Bytes]
            let root: Vectors.Bytes
        }

        let good: [Good]
        let roots: [Root]
    }

    @Test func `change ids, leaves and roots are the same on both sides`() throws {
        let file: Changes = try Vectors.file("changes")
        #expect(file.good.count >= 10 && file.roots.count >= 5)
        for good in file.good {
            let change = good.change.change
            #expect(change.id == good.change.id.id, "\(good.name)")
            let leaves = change.edits.compactMap { SensitiveTree.leaf(of: $0.content, Vectors.primitives) }
            #expect(leaves == good.leaves.map(\.hash), "\(good.name)")
        }
        for root in file.roots {
            #expect(SensitiveTree.root(root.leaves.map(\.hash), Vectors.primitives) == root.root.hash, "\(root.leaves.count) leaves")
        }
    }

    struct Blocks: Decodable {
        struct Good: Decodable {
            let name: String
            let seed: Vectors.Bytes
            let key: Vectors.Bytes
            let block: Vectors.Bytes
            let sensitive: Vectors.Bytes
            let hash: Vectors.Bytes
            let device: Vectors.Bytes
            let incarnation: UInt64
            let scope: Vectors.Bytes
            let member: Vectors.Bytes
            let schema: UInt32
            let first: UInt64
            let previous: Vectors.Bytes
            let columns: [Vectors.Bytes]
            let changes: [Vectors.ToldChange]

            var stream: StreamName { StreamName(device: device.id, incarnation: incarnation, scope: scope.id) }
            func opened() throws(DecodeError) -> Block {
                try Vectors.open(block.bytes, sensitive: sensitive.bytes, key: key.bytes)
            }
        }

        struct Bad: Decodable {
            let name: String
            let block: Vectors.Bytes
            let zeros: Int
            let sensitive: Vectors.Bytes
            let key: Vectors.Bytes
            /// Absent where two readers may notice different things first.
            let reason: String?
        }

        let good: [Good]
        let bad: [Bad]
    }

    @Test func `every good block opens to the changes that were sealed`() throws {
        let file: Blocks = try Vectors.file("blocks")
        #expect(file.good.count >= 12)
        for good in file.good {
            let block: Block
            do { block = try good.opened() } catch {
                Issue.record("\(good.name): \(error)")
                continue
            }
            #expect(block.hash == good.hash.hash, "\(good.name)")
            #expect(block.stream == good.stream, "\(good.name)")
            #expect(block.member == good.member.id && block.schema == good.schema, "\(good.name)")
            #expect(block.first == good.first && block.previous == good.previous.hash, "\(good.name)")
            try #require(block.changes.count == good.changes.count, "\(good.name)")
            for (change, told) in zip(block.changes, good.changes) {
                // A change is equal to another by its id; here its parts are compared too.
                #expect(change.id == told.id.id, "\(good.name)")
                #expect(change.edits == told.edits.map(\.edit), "\(good.name)")
                #expect(change.stamp == Stamp(time: told.stamp, device: told.device.id), "\(good.name)")
                #expect(change.scope == told.scope.id && change.member == told.member.id && change.schema == told.schema)
            }
        }
    }

    @Test func `sealing the same changes gives the same header and columns`() throws {
        let file: Blocks = try Vectors.file("blocks")
        for good in file.good {
            let signer = SigningKey(seed: SecretBytes(copying: good.seed.bytes))
            #expect(signer.publicKey == good.key.bytes)
            let end = good.first == 1 ? StreamEnd.beginning : StreamEnd(number: good.first - 1, hash: good.previous.hash)
            let sealed = Block.seal(good.changes.map(\.change), in: good.stream, after: end, by: signer, Vectors.primitives)
            let (header, columns) = try Self.split(sealed.content)
            let (toldHeader, _) = try Self.split(Array(good.block.bytes.dropLast(64)))
            #expect(header == toldHeader, "\(good.name)")
            var joined = ByteWriter()
            for column in good.columns { joined.blob(column.bytes) }
            #expect(columns == joined.bytes, "\(good.name)")
            // Another zlib may deflate to other bytes; where it does not, the signature must be the same too.
            if sealed.content == Array(good.block.bytes.dropLast(64)) {
                #expect(sealed.bytes == good.block.bytes, "\(good.name)")
            }
        }
    }

    /// A block's content up to the length of its columns, and the columns inflated.
    static func split(_ content: [UInt8]) throws -> (header: [UInt8], columns: [UInt8]) {
        var reader = ByteReader(content)
        _ = try reader.raw(4 + 16 + 8 + 16 + 16)
        for _ in 0..<3 { _ = try reader.varint() }
        _ = try reader.hash()
        if try reader.varint() > 0 { _ = try reader.hash() }
        let header = Array(content.prefix(reader.position))
        let length = Int(try reader.varint())
        let deflated = try reader.raw(reader.remaining)
        return (header, try Vectors.primitives.inflate(deflated.span, toExactly: length))
    }

    @Test func `every bad block is refused for the stated reason`() throws {
        let file: Blocks = try Vectors.file("blocks")
        #expect(file.bad.count >= 90)
        for bad in file.bad { check(bad) }
    }

    func check(_ bad: Blocks.Bad) {
        do {
            _ = try Vectors.open(
                bad.block.bytes + [UInt8](repeating: 0, count: bad.zeros), sensitive: bad.sensitive.bytes, key: bad.key.bytes)
            Issue.record("\(bad.name): opened")
        } catch {
            if let reason = bad.reason { #expect(error.reason.rawValue == reason, "\(bad.name)") }
        }
    }

    struct Log: Decodable {
        struct Good: Decodable {
            let position: UInt64
            let entry: Vectors.ToldEntry
            let bytes: Vectors.Bytes
            let before: Vectors.Bytes
            let after: Vectors.Bytes
        }

        struct Receipt: Decodable {
            let epoch: UInt64
            let scope: Vectors.Bytes
            let position: UInt64
            let logHash: Vectors.Bytes
            let block: Vectors.Bytes
            let verdicts: [UInt32]
            let received: Int64
            let message: Vectors.Bytes
            let signature: Vectors.Bytes
            let key: Vectors.Bytes
        }

        struct Checkpoint: Decodable {
            struct Scope: Decodable {
                let scope: Vectors.Bytes
                let position: UInt64
                let logHash: Vectors.Bytes
                let digest: Vectors.Bytes
            }

            let epoch: UInt64
            let time: Int64
            let scopes: [Scope]
            let message: Vectors.Bytes
            let signature: Vectors.Bytes
            let key: Vectors.Bytes
        }

        let good: [Good]
        let receipts: [Receipt]
        let checkpoints: [Checkpoint]
    }

    @Test func `log entries and log hashes are the same on both sides`() throws {
        let file: Log = try Vectors.file("log")
        #expect(file.good.count >= 5)
        for good in file.good {
            let entry = try Vectors.whole(good.bytes.bytes) { reader throws(DecodeError) in try LogEntry.read(from: &reader) }
            #expect(entry == good.entry.entry, "\(good.position)")
            var writer = ByteWriter()
            entry.write(to: &writer)
            #expect(writer.bytes == good.bytes.bytes, "\(good.position)")
            #expect(entry.logHash(after: good.before.hash, Vectors.primitives) == good.after.hash, "\(good.position)")
        }
    }

    @Test func `receipts and checkpoints are signed over the same bytes`() throws {
        let file: Log = try Vectors.file("log")
        #expect(file.receipts.count >= 3 && file.checkpoints.count >= 3)
        for told in file.receipts {
            let receipt = Receipt(
                epoch: told.epoch, scope: told.scope.id, place: LogPlace(position: told.position, hash: told.logHash.hash),
                block: told.block.hash, verdicts: told.verdicts.map(Verdict.init(code:)), received: told.received,
                signature: told.signature.bytes)
            #expect(receipt.message == told.message.bytes)
            #expect(receipt.isSigned(by: told.key.bytes, Vectors.primitives))
        }
        for told in file.checkpoints {
            let scopes = told.scopes.map {
                Checkpoint.Scope(
                    scope: $0.scope.id, place: LogPlace(position: $0.position, hash: $0.logHash.hash),
                    digest: ScopeDigest(bytes: $0.digest.bytes)!)
            }
            let checkpoint = Checkpoint(epoch: told.epoch, scopes: scopes, time: told.time, signature: told.signature.bytes)
            #expect(checkpoint.message == told.message.bytes)
            #expect(checkpoint.isSigned(by: told.key.bytes, Vectors.primitives))
        }
    }

    struct Histories: Decodable {
        struct Step: Decodable {
            let entry: Vectors.ToldEntry
            let block: Vectors.Bytes?
            let sensitive: Vectors.Bytes?
            let logHash: Vectors.Bytes
            let digest: Vectors.Bytes
        }

        struct Heads: Decodable {
            let record: Vectors.Bytes
            let code: UInt64
            let element: Vectors.Told?
            let heads: [Vectors.Name]
        }

        struct History: Decodable {
            let name: String
            let steps: [Step]
            let heads: [Heads]
            let digest: Vectors.Bytes
        }

        let good: [History]
    }

    @Test func `every history comes to the same heads, shown in the same order, and the same digest at every step`() throws {
        let file: Histories = try Vectors.file("histories")
        #expect(file.good.count >= 17)
        for history in file.good { try check(history) }
    }

    func check(_ history: Histories.History) throws {
        var state = ScopeState()
        var logHash = Hash256.zero
        for (number, step) in history.steps.enumerated() {
            var changes: [Change] = []
            if let block = step.block {
                let parts = try SensitivePart.decode(step.sensitive?.bytes ?? [], Vectors.primitives)
                changes = try Block.open(block.bytes, sensitive: parts, Vectors.primitives).changes
            }
            let entry = step.entry.entry
            logHash = entry.logHash(after: logHash, Vectors.primitives)
            #expect(logHash == step.logHash.hash, "\(history.name), step \(number)")
            state.read(entry, changes: changes)
            #expect(state.digest.bytes == step.digest.bytes, "\(history.name), step \(number)")
        }
        for told in history.heads {
            let target = Vectors.target(code: told.code, element: told.element)
            let heads = state.records[told.record.id]?.heads(of: target).map(\.name) ?? []
            #expect(heads == told.heads.map(\.name), "\(history.name), target \(told.code)")
        }
        let held = state.records.values.reduce(0) { $0 + $1.slots.reduce(0) { $0 + $1.heads.count } }
        #expect(held == history.heads.reduce(0) { $0 + $1.heads.count }, "\(history.name)")
    }
}
