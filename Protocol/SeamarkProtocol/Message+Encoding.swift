import FoundationEssentials
import SeamarkJournal
import SeamarkWire
import SwiftProtobuf

private typealias Wire = Seamark_V1_Frame

extension Message {
    /// The message as the payload of a frame.
    public var payload: [UInt8] {
        var frame = Wire()
        switch self {
        case .problem(let it):
            frame.problem = .with {
                $0.code = it.code.rawValue
                $0.text = it.text
                if let scope = it.scope { $0.scope = Data(scope.bytes) }
                if let wipe = it.wipe { $0.wipe = wipe.wire }
            }
        case .welcome(let it): frame.welcome = it.wire
        case .status(let it):
            frame.status = .with {
                $0.time = it.time
                $0.software = it.software
                $0.schema = it.schema
                $0.scopes = it.scopes.map(\.wire)
                $0.wiped = it.isWiped
            }
        case .push(let it):
            frame.push = .with {
                $0.scope = Data(it.scope.bytes)
                $0.block = Data(it.block)
                $0.sensitive = Data(it.sensitive)
                $0.epoch = it.epoch
            }
        case .receipt(let it): frame.receipt = it.wire
        case .pushRefused(let it):
            frame.pushRefused = .with {
                $0.scope = Data(it.scope.bytes)
                $0.block = Data(it.block.bytes)
                $0.code = it.code.rawValue
                $0.end = it.end.wire
            }
        case .pull(let it):
            frame.pull = .with {
                $0.scope = Data(it.scope.bytes)
                $0.position = it.cursor.position
                $0.logHash = Data(it.cursor.hash.bytes)
                $0.credit = it.credit
                $0.ownIncarnation = it.ownIncarnation
                $0.epoch = it.epoch
                $0.forecast = it.isForecast
                $0.atMost = it.atMost
            }
        case .entries(let it):
            frame.entries = .with {
                $0.scope = Data(it.scope.bytes)
                $0.after = it.after
                $0.entries = it.entries.map(\.wire)
                $0.position = it.place.position
                $0.logHash = Data(it.place.hash.bytes)
                $0.digest = Data(it.digest.bytes)
                $0.signature = Data(it.signature)
                $0.nextAtMost = it.nextAtMost
            }
        case .door(let it):
            frame.door = .with {
                $0.version = it.version
                $0.leastVersion = it.leastVersion
                $0.time = it.time
            }
        case .enrol(let it):
            frame.enrol = .with {
                $0.token = Data(it.token)
                $0.request = Data(it.request)
                $0.signingKey = Data(it.signingKey)
                $0.proof = Data(it.proof)
                $0.deviceName = it.deviceName
            }
        case .enrolled(let it):
            frame.enrolled = .with {
                $0.tenant = Data(it.tenant.bytes)
                $0.tenantName = it.tenantName
                $0.member = Data(it.member.bytes)
                $0.memberName = it.memberName
                $0.device = Data(it.device.bytes)
                $0.role = it.role
                $0.letters = it.letters
                $0.certificate = Data(it.certificate)
                $0.authority = Data(it.authority)
                $0.serverKey = it.serverKey.wire
                if let key = it.bundleKey { $0.bundleKey = key.wire }
                $0.awaitsConfirmation = it.awaitsConfirmation
                $0.earlierKeys = it.earlierKeys.map(\.wire)
            }
        case .renew(let it):
            frame.renew = .with {
                $0.certificate = Data(it.certificate)
                $0.request = Data(it.request)
                $0.signingKey = Data(it.signingKey)
                $0.proof = Data(it.proof)
            }
        case .renewed(let it):
            frame.renewed = .with {
                $0.certificate = Data(it.certificate)
                $0.authority = Data(it.authority)
                $0.words = it.words.map { Data($0) }
            }
        case .attachment(let it): it.write(to: &frame)
        case .donate(let it): frame.donate = it.wire
        case .donated(let it): frame.donated = it.wire
        case .watch: frame.watch = .init()
        case .news(let it):
            frame.news = .with {
                $0.scopes = it.scopes.map { news in
                    .with {
                        $0.scope = Data(news.scope.bytes)
                        $0.position = news.place.position
                        $0.logHash = Data(news.place.hash.bytes)
                        $0.digest = Data(news.digest.bytes)
                        $0.bytes = news.bytes
                    }
                }
            }
        case .compare(let it): frame.compare = it.wire
        case .compared(let it): frame.compared = it.wire
        case .dispute(let it): frame.dispute = it.wire
        case .settled(let it): frame.settled = it.wire
        }
        do {
            return try frame.serializedBytes()
        } catch {
            preconditionFailure("a message without required fields always encodes")
        }
    }

