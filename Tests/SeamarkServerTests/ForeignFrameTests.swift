import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS
import Testing

@testable import SeamarkServer

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// A device of one tenant that was told everything of another's by somebody who knows it: scopes, blocks, places, receipts, proofs, hashes,
/// invitations and certificates. Each frame that carries such a thing is refused by its number and counted, and brings nothing back.
@Suite struct ForeignFrameTests {
    /// What a frame is. `of` names every kind of message there is: a new one does not compile until it has a place here, and then the table
    /// of this test lacks it.
    private enum Kind: String, CaseIterable {
        case problem, welcome, status, push, receipt, pushRefused, pull, entries, door, enrol, enrolled, renew, renewed, offer, held, chunk, wanted
        case attachmentRefused, donate, donated, watch, news, compare, compared, dispute, settled

        static func of(_ message: Message) -> Kind {
            switch message {
            case .problem: .problem
            case .welcome: .welcome
            case .status: .status
            case .push: .push
            case .receipt: .receipt
            case .pushRefused: .pushRefused
            case .pull: .pull
            case .entries: .entries
            case .door: .door
            case .enrol: .enrol
            case .enrolled: .enrolled
            case .renew: .renew
            case .renewed: .renewed
            case .attachment(.offer): .offer
            case .attachment(.held): .held
            case .attachment(.chunk): .chunk
            case .attachment(.wanted): .wanted
            case .attachment(.refused): .attachmentRefused
            case .donate: .donate
            case .donated: .donated
            case .watch: .watch
            case .news: .news
            case .compare: .compare
            case .compared: .compared
            case .dispute: .dispute
            case .settled: .settled
            }
        }
    }

    /// What must come back for a frame, and which counter it must move.
    private enum Answer {
        /// A number, and the conversation goes on.
        case refused(Problem.Code, KeyPath<ConnectionCounts, Int>)
        /// The number of a frame that does not belong here, and the end.
        case unexpected
        /// Close_notify and nothing else.
        case goodbye
        /// Said of the device's own scope, and empty of what was named.
        case without((Message) -> Bool)
    }

    private static func code(_ message: Message?) -> Problem.Code? {
        switch message {
        case .problem(let problem): problem.code
        case .pushRefused(let refusal): refusal.code
        case .attachment(.refused(let refusal)): refusal.code
        default: nil
        }
    }

