internal import SeamarkCrypto
internal import SeamarkJournal

/// What one row says: an event, the key of a scope, or an event that names a block which another row holds already.
///
/// A row is a number for its kind, then its content. Kinds are never reused; a kind that is not known here comes from a
/// newer program. 8 is kept free for a snapshot of the state.
enum DeviceRow {
    case event(DeviceEvent)
    case key(scope: Identifier, SecretBytes)
    /// The next entry of the scope's log; an earlier row of the scope holds its block.
    case learntAgain(scope: Identifier, LogEntry)

    private enum Kind: UInt64 {
        case identity = 1
        case scopeKey = 2
        case scopeLeft = 3
        case contact = 4
        case checkpoint = 5
        case setting = 6
        case scope = 7
        case began = 16
        case captured = 17
        case sealed = 18
        case receipted = 19
        case learntBlock = 20
        case learntAgain = 21
        case learntRelease = 22
        case rebuilt = 23
        case proven = 24
        case examined = 25
    }

    /// The scope under whose key the row is sealed; nil for the store's own.
    var scope: Identifier? {
        switch self {
        case .event(.replica(let scope, _)), .learntAgain(let scope, _): scope
        case .event(.scopeAdded(let scope)): scope.id
        case .event, .key: nil
        }
    }

    func encoded(_ primitives: any Primitives) -> [UInt8] {
        var writer = ByteWriter(capacity: 256)
        func begin(_ kind: Kind) { writer.varint(kind.rawValue) }
        switch self {
        case .key(let scope, let key):
            begin(.scopeKey)
            writer.identifier(scope)
            writer.raw(key.copy())
        case .learntAgain(_, let entry):
            begin(.learntAgain)
            entry.write(to: &writer)
        case .event(.identity(let identity)):
            begin(.identity)
            identity.write(to: &writer)
        case .event(.scopeAdded(let scope)):
            begin(.scope)
            scope.write(to: &writer)
        case .event(.scopeLeft(let scope)):
            begin(.scopeLeft)
            writer.identifier(scope)
        case .event(.contact(let contact)):
            begin(.contact)
            contact.write(to: &writer)
        case .event(.checkpoint(let checkpoint)):
            begin(.checkpoint)
            checkpoint.write(to: &writer)
        case .event(.setting(let setting, let value)):
            begin(.setting)
            writer.varint(UInt64(setting.rawValue))
            value.write(to: &writer)
        case .event(.replica(_, let event)):
            switch event {
            case .began(let stream, let epoch):
                begin(.began)
                writer.identifier(stream.device)
                writer.fixed64(stream.incarnation)
                writer.fixed64(epoch)
            case .captured(let change):
                begin(.captured)
                change.write(to: &writer)
            case .sealed(let block):
                begin(.sealed)
                block.write(to: &writer, primitives)
            case .receipted(let receipt):
                begin(.receipted)
                receipt.write(to: &writer)
            case .learnt(let entry, let block):
                begin(block == nil ? .learntRelease : .learntBlock)
                entry.write(to: &writer)
                block?.write(to: &writer, primitives)
            case .rebuilt(let epoch):
                begin(.rebuilt)
                writer.fixed64(epoch)
            case .proven(let signed):
                begin(.proven)
                writer.fixed64(signed.epoch)
                writer.place(signed.place)
                writer.blob(signed.signature)
            case .examined(let note, _):
                begin(.examined)
                note.write(to: &writer)
            }
        }
        return writer.bytes
    }

    /// Reads what `encoded` writes. `scope` is the one under whose key the row was sealed. Throws `DecodeError`, or
    /// `DeviceStoreError.newerVersion` for a kind that is not known.
    static func read(_ bytes: [UInt8], of scope: Identifier?, _ primitives: any Primitives) throws -> DeviceRow {
        var reader = ByteReader(bytes)
        guard let kind = Kind(rawValue: try reader.varint()) else { throw DeviceStoreError.newerVersion }
        let row: DeviceRow
        switch kind {
        case .identity: row = .event(.identity(try DeviceIdentity.read(from: &reader)))
        case .scopeKey:
            let scope = try reader.identifier()
            var key = try reader.raw(32)
            row = .key(scope: scope, SecretBytes(moving: &key))
        case .scopeLeft: row = .event(.scopeLeft(try reader.identifier()))
        case .contact: row = .event(.contact(try ServerContact.read(from: &reader)))
        case .checkpoint: row = .event(.checkpoint(try Checkpoint.read(from: &reader)))
        case .setting: row = .event(.setting(DeviceSetting(rawValue: try reader.word32()), try Value.read(from: &reader)))
        case .scope: row = .event(.scopeAdded(try DeviceScope.read(from: &reader)))
        case .began, .captured, .sealed, .receipted, .learntBlock, .learntAgain, .learntRelease, .rebuilt, .proven, .examined:
            guard let scope else { throw DecodeError(.badReference, reading: "scope of a row") }
            row = try read(kind, of: scope, &reader, primitives)
        }
        try reader.finish()
        guard row.scope == scope else { throw DecodeError(.badReference, reading: "scope of a row") }
        return row
    }