    /// The message as a whole frame, length first.
    public var frame: [UInt8] { FrameDecoder.frame(payload) }

    /// Reads a frame's payload. Anything but a well-formed message is a problem of the sender's.
    public init(payload: [UInt8]) throws(Problem) {
        let frame: Wire
        do {
            var options = BinaryDecodingOptions()
            options.messageDepthLimit = 8
            options.discardUnknownFields = true
            frame = try Wire(serializedBytes: payload, options: options)
        } catch {
            throw Problem(.malformed, "a frame is not a message of this protocol")
        }
        guard let body = frame.body else { throw Problem(.unexpected, "a frame of an unknown kind") }
        switch body {
        case .problem(let it):
            let scope = it.scope.isEmpty ? nil : try Field.id(it.scope)
            let wipe = it.hasWipe ? try WipeOrder(it.wipe) : nil
            self = .problem(Problem(Problem.Code(rawValue: it.code), try Field.text(it.text, atMost: 1024), of: scope, wipe: wipe))
        case .welcome(let it): self = .welcome(try Welcome(it))
        case .status(let it):
            guard it.scopes.count <= 4096 else { throw Problem(.malformed, "more scopes than a device can have") }
            var scopes: [ScopeCursor] = []
            for scope in it.scopes { scopes.append(try ScopeCursor(scope)) }
            self = .status(Status(time: it.time, software: try Field.text(it.software, atMost: 64), schema: it.schema, scopes: scopes, isWiped: it.wiped))
        case .push(let it):
            self = .push(Push(scope: try Field.id(it.scope), block: [UInt8](it.block), sensitive: [UInt8](it.sensitive), epoch: it.epoch))
        case .receipt(let it): self = .receipt(try Receipt(it))
        case .pushRefused(let it):
            self = .pushRefused(
                PushRefusal(
                    scope: try Field.id(it.scope), block: try Field.hash(it.block), code: Problem.Code(rawValue: it.code),
                    end: try KnownStream(it.end)))
        case .pull(let it):
            self = .pull(
                Pull(
                    scope: try Field.id(it.scope), cursor: try Field.place(it.position, it.logHash), credit: it.credit,
                    ownIncarnation: it.ownIncarnation, epoch: it.epoch, isForecast: it.forecast, atMost: it.atMost))
        case .entries(let it):
            var entries: [Entry] = []
            entries.reserveCapacity(it.entries.count)
            for entry in it.entries { entries.append(try Entry(entry)) }
            self = .entries(
                Entries(
                    scope: try Field.id(it.scope), after: it.after, entries: entries,
                    place: try Field.place(it.position, it.logHash), digest: try Field.digest(it.digest),
                    signature: it.signature.isEmpty ? [] : try Field.bytes(it.signature, 64), nextAtMost: it.nextAtMost))
        case .door(let it): self = .door(Door(version: it.version, leastVersion: it.leastVersion, time: it.time))
        case .enrol(let it):
            guard it.request.count <= 4096 else { throw Problem(.malformed, "a certificate signing request longer than 4096 bytes") }
            self = .enrol(
                Enrol(
                    token: try Field.bytes(it.token, 16), request: [UInt8](it.request), signingKey: try Field.bytes(it.signingKey, 32),
                    proof: try Field.bytes(it.proof, 64), deviceName: try Field.text(it.deviceName, atMost: 120)))
        case .enrolled(let it):
            self = .enrolled(
                Enrolled(
                    tenant: try Field.id(it.tenant), tenantName: try Field.text(it.tenantName, atMost: 480), member: try Field.id(it.member),
                    memberName: try Field.text(it.memberName, atMost: 480), device: try Field.id(it.device), role: it.role,
                    letters: try Field.text(it.letters, atMost: 8), certificate: [UInt8](it.certificate),
                    authority: [UInt8](it.authority), serverKey: try ServerKey(it.serverKey),
                    bundleKey: it.hasBundleKey ? try BundleKey(it.bundleKey) : nil, awaitsConfirmation: it.awaitsConfirmation,
                    earlierKeys: try ServerKey.earlier(it.earlierKeys)))
        case .renew(let it):
            for part in [it.certificate, it.request] where part.count > Renew.longest {
                throw Problem(.malformed, "a certificate or signing request longer than \(Renew.longest) bytes")
            }
            self = .renew(
                Renew(
                    certificate: [UInt8](it.certificate), request: [UInt8](it.request), signingKey: try Field.bytes(it.signingKey, 32),
                    proof: try Field.bytes(it.proof, 64)))
        case .renewed(let it): self = .renewed(Renewed(certificate: [UInt8](it.certificate), authority: [UInt8](it.authority), words: it.words.map { [UInt8]($0) }))
        case .attachmentOffer(let it): self = .attachment(try AttachmentMessage(it))
        case .attachmentHeld(let it): self = .attachment(try AttachmentMessage(it))
        case .attachmentChunk(let it): self = .attachment(try AttachmentMessage(it))
        case .attachmentWanted(let it): self = .attachment(try AttachmentMessage(it))
        case .attachmentRefused(let it): self = .attachment(try AttachmentMessage(it))
        case .donate(let it): self = .donate(try Donation(it))
        case .donated(let it): self = .donated(try Donated(it))
        case .watch: self = .watch
        case .news(let it):
            guard it.scopes.count <= 4096 else { throw Problem(.malformed, "more scopes than a device can have") }
            var scopes: [ScopeNews] = []
            for news in it.scopes {
                scopes.append(
                    ScopeNews(
                        scope: try Field.id(news.scope), place: try Field.place(news.position, news.logHash),
                        digest: try Field.digest(news.digest), bytes: news.bytes))
            }
            self = .news(News(scopes: scopes))
        case .compare(let it): self = .compare(try Compare(it))
        case .compared(let it): self = .compared(try Compared(it))
        case .dispute(let it): self = .dispute(try Dispute(it))
        case .settled(let it): self = .settled(try Settled(it))
        }
    }
}

