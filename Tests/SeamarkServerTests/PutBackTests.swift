import Foundation
import Logging
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// A server whose files were copied back while it was stopped, and the connections that find it out.
@Suite struct PutBackTests {
    @Test func `files that were copied back without a word are found out by a device, and a colleague gives back what they lost`() async throws {
        let yard = try Yard()
        let name = try ShortName(checking: "halden", for: "a tenant")
        let invitations = try {
            let tenant = try yard.addTenant("halden")
            let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben")]
            try tenant.store.close()
            return invitations
        }()
        var server = try await yard.start()
        let port = server.port
        let (anna, ben) = try await blocking { (try Enrolment(port: port, invitations[0]), try Enrolment(port: port, invitations[1])) }
        await server.stop()
        let file = yard.directory.tenant(name).database
        let copy = try Data(contentsOf: URL(fileURLWithPath: file))

        // Anna's block is receipted, and Ben reads it.
        server = try await yard.start()
        let later = server.port
        let (scope, block, receipt, entries, epoch) = try await blocking {
            let (laptop, welcome) = try anna.greeted(port: later)
            let scope = try #require(welcome.engagement)
            let block = try anna.block(scope.scope, count: 2)
            try laptop.send(.push(block))
            guard case .receipt(let receipt) = try laptop.receive() else { throw RawSocket.Ended.refused }
            let (other, _) = try ben.greeted(port: later)
            try other.send(.pull(scope.scope, after: scope.place))
            guard case .entries(let entries) = try other.receive() else { throw RawSocket.Ended.refused }
            return (scope, block, receipt, entries, welcome.epoch)
        }
        #expect(entries.place == receipt.place)
        await server.stop()
        try Data(copy).write(to: URL(fileURLWithPath: file))
        for companion in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + companion) }

        let paper = ServerLogTests.Paper()
        server = try await yard.start(logger: paper.logger(.notice))
        let last = server.port
        try await blocking {
            func status(_ cursor: LogPlace, epoch: UInt64, proof: PlaceProof? = nil, attachment: AttachmentReceipt? = nil) -> Message {
                .status(
                    Message.Status(
                        time: 0, software: "test", schema: 1,
                        scopes: [
                            Message.ScopeCursor(
                                scope: scope.scope, epoch: epoch, cursor: cursor, mark: cursor, incarnation: 9, unsent: 0, proof: proof,
                                attachmentProof: attachment)
                        ]))
            }
            let signed = SignedPlace(
                epoch: epoch, scope: scope.scope,
                place: LogPlace(position: scope.place.position + 1, hash: entries.place.hash), signature: entries.signature)
            let (laptop, welcome) = try ben.greeted(port: last)
            #expect(welcome.epoch == epoch && welcome.engagement?.place == scope.place, "nobody has noticed yet")
            // A mere word renews nothing, nor do signatures of somebody else, of another place, or of another epoch.
            let other = LogPlace(position: signed.place.position + 1, hash: signed.place.hash)
            let ownKey = SignedPlace(epoch: epoch, scope: scope.scope, place: signed.place, signer: ben.signing)
            let forgeries: [PlaceProof?] = [
                nil, .place(ownKey), .place(SignedPlace(epoch: epoch, scope: scope.scope, place: other, signature: signed.signature)),
                .place(SignedPlace(epoch: epoch &+ 1, scope: scope.scope, place: signed.place, signature: signed.signature)),
                .receipt(
                    Receipt(
                        epoch: epoch, scope: scope.scope, place: other, block: receipt.block, verdicts: receipt.verdicts, received: receipt.received,
                        signature: receipt.signature)),
            ]
            for forged in forgeries {
                try laptop.send(status(entries.place, epoch: epoch, proof: forged))
                #expect(try laptop.expectProblem() == .unprovenClaim)
            }
            try laptop.send(.pull(scope.scope, after: scope.place))
            guard case .entries = try laptop.receive() else { throw RawSocket.Ended.refused }
            try laptop.send(status(entries.place, epoch: epoch, proof: .place(signed)))
            // What is said before the answer is not taken in the epoch that has passed.
            #expect(try laptop.expectProblem() == .epochRenewed)
            #expect(try laptop.receive() == nil)
            let (again, renewed) = try ben.greeted(port: last)
            #expect(renewed.epoch != epoch)
            try again.send(.push(Message.Push(scope: scope.scope, block: try ben.block(scope.scope).bytes, sensitive: [], epoch: epoch)))
            if case .pushRefused(let refusal) = try again.receive() { #expect(refusal.code == .epochRenewed) } else { Issue.record("no refusal") }
            func donation(_ items: [Message.Entry], last: Bool = true) -> Message {
                .donate(
                    Message.Donation(
                        scope: scope.scope, known: entries.place, before: scope.place.hash, entries: items, proof: .place(signed), incarnation: 9,
                        isLast: last))
            }
            // Another time than was signed for.
            let forged = entries.entries.map {
                Message.Entry(
                    entry: LogEntry(content: $0.entry.content, verdicts: $0.entry.verdicts, received: $0.entry.received + 1), block: $0.block,
                    sensitive: $0.sensitive)
            }
            try again.send(donation(forged))
            #expect(try again.expectProblem() == .badDonation)
            try again.send(donation(entries.entries))
            guard case .donated(let donated) = try again.receive() else { throw RawSocket.Ended.refused }
            #expect(donated.place.place == receipt.place && donated.place.epoch == renewed.epoch)
            #expect(donated.contains && donated.isLast && !donated.isCopyReleased)
            #expect(donated.place.isSigned(by: renewed.serverKey.key, SystemPrimitives()))
            // Anna's stream has advanced over what she did not send again.
            let (_, greeting) = try anna.greeted(port: last)
            #expect(greeting.engagement?.streams == [Message.KnownStream(incarnation: 1, end: block.end)])
            // Nor does a receipt for an attachment that somebody else signed: nothing is answered, and the connection goes on.
            let attachment = try #require(Attachment(hash: entries.place.hash, size: 5))
            for epoch in [renewed.epoch, epoch] {
                let invented = AttachmentReceipt(epoch: epoch, scope: scope.scope, attachment: attachment, received: 7, signer: ben.signing)
                try again.send(status(entries.place, epoch: renewed.epoch, attachment: invented))
            }
            try again.send(.pull(scope.scope, after: entries.place))
            guard case .entries = try again.receive() else { throw RawSocket.Ended.refused }
        }
        await server.stop()
        let alarms = paper.lines.compactMap(ServerLogTests.read).filter { $0.event == .rolledBack }
        #expect(alarms.map { $0.level } == ["warning"] && alarms.first?.fields == ["tenant": ben.enrolled.tenant.description, "device": ben.enrolled.device.description])
        let tenant = try yard.office.tenant(name)
        #expect(try tenant.verify().holds)
        #expect(try tenant.store.read { try $0.audit() }.count { $0.act == "epoch.renew" } == 1)
        #expect(server.counts.refusedDonations == 1)
        let counts = try yard.office.status().tenants.first
        #expect(counts?.rollbacks == 1 && counts?.copiedDevices == 0)
        #expect(counts?.unprovenDevices == ["B"], "the alarm names Ben's laptop")
    }

    @Test func `an engagement and a device that are younger than the copy are told of by an alarm each, once, on this server's own word`() async throws {
        let yard = try Yard()
        let name = try ShortName(checking: "halden", for: "a tenant")
        let invitations = try {
            let tenant = try yard.addTenant("halden")
            let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben", minutes: 600)]
            try tenant.store.close()
            return invitations
        }()
        let first = try await yard.start()
        let before = first.port
        let anna = try await blocking { try Enrolment(port: before, invitations[0]) }
        await first.stop()
        let file = yard.directory.tenant(name).database
        let copy = try Data(contentsOf: URL(fileURLWithPath: file))

        // Anna's block of a new engagement is receipted, and Ben enrols.
        let scope = try {
            let tenant = try yard.office.tenant(name)
            _ = try tenant.addEngagement(try ShortName(checking: "second", for: "it"), title: "Second", currency: "EUR", financials: nil)
            try tenant.staff("anna", on: "second")
            let scope = try #require(try tenant.engagements().first { $0.handle == "second" }).id
            try tenant.store.close()
            return scope
        }()
        let second = try await yard.start()
        let later = second.port
        let (receipt, ben) = try await blocking {
            let (laptop, _) = try anna.greeted(port: later)
            try laptop.send(.push(try anna.block(scope)))
            guard case .receipt(let receipt) = try laptop.receive() else { throw RawSocket.Ended.refused }
            return (receipt, try Enrolment(port: later, invitations[1]))
        }
        await second.stop()
        try copy.write(to: URL(fileURLWithPath: file))
        for companion in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + companion) }

        let server = try await yard.start()
        let port = server.port
        try await blocking {
            func status(_ proof: Receipt) -> Message {
                .status(
                    Message.Status(
                        time: 0, software: "test", schema: 1,
                        scopes: [
                            Message.ScopeCursor(
                                scope: receipt.scope, epoch: receipt.epoch, cursor: .beginning, mark: receipt.place, incarnation: 1, unsent: 0,
                                proof: .receipt(proof))
                        ]))
            }
            let (laptop, welcome) = try anna.greeted(port: port)
            #expect(!welcome.scopes.contains { $0.scope == receipt.scope })
            // Whatever somebody else signed tells of nothing.
            let forged = Receipt(
                epoch: receipt.epoch, scope: receipt.scope, place: receipt.place, block: receipt.block, verdicts: receipt.verdicts, received: receipt.received,
                signer: anna.signing)
            try laptop.send(status(forged))
            #expect(try laptop.expectProblem() == .unprovenClaim)
            let acts = try yard.office.tenant(name).audit().map(\.act)
            #expect(!acts.contains("engagement.unknown"))
            try laptop.send(status(receipt))
            #expect(try laptop.expectProblem() == .epochRenewed)
            for _ in 0..<2 {
                let (again, _) = try anna.greeted(port: port)
                try again.send(status(receipt))
                try again.send(.push(try anna.block(receipt.scope)))
                guard case .pushRefused(let refusal) = try again.receive() else { throw RawSocket.Ended.refused }
                #expect(refusal.code == .unknownScope)
                try again.close()
            }
            // Who enrolled after the copy is not called revoked.
            for _ in 0..<2 { #expect(try ben.connect(port: port).expectProblem() == .unknownDevice) }
        }
        await server.stop()
        let tenant = try yard.office.tenant(name)
        let alarms = try tenant.store.read { try $0.alarms() }
        #expect(alarms.filter { $0.kind == .unknownScope }.map(\.scope) == [receipt.scope] && alarms.first { $0.kind == .unknownScope }?.device == anna.enrolled.device)
        let acts = try tenant.store.read { try $0.audit() }.map(\.act)
        #expect(acts.count { $0 == "engagement.unknown" } == 1 && acts.count { $0 == "device.unknown" } == 1)
        let told = try #require(try yard.office.status().tenants.first)
        #expect(told.unknownEngagements == [receipt.scope.description] && told.unknownDevices == [ben.enrolled.device.description] && told.rollbacks == 1)
    }

    @Test func `a device that speaks as an older incarnation after a younger one is listed as two copies, and hears so itself`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let paper = ServerLogTests.Paper()
        let server = try await yard.start(logger: paper.logger(.notice))
        let invitation = try tenant.invite("anna", minutes: 600)
        let port = server.port
        try await blocking {
            let anna = try Enrolment(port: port, invitation)
            func speak(as incarnation: UInt64, pushing: Bool) throws -> Bool {
                let (laptop, welcome) = try anna.greeted(port: port)
                let scope = try #require(welcome.engagement).scope
                let cursor = Message.ScopeCursor(
                    scope: scope, epoch: welcome.epoch, cursor: .beginning, mark: .beginning, incarnation: incarnation, unsent: 0)
                try laptop.send(.status(Message.Status(time: 0, software: "test", schema: 1, scopes: [cursor])))
                if pushing { try laptop.send(.push(try anna.block(scope, incarnation: incarnation))) } else { try laptop.send(.pull(scope)) }
                _ = try laptop.receive()
                try laptop.close()
                return welcome.hasTwoCopies
            }
            #expect(try !speak(as: 1, pushing: true))
            #expect(try !speak(as: 2, pushing: true))
            #expect(try !speak(as: 2, pushing: false), "a restored store goes on alone")
            #expect(try !speak(as: 1, pushing: false))
            #expect(try speak(as: 2, pushing: false))
        }
        #expect(try tenant.devices().map(\.hasTwoCopies) == [true])
        #expect(try yard.office.status().tenants.first?.copiedDevices == 1)
        await server.stop()
        let alarms = paper.lines.compactMap(ServerLogTests.read).filter { $0.event == .twoCopies }
        #expect(try alarms.map { $0.fields["device"] } == [tenant.devices().first?.device.id.description])
    }
}