    @Test func `every kind of frame that carries what is another tenant's is refused by number, counted, and answered with nothing of it`() async throws {
        let yard = try Yard()
        let (halden, northlink) = (try yard.addTenant("halden"), try yard.addTenant("northlink"))
        let server = try await yard.start()
        let invitations = [try halden.invite("anna", minutes: 600), try northlink.invite("anna", minutes: 600), try northlink.invite("ben", minutes: 600)]
        let before = try northlink.store.read { try $0.scopes() }
        try await blocking {
            let (ours, theirs) = (try Enrolment(port: server.port, invitations[0]), try Enrolment(port: server.port, invitations[1]))
            let (foreign, greeting) = try theirs.greeted(port: server.port)
            let scope = try #require(greeting.engagement)
            // Told to our device, and kept from it: the second block, with all that follows from it.
            let told = try theirs.block(scope.scope, name: "Told")
            let canary = "Canary of Northlink"
            let kept = try theirs.block(scope.scope, after: told.end, name: canary)
            var receipts: [Receipt] = []
            for block in [told, kept] {
                try foreign.send(.push(block))
                guard case .receipt(let receipt) = try foreign.receive() else { throw RawSocket.Ended.refused }
                receipts.append(receipt)
            }
            try foreign.send(.pull(scope.scope, after: scope.place, credit: 1))
            guard case .entries(let entries) = try foreign.receive() else { throw RawSocket.Ended.refused }
            let place = receipts[0].place
            let signed = SignedPlace(epoch: greeting.epoch, scope: scope.scope, place: place, signature: entries.signature)
            let attachment = try #require(Attachment(hash: Digest.sha256(Array(canary.utf8)), size: 19))
            let attachmentReceipt = AttachmentReceipt(epoch: greeting.epoch, scope: scope.scope, attachment: attachment, received: 1, signer: theirs.signing)
            let record = try #require(kept.changes.first?.edits.first?.record)

            let (_, welcome) = try ours.greeted(port: server.port)
            let own = try #require(welcome.engagement)
            let mine = try ours.block(own.scope)
            func status(_ id: Identifier, proof: PlaceProof?, attachment: AttachmentReceipt? = nil) -> Message {
                .status(Message.Status(time: 0, software: "x", schema: welcome.schema, scopes: [
                    Message.ScopeCursor(
                        scope: id, epoch: welcome.epoch, cursor: place, mark: place, incarnation: 1, unsent: 0, proof: proof, attachmentProof: attachment)
                ]))
            }
            func donation(_ id: Identifier, _ proof: Message.Donation.Proof, known: LogPlace = .beginning) -> Message {
                let isEmpty = proof == .nothing
                return .donate(Message.Donation(
                    scope: id, known: known, before: scope.place.hash, entries: isEmpty ? [] : [entries.entries[0]], proof: proof, incarnation: 1, isLast: true))
            }
            let relabelled = Receipt(
                epoch: receipts[0].epoch, scope: own.scope, place: place, block: told.hash, verdicts: receipts[0].verdicts, received: receipts[0].received,
                signature: receipts[0].signature)
            let whole = RecordRange(first: .zero, last: Identifier(high: .max, low: .max))
            let renewal = Message.Renew(
                certificate: theirs.enrolled.certificate, request: CertificateSigningRequest(for: theirs.key).der, signingKey: theirs.signing.publicKey,
                proof: theirs.signing.sign([1]))
            let enrolment = Message.Enrol(
                token: invitations[2].token, request: CertificateSigningRequest(for: ours.key).der, signingKey: ours.signing.publicKey,
                proof: ours.signing.sign([1]), deviceName: "x")

            let table: [(String, Message, Answer)] = [
                ("a push of an own block into their scope", .push(try ours.block(scope.scope)), .refused(.unknownScope, \.refusedPushes)),
                ("a push of their block", .push(told), .refused(.foreignStream, \.refusedPushes)),
                ("their block in our scope", .push(Message.Push(scope: own.scope, block: told.bytes, sensitive: [])), .refused(.foreignStream, \.refusedPushes)),
                ("our block said to be of their scope", .push(Message.Push(scope: scope.scope, block: mine.bytes, sensitive: [])), .refused(.unknownScope, \.refusedPushes)),
                ("a pull of their scope", .pull(scope.scope), .refused(.unknownScope, \.refusedReads)),
                ("a pull of their scope from their cursor", .pull(scope.scope, after: place), .refused(.unknownScope, \.refusedReads)),
                ("a pull of ours from their cursor", .pull(own.scope, after: place), .refused(.unknownCursor, \.refusedReads)),
                ("a forecast of their scope", .pull(Message.Pull(scope: scope.scope, cursor: .beginning, credit: 1, ownIncarnation: 0, isForecast: true)),
                    .refused(.unknownScope, \.refusedReads)),
                ("their cursor and receipt", status(scope.scope, proof: .receipt(receipts[0])), .refused(.unprovenClaim, \.unprovenClaims)),
                ("their cursor and receipt, said of ours", status(own.scope, proof: .receipt(relabelled)), .refused(.unprovenClaim, \.unprovenClaims)),
                ("their cursor and signed place", status(scope.scope, proof: .place(signed)), .refused(.unprovenClaim, \.unprovenClaims)),
                ("proof of an attachment of theirs", status(scope.scope, proof: nil, attachment: attachmentReceipt), .refused(.unprovenClaim, \.unprovenClaims)),
                ("their entry with their receipt", donation(scope.scope, .receipt(receipts[0])), .refused(.badDonation, \.refusedDonations)),
                ("their entry said of our scope", donation(own.scope, .receipt(relabelled)), .refused(.badDonation, \.refusedDonations)),
                ("their entry with their signed place", donation(scope.scope, .place(signed)), .refused(.badDonation, \.refusedDonations)),
                ("asking whether their log holds a place", donation(scope.scope, .nothing, known: place), .refused(.unknownScope, \.refusedDonations)),
                ("asking whether ours holds a place of theirs", donation(own.scope, .nothing, known: place), .without {
                    if case .donated(let answer) = $0 { !answer.contains && answer.scope == own.scope } else { false }
                }),
                ("an offer of their attachment", .attachment(.offer(.init(scope: scope.scope, record: record, attachment: attachment))),
                    .refused(.noSuchAttachment, \.refusedAttachments)),
                ("their attachment by our scope", .attachment(.offer(.init(scope: own.scope, record: record, attachment: attachment))),
                    .refused(.noSuchAttachment, \.refusedAttachments)),
                ("a chunk of their attachment", .attachment(.chunk(.init(scope: scope.scope, hash: attachment.hash, offset: 0, bytes: Array(canary.utf8)))),
                    .refused(.chunkOutOfOrder, \.refusedAttachments)),
                ("a wish for their attachment", .attachment(.wanted(.init(scope: scope.scope, record: record, hash: attachment.hash, offset: 0))),
                    .refused(.noSuchAttachment, \.refusedAttachments)),
                ("a wish by our scope", .attachment(.wanted(.init(scope: own.scope, record: record, hash: attachment.hash, offset: 0))),
                    .refused(.noSuchAttachment, \.refusedAttachments)),
                ("digests of their rows", .compare(Message.Compare(scope: scope.scope, epoch: greeting.epoch, ranges: [whole])), .refused(.unknownScope, \.refusedReads)),
                ("a dispute of their rows",
                    .dispute(Message.Dispute(scope: scope.scope, epoch: greeting.epoch, place: place, claims: [.init(range: whole, digest: .zero)])),
                    .refused(.unknownScope, \.refusedReads)),
                ("a dispute at their place",
                    .dispute(Message.Dispute(scope: own.scope, epoch: welcome.epoch, place: place, claims: [.init(range: whole, digest: .zero)])),
                    .without { if case .settled(let answer) = $0 { answer.digests.isEmpty && answer.repaired == 0 } else { false } }),
                // On a connection with a certificate nothing enrols; the enrolment door is asked below.
                ("their invitation", .enrol(enrolment), .unexpected),
                ("their certificate, to be renewed", .renew(renewal), .unexpected),
                ("their greeting", .welcome(greeting), .unexpected),
                ("their receipt", .receipt(receipts[0]), .unexpected),
                ("a refusal of their block", .pushRefused(.init(scope: scope.scope, block: told.hash, code: .streamGap, end: .init(incarnation: 1, end: told.end))), .unexpected),
                ("their entries", .entries(entries), .unexpected),
                ("news of their log", .news(Message.News(scopes: [.init(scope: scope.scope, place: place, digest: scope.digest)])), .unexpected),
                ("the door's greeting", .door(Message.Door(time: 0)), .unexpected),
                ("their enrolment", .enrolled(theirs.enrolled), .unexpected),
                ("their renewed certificate", .renewed(Message.Renewed(certificate: theirs.enrolled.certificate)), .unexpected),
                ("so many bytes of their attachment", .attachment(.held(.init(scope: scope.scope, hash: attachment.hash, held: 1))), .unexpected),
                ("their attachment's receipt", .attachment(.held(.init(attachmentReceipt))), .unexpected),
                ("a refusal of their attachment", .attachment(.refused(.init(scope: scope.scope, hash: attachment.hash, code: .noSuchAttachment))), .unexpected),
                ("the answer to a donation of theirs",
                    .donated(.init(scope: scope.scope, contains: true, isLast: true, place: signed, end: .init(incarnation: 1, end: told.end), isCopyReleased: true)),
                    .unexpected),
                ("digests of theirs", .compared(Message.Compared(scope: scope.scope, place: place, answers: [])), .unexpected),
                ("a settled dispute of theirs", .settled(Message.Settled(scope: scope.scope, place: place, digests: [], repaired: 0)), .unexpected),
                ("a problem with their scope", .problem(Problem(.serverFault, "x", of: scope.scope)), .goodbye),
                ("a wish to be told, which names nothing", .watch, .without {
                    if case .news(let news) = $0 { news.scopes.allSatisfy { $0.scope == own.scope } } else { true }
                }),
            ]
            #expect(Set(table.map { Kind.of($0.1) }) == Set(Kind.allCases), "each kind of message has its row")

            let secrets = [Array(canary.utf8), kept.hash.bytes, receipts[1].place.hash.bytes, greeting.serverKey.key, theirs.enrolled.tenant.bytes]
            for (name, message, expected) in table {
                let (laptop, _) = try ours.greeted(port: server.port)
                let counts = server.counts
                try laptop.send(message)
                // What nobody answers is followed by a frame that somebody does.
                if case .watch = message { try laptop.send(.push(mine)) }
                let answer = try laptop.receive()
                switch expected {
                case .refused(let code, let count):
                    #expect(Self.code(answer) == code, "\(name)")
                    #expect(server.counts[keyPath: count] == counts[keyPath: count] + 1, "\(name) is counted")
                    // Refused, and the conversation goes on.
                    try laptop.send(.pull(own.scope))
                    guard case .entries = try laptop.receive() else { throw RawSocket.Ended.refused }
                case .unexpected:
                    #expect(Self.code(answer) == .unexpected, "\(name)")
                    #expect(server.counts.badFrames == counts.badFrames + 1, "\(name) is counted")
                    #expect(try laptop.receive() == nil)
                case .goodbye: #expect(answer == nil, "\(name)")
                case .without(let isSo): #expect(answer.map(isSo) == true, "\(name)")
                }
                let bytes = answer?.payload ?? []
                for secret in secrets { #expect(!bytes.contains(secret), "\(name) was answered with what is theirs") }
                try? laptop.close()
            }

            // At our enrolment door.
            let refusals = server.counts.refusedEnrolments
            let door = try Laptop(port: server.port, invitations[0])
            let key = try SigningKey.generate()
            let answer = try Enrolment.ask(door, token: invitations[2].token, request: CertificateSigningRequest(for: ours.key).der, signing: key)
            #expect(Self.code(answer) == .unknownInvitation)
            #expect(Self.code(try theirs.renew(Laptop(port: server.port, invitations[0]))) == .unknownCertificate)
            #expect(server.counts.refusedEnrolments == refusals + 2)
            // Nothing of all that used their invitation up.
            _ = try Enrolment(port: server.port, invitations[2])
        }
        await server.stop()
        #expect(server.counts.faults == 0)
        #expect(try halden.verify().holds)
        #expect(try northlink.verify().holds)
        let places = try northlink.store.read { try $0.scopes() }
        #expect(places.count == before.count)
        #expect(try northlink.store.read { try $0.quarantine() }.isEmpty)
    }

    @Test func `over real sockets each of six tenants' devices gets into its own tenant and into no other`() async throws {
        let yard = try Yard()
        let tenants = try (0..<6).map { try yard.addTenant("tenant-\($0)") }
        let server = try await yard.start()
        let invitations = try tenants.map { try $0.invite("anna", minutes: 600) }
        try await blocking {
            let devices = try invitations.map { try Enrolment(port: server.port, $0) }
            for (holder, device) in devices.enumerated() {
                for (label, invitation) in invitations.enumerated() {
                    let laptop = try Laptop(port: server.port, invitation, identity: device.identity())
                    if holder == label {
                        guard case .welcome(let welcome)? = try laptop.receive() else { throw RawSocket.Ended.refused }
                        #expect(welcome.serverKey.key == device.enrolled.serverKey.key)
                    } else {
                        #expect(throws: TLSError.alert(48)) { try laptop.receive() }
                    }
                }
            }
        }
        await server.stop()
        #expect(server.counts.failedHandshakes == 30)
        #expect(server.counts.sessions == 6)
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        guard count >= part.count else { return false }
        return (0...(count - part.count)).contains { self[$0...].starts(with: part) }
    }
}