// MARK: - Parts

/// Fields of fixed length: another length is malformed.
enum Field {
    static func bytes(_ data: Data, _ count: Int) throws(Problem) -> [UInt8] {
        guard data.count == count else { throw Problem(.malformed, "a field of \(data.count) bytes where \(count) belong") }
        return [UInt8](data)
    }

    static func id(_ data: Data) throws(Problem) -> Identifier {
        guard let id = Identifier(bytes: [UInt8](data)) else { throw Problem(.malformed, "an id that has not sixteen bytes") }
        return id
    }

    static func hash(_ data: Data) throws(Problem) -> Hash256 {
        guard let hash = Hash256(bytes: [UInt8](data)) else { throw Problem(.malformed, "a hash that has not thirty-two bytes") }
        return hash
    }

    static func digest(_ data: Data) throws(Problem) -> ScopeDigest {
        guard let digest = ScopeDigest(bytes: [UInt8](data)) else { throw Problem(.malformed, "a digest that has not sixteen bytes") }
        return digest
    }

    static func place(_ position: UInt64, _ logHash: Data) throws(Problem) -> LogPlace {
        guard position < 1 << 62 else { throw Problem(.malformed, "a position beyond any log") }
        return LogPlace(position: position, hash: try hash(logHash))
    }

    static func text(_ text: String, atMost limit: Int) throws(Problem) -> String {
        guard text.utf8.count <= limit else { throw Problem(.malformed, "a text longer than \(limit) bytes") }
        return text
    }
}