    private static func read(
        _ kind: Kind, of scope: Identifier, _ reader: inout ByteReader, _ primitives: any Primitives
    ) throws -> DeviceRow {
        let event: ReplicaEvent
        switch kind {
        case .began:
            let device = try reader.identifier()
            let stream = StreamName(device: device, incarnation: try reader.fixed64(), scope: scope)
            event = .began(stream, epoch: try reader.fixed64())
        case .captured: event = .captured(try Change.read(from: &reader, primitives))
        case .sealed: event = .sealed(try Block.read(from: &reader, primitives))
        case .receipted: event = .receipted(try Receipt.read(from: &reader))
        case .learntBlock:
            let entry = try LogEntry.read(from: &reader)
            event = .learnt(entry, try Block.read(from: &reader, primitives))
        case .learntRelease: event = .learnt(try LogEntry.read(from: &reader), nil)
        case .rebuilt: event = .rebuilt(epoch: try reader.fixed64())
        case .proven:
            let epoch = try reader.fixed64()
            let place = try reader.place()
            event = .proven(SignedPlace(epoch: epoch, scope: scope, place: place, signature: try reader.blob(atMost: 64)))
        case .examined: event = .examined(try RepairNote.read(from: &reader), nil)
        case .learntAgain: return .learntAgain(scope: scope, try LogEntry.read(from: &reader))
        case .identity, .scopeKey, .scopeLeft, .contact, .checkpoint, .setting, .scope:
            preconditionFailure("a row of no scope is read elsewhere")
        }
        return .event(.replica(scope, event))
    }
}

// MARK: - Parts

extension Block {
    /// The sealed bytes as they are, and beside them the sensitive values.
    func write(to writer: inout ByteWriter, _ primitives: any Primitives) {
        writer.blob(bytes)
        writer.blob(SensitivePart.encode(sensitiveParts, primitives))
    }

    static func read(from reader: inout ByteReader, _ primitives: any Primitives) throws(DecodeError) -> Block {
        let bytes = try reader.blob(atMost: longest)
        let sensitive = try SensitivePart.decode(reader.blob(atMost: longestColumns + 1024), primitives)
        return try open(bytes, sensitive: sensitive, primitives)
    }
}

extension Receipt {
    func write(to writer: inout ByteWriter) {
        writer.fixed64(epoch)
        writer.identifier(scope)
        writer.place(place)
        writer.hash(block)
        writer.count(verdicts.count)
        for verdict in verdicts { writer.varint(verdict.code) }
        writer.signed(received)
        writer.blob(signature)
    }

    static func read(from reader: inout ByteReader) throws(DecodeError) -> Receipt {
        let epoch = try reader.fixed64()
        let scope = try reader.identifier()
        let place = try reader.place()
        let block = try reader.hash()
        var verdicts: [Verdict] = []
        for _ in 0..<(try reader.count(atMost: Block.mostChanges)) { verdicts.append(Verdict(code: try reader.word32())) }
        return Receipt(
            epoch: epoch, scope: scope, place: place, block: block, verdicts: verdicts, received: try reader.signed(),
            signature: try reader.blob(atMost: 64))
    }
}

extension Checkpoint {
    func write(to writer: inout ByteWriter) {
        writer.fixed64(epoch)
        writer.count(scopes.count)
        for scope in scopes {
            writer.identifier(scope.scope)
            writer.place(scope.place)
            writer.fixed64(scope.digest.high)
            writer.fixed64(scope.digest.low)
        }
        writer.signed(time)
        writer.blob(signature)
    }

    static func read(from reader: inout ByteReader) throws(DecodeError) -> Checkpoint {
        let epoch = try reader.fixed64()
        var scopes: [Scope] = []
        for _ in 0..<(try reader.count(each: 65)) {
            let scope = try reader.identifier()
            let place = try reader.place()
            scopes.append(
                Scope(scope: scope, place: place, digest: ScopeDigest(high: try reader.fixed64(), low: try reader.fixed64())))
        }
        let time = try reader.signed()
        return Checkpoint(epoch: epoch, scopes: scopes, time: time, signature: try reader.blob(atMost: 64))
    }
}

extension ByteWriter {
    mutating func place(_ place: LogPlace) {
        varint(place.position)
        hash(place.hash)
    }
}

extension ByteReader {
    mutating func place() throws(DecodeError) -> LogPlace {
        let position = try varint()
        return LogPlace(position: position, hash: try hash())
    }
}