/// Verdicts travel as nothing when all changes were accepted, as they nearly always are.
private enum Verdicts {
    static func wire(_ verdicts: [Verdict]) -> [UInt32] {
        verdicts.allSatisfy { $0 == .accepted } ? [] : verdicts.map { UInt32($0.code) }
    }

    static func read(_ codes: [UInt32], count: UInt32) throws(Problem) -> [Verdict] {
        guard count <= UInt32(Block.mostChanges), codes.isEmpty || codes.count == Int(count) else {
            throw Problem(.malformed, "not one verdict for each change")
        }
        return codes.isEmpty ? Array(repeating: .accepted, count: Int(count)) : codes.map { Verdict(code: $0) }
    }
}

extension Message.KnownStream {
    fileprivate var wire: Seamark_V1_StreamEnd {
        .with {
            $0.incarnation = incarnation
            $0.number = end.number
            $0.hash = Data(end.hash.bytes)
        }
    }

    fileprivate init(_ wire: Seamark_V1_StreamEnd) throws(Problem) {
        self.init(incarnation: wire.incarnation, end: StreamEnd(number: wire.number, hash: try Field.hash(wire.hash)))
    }
}

extension Message.ServerKey {
    fileprivate var wire: Seamark_V1_ServerKey {
        .with {
            $0.epoch = epoch
            $0.device = Data(device.bytes)
            $0.key = Data(key)
            $0.signature = Data(signature)
            $0.farewell = Data(farewell)
        }
    }

    fileprivate static func earlier(_ wire: [Seamark_V1_ServerKey]) throws(Problem) -> [Self] {
        guard wire.count <= Message.Welcome.mostEarlierKeys else { throw Problem(.malformed, "more earlier keys than a greeting holds") }
        var earlier: [Self] = []
        for key in wire { earlier.append(try Self(key)) }
        return earlier
    }

    fileprivate init(_ wire: Seamark_V1_ServerKey) throws(Problem) {
        guard wire.signature.count <= 80 else { throw Problem(.malformed, "an authority's signature longer than 80 bytes") }
        self.init(
            epoch: wire.epoch, device: try Field.id(wire.device), key: try Field.bytes(wire.key, 32), signature: [UInt8](wire.signature),
            farewell: wire.farewell.isEmpty ? [] : try Field.bytes(wire.farewell, 64))
    }
}

extension Message.BundleKey {
    fileprivate var wire: Seamark_V1_BundleKey {
        .with {
            $0.key = Data(key)
            $0.signature = Data(signature)
        }
    }

    fileprivate init(_ wire: Seamark_V1_BundleKey) throws(Problem) {
        guard wire.signature.count <= 80 else { throw Problem(.malformed, "an authority's signature longer than 80 bytes") }
        self.init(key: try Field.bytes(wire.key, 32), signature: [UInt8](wire.signature))
    }
}

extension Message.WipeOrder {
    fileprivate var wire: Seamark_V1_WipeOrder {
        .with {
            $0.ordered = ordered
            $0.serverKey = serverKey.wire
            $0.signature = Data(signature)
            $0.authority = Data(authority)
            $0.words = words.map { Data($0) }
        }
    }

    fileprivate init(_ wire: Seamark_V1_WipeOrder) throws(Problem) {
        guard wire.words.count <= Self.mostWords else { throw Problem(.malformed, "more words than an order brings") }
        for part in [wire.authority] + wire.words where part.count > Message.Renew.longest {
            throw Problem(.malformed, "a certificate longer than \(Message.Renew.longest) bytes")
        }
        self.init(
            ordered: wire.ordered, serverKey: try Message.ServerKey(wire.serverKey), signature: try Field.bytes(wire.signature, 64),
            authority: [UInt8](wire.authority), words: wire.words.map { [UInt8]($0) })
    }
}

extension Message.Welcome {
    fileprivate var wire: Seamark_V1_Welcome {
        .with {
            $0.version = version
            $0.leastVersion = leastVersion
            $0.schema = schema
            $0.leastSchema = leastSchema
            // 0 says 1: a no-op's greeting stays small.
            $0.leastReadSchema = leastReadSchema > 1 ? leastReadSchema : 0
            $0.compares = compares
            $0.epoch = epoch
            $0.time = time
            $0.role = role
            $0.serverKey = serverKey.wire
            $0.revoked = revoked
            $0.earlierKeys = earlierKeys.map(\.wire)
            $0.twoCopies = hasTwoCopies
            if let bundleKey { $0.bundleKey = bundleKey.wire }
            if let wipe { $0.wipe = wipe.wire }
            $0.awaitsConfirmation = awaitsConfirmation
            $0.scopes = scopes.map { scope in
                .with {
                    $0.scope = Data(scope.scope.bytes)
                    $0.kind = scope.kind?.rawValue ?? 0
                    $0.staffed = scope.staffed
                    $0.position = scope.place.position
                    $0.logHash = Data(scope.place.hash.bytes)
                    $0.digest = Data(scope.digest.bytes)
                    $0.streams = scope.streams.map(\.wire)
                    $0.backedUp = scope.backedUp
                    $0.attachmentsBackedUp = scope.attachmentsBackedUp
                }
            }
        }
    }

    fileprivate init(_ wire: Seamark_V1_Welcome) throws(Problem) {
        var scopes: [Message.ScopeStatus] = []
        for scope in wire.scopes {
            var streams: [Message.KnownStream] = []
            for stream in scope.streams { streams.append(try Message.KnownStream(stream)) }
            scopes.append(
                Message.ScopeStatus(
                    scope: try Field.id(scope.scope), kind: Message.ScopeKind(rawValue: scope.kind), staffed: scope.staffed,
                    place: try Field.place(scope.position, scope.logHash), digest: try Field.digest(scope.digest), streams: streams,
                    backedUp: scope.backedUp, attachmentsBackedUp: scope.attachmentsBackedUp))
        }
        self.init(
            version: wire.version, leastVersion: wire.leastVersion, schema: wire.schema, leastSchema: wire.leastSchema,
            leastReadSchema: max(1, wire.leastReadSchema), epoch: wire.epoch, time: wire.time, role: wire.role, serverKey: try Message.ServerKey(wire.serverKey), scopes: scopes,
            revoked: wire.revoked, earlierKeys: try Message.ServerKey.earlier(wire.earlierKeys), hasTwoCopies: wire.twoCopies,
            bundleKey: wire.hasBundleKey ? try Message.BundleKey(wire.bundleKey) : nil, compares: wire.compares,
            wipe: wire.hasWipe ? try Message.WipeOrder(wire.wipe) : nil, awaitsConfirmation: wire.awaitsConfirmation)
    }
}

extension Message.ScopeCursor {
    fileprivate var wire: Seamark_V1_ScopeCursor {
        .with {
            $0.scope = Data(scope.bytes)
            $0.epoch = epoch
            $0.position = cursor.position
            $0.logHash = Data(cursor.hash.bytes)
            $0.markPosition = mark.position
            $0.markHash = Data(mark.hash.bytes)
            $0.incarnation = incarnation
            $0.unsent = unsent
            switch proof {
            case .receipt(let receipt): $0.receiptProof = receipt.wire
            case .place(let signed): $0.placeProof = signed.wire
            case nil: break
            }
            if let attachmentProof { $0.attachmentProof = attachmentProof.wire }
            guard let work else { return }
            // The number of attachments, be it 0, says that the rest is said: a no-op's Status stays small.
            $0.attachmentsWaiting = UInt64(work.attachments)
            if work.attachmentBytes > 0 { $0.attachmentBytesWaiting = work.attachmentBytes }
            if work.bytes > 0 { $0.unsentBytes = work.bytes }
            if let age = work.oldestAge { $0.oldestUnsentAge = UInt64(age) }
        }
    }

    fileprivate init(_ wire: Seamark_V1_ScopeCursor) throws(Problem) {
        guard !(wire.hasReceiptProof && wire.hasPlaceProof) else { throw Problem(.malformed, "two proofs of one place") }
        let scope = try Field.id(wire.scope)
        let proof: PlaceProof? =
            if wire.hasReceiptProof { .receipt(try Receipt(wire.receiptProof)) } else if wire.hasPlaceProof { .place(try SignedPlace(wire.placeProof, of: scope)) } else { nil }
        self.init(
            scope: scope, epoch: wire.epoch, cursor: try Field.place(wire.position, wire.logHash),
            mark: try Field.place(wire.markPosition, wire.markHash), incarnation: wire.incarnation, unsent: wire.unsent, proof: proof,
            attachmentProof: wire.hasAttachmentProof ? try AttachmentReceipt(wire.attachmentProof) : nil, work: try Message.UnsentWork(wire))
    }
}

extension Message.UnsentWork {
    /// Nil where none of it is said.
    fileprivate init?(_ wire: Seamark_V1_ScopeCursor) throws(Problem) {
        guard wire.hasUnsentBytes || wire.hasOldestUnsentAge || wire.hasAttachmentsWaiting || wire.hasAttachmentBytesWaiting else { return nil }
        guard wire.unsentBytes < Self.mostBytes else { throw Problem(.malformed, "more bytes than any device holds") }
        guard let age = UInt32(exactly: wire.oldestUnsentAge) else { throw Problem(.malformed, "a change older than any clock") }
        guard let attachments = UInt32(exactly: wire.attachmentsWaiting) else { throw Problem(.malformed, "more attachments than any device holds") }
        // Each has a byte at least, and no more than one may have.
        guard wire.attachmentBytesWaiting >= wire.attachmentsWaiting, wire.attachmentBytesWaiting <= wire.attachmentsWaiting * UInt64(Attachment.largest) else {
            throw Problem(.malformed, "so many attachments do not have so many bytes")
        }
        self.init(
            bytes: wire.unsentBytes, oldestAge: wire.hasOldestUnsentAge ? age : nil, attachments: attachments, attachmentBytes: wire.attachmentBytesWaiting)
    }
}

extension Message.Entry {
    fileprivate var wire: Seamark_V1_Entry {
        .with {
            switch entry.content {
            case .block(let hash):
                $0.blockHash = Data(hash.bytes)
                if let block { $0.block = Data(block) }
                $0.sensitive = Data(sensitive)
                $0.verdicts = Verdicts.wire(entry.verdicts)
                $0.count = UInt32(entry.verdicts.count)
                $0.bare = isBare
            case .release(let ids): $0.released = ids.map { Data($0.bytes) }
            }
            $0.received = entry.received
        }
    }

    fileprivate init(_ wire: Seamark_V1_Entry) throws(Problem) {
        if wire.blockHash.isEmpty {
            var ids: [Identifier] = []
            for id in wire.released { ids.append(try Field.id(id)) }
            self.init(entry: LogEntry(content: .release(ids), verdicts: [], received: wire.received), block: nil, sensitive: [])
        } else {
            let verdicts = try Verdicts.read(wire.verdicts, count: wire.count)
            self.init(
                entry: LogEntry(content: .block(try Field.hash(wire.blockHash)), verdicts: verdicts, received: wire.received),
                block: wire.block.isEmpty ? nil : [UInt8](wire.block), sensitive: [UInt8](wire.sensitive), isBare: wire.bare)
        }
    }
}

extension Receipt {
    fileprivate var wire: Seamark_V1_Receipt {
        .with {
            $0.scope = Data(scope.bytes)
            $0.epoch = epoch
            $0.position = place.position
            $0.logHash = Data(place.hash.bytes)
            $0.block = Data(block.bytes)
            $0.verdicts = Verdicts.wire(verdicts)
            $0.count = UInt32(verdicts.count)
            $0.received = received
            $0.signature = Data(signature)
        }
    }

    fileprivate init(_ wire: Seamark_V1_Receipt) throws(Problem) {
        self.init(
            epoch: wire.epoch, scope: try Field.id(wire.scope), place: try Field.place(wire.position, wire.logHash),
            block: try Field.hash(wire.block), verdicts: try Verdicts.read(wire.verdicts, count: wire.count), received: wire.received,
            signature: try Field.bytes(wire.signature, 64))
    }
}

extension SignedPlace {
    fileprivate var wire: Seamark_V1_SignedPlace {
        .with {
            $0.epoch = epoch
            $0.position = place.position
            $0.logHash = Data(place.hash.bytes)
            $0.signature = Data(signature)
        }
    }

    fileprivate init(_ wire: Seamark_V1_SignedPlace, of scope: Identifier) throws(Problem) {
        self.init(
            epoch: wire.epoch, scope: scope, place: try Field.place(wire.position, wire.logHash),
            signature: try Field.bytes(wire.signature, 64))
    }
}

extension Message.Donation {
    fileprivate var wire: Seamark_V1_Donate {
        .with {
            $0.scope = Data(scope.bytes)
            $0.position = known.position
            $0.logHash = Data(known.hash.bytes)
            $0.before = Data(before.bytes)
            $0.entries = entries.map(\.wire)
            switch proof {
            case .nothing: break
            case .receipt(let receipt): $0.receipt = receipt.wire
            case .place(let signed): $0.place = signed.wire
            }
            $0.incarnation = incarnation
            $0.last = isLast
        }
    }

    fileprivate init(_ wire: Seamark_V1_Donate) throws(Problem) {
        guard wire.entries.count <= Self.mostEntries else { throw Problem(.malformed, "more entries than a donation holds") }
        guard !(wire.hasReceipt && wire.hasPlace) else { throw Problem(.malformed, "two proofs of one donation") }
        let scope = try Field.id(wire.scope)
        var entries: [Message.Entry] = []
        entries.reserveCapacity(wire.entries.count)
        for entry in wire.entries { entries.append(try Message.Entry(entry)) }
        let proof: Proof =
            if wire.hasReceipt { .receipt(try Receipt(wire.receipt)) } else if wire.hasPlace { .place(try SignedPlace(wire.place, of: scope)) } else { .nothing }
        self.init(
            scope: scope, known: try Field.place(wire.position, wire.logHash), before: try Field.hash(wire.before), entries: entries,
            proof: proof, incarnation: wire.incarnation, isLast: wire.last)
    }
}

extension Message.Donated {
    fileprivate var wire: Seamark_V1_Donated {
        .with {
            $0.scope = Data(scope.bytes)
            $0.contains = contains
            $0.last = isLast
            $0.place = place.wire
            $0.end = end.wire
            $0.copyReleased = isCopyReleased
        }
    }

    fileprivate init(_ wire: Seamark_V1_Donated) throws(Problem) {
        let scope = try Field.id(wire.scope)
        self.init(
            scope: scope, contains: wire.contains, isLast: wire.last, place: try SignedPlace(wire.place, of: scope),
            end: try Message.KnownStream(wire.end), isCopyReleased: wire.copyReleased)
    }
}
