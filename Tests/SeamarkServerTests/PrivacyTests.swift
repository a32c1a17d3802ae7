import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Who gets which sensitive value from the server, and what becomes of values when consent is withdrawn. All people are fictitious.
@Suite struct PrivacyTests {
    private static let canary = "canary: my door is full"

    /// Records of one engagement by one device, block after block; one thread at a time has it.
    final class Author: @unchecked Sendable {
        let enrolment: Enrolment
        let scope: Identifier
        private var end = StreamEnd.beginning
        private var salt: UInt64 = 0
        private var states: [Identifier: RecordState] = [:]

        init(_ enrolment: Enrolment, _ scope: Identifier) { (self.enrolment, self.scope) = (enrolment, scope) }

        func change(_ type: RecordType, _ record: Identifier, handle: String?, _ fields: [(String, Value)], elements: [(String, Value)] = [], over state: RecordState? = nil) -> Change {
            let now = WallClock.system.now()
            let first = salt
            salt += 100
            var next = first
            var editing = RecordEditing(record: record, type: type, state: state) {
                next += 1
                return Identifier(high: 0xabc, low: next)
            }
            if state == nil { editing.create(at: now, handle: handle) }
            for (key, value) in fields { editing.set(key, value) }
            for (key, element) in elements { editing.add(key, element) }
            return Change(
                scope: scope, stamp: Stamp(time: now, device: enrolment.enrolled.device), member: enrolment.enrolled.member, schema: 1,
                edits: editing.edits, primitives: SystemPrimitives())
        }

        func push(_ changes: [Change], _ laptop: Laptop) throws -> Receipt? {
            let block = Block.seal(
                changes, in: StreamName(device: enrolment.enrolled.device, incarnation: 1, scope: scope), after: end, by: enrolment.signing,
                SystemPrimitives())
            end = block.end
            let sensitive = SensitivePart.encode(block.sensitiveParts, SystemPrimitives())
            try laptop.send(.push(Message.Push(scope: scope, block: block.bytes, sensitive: sensitive)))
            guard case .receipt(let receipt) = try laptop.receive() else { return nil }
            return receipt
        }
    }

    private static func consent(_ state: Consent.State) -> Value { Consent(state: state, scope: [.quotes, .role], method: 1).value }

    /// All entries of a scope as a member's device gets them, opened.
    private static func pulled(_ scope: Identifier, _ laptop: Laptop) throws -> (blocks: [Block], parts: [SensitivePart]) {
        try laptop.send(.pull(scope))
        guard case .entries(let entries) = try laptop.receive() else { return ([], []) }
        var blocks: [Block] = []
        var parts: [SensitivePart] = []
        for entry in entries.entries {
            guard let bytes = entry.block else { continue }
            let own = try SensitivePart.decode(entry.sensitive, SystemPrimitives())
            parts += own
            blocks.append(try Block.open(bytes, sensitive: own, SystemPrimitives()))
        }
        return (blocks, parts)
    }

    private static func isValue(_ part: SensitivePart) -> Bool { if case .value = part { true } else { false } }

    @Test func `an analyst gets leaf hashes and never a sensitive value, a client viewer nothing, and no file of the server holds one in the open`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        for (name, role) in [("ida", Role.analyst), ("vera", .clientViewer)] {
            _ = try tenant.addMember(try ShortName(checking: name, for: "a member"), name: name, role: role)
            try tenant.staff(name, on: "ops")
        }
        let server = try await yard.start()
        let invitations = try ["anna", "ben", "ida", "vera"].map { try tenant.invite($0) }
        let scope = try #require(try tenant.engagements().first).id
        try await blocking {
            let people = try invitations.map { try Enrolment(port: server.port, $0) }
            let laptops = try people.map { try $0.greeted(port: server.port) }
            let author = Author(people[0], scope)
            let (person, interview) = (try Identifier.drawn(at: 1), try Identifier.drawn(at: 2))
            let types: [(RecordType, String)] = [(Catalogue.site, "notes"), (Catalogue.observation, "text")]
            var changes = [
                author.change(Catalogue.person, person, handle: "P-A001", [("level", .int(3)), ("name", .text(Self.canary)), ("contact", .text(Self.canary)), ("consent", Self.consent(.given))]),
                author.change(Catalogue.interview, interview, handle: "IV-A001", [("summary", .text(Self.canary))], elements: [("persons", .id(person))]),
                author.change(Catalogue.quote, try .drawn(at: 3), handle: "Q-A001", [("interview", .id(interview)), ("text", .text(Self.canary)), ("person", .id(person))]),
            ]
            for (number, (type, key)) in types.enumerated() {
                let name: [(String, Value)] = type === Catalogue.site ? [("name", .text("Plant"))] : []
                changes.append(author.change(type, try .drawn(at: 4), handle: "X-\(number)", name + [(key, .text(Self.canary))]))
            }
            let receipt = try #require(try author.push(changes, laptops[0].0))
            #expect(receipt.verdicts.allSatisfy { $0 == .accepted })

            // The colleague has every value; so the canary is there to be found.
            let ben = try Self.pulled(scope, laptops[1].0)
            #expect(ben.parts.count == 6 && ben.parts.allSatisfy(Self.isValue))
            #expect("\(ben.blocks.map(\.changes))".contains(Self.canary))
            // The analyst has the same blocks, which verify, and a hash for each value.
            let ida = try Self.pulled(scope, laptops[2].0)
            #expect(ida.blocks.map(\.hash) == ben.blocks.map(\.hash))
            #expect(ida.parts.count == 6 && !ida.parts.contains(where: Self.isValue))
            #expect(!"\(ida.blocks.map(\.changes))".contains(Self.canary))
            // The client viewer sees the published scope alone.
            #expect(laptops[3].1.scopes.allSatisfy { $0.kind == .published })
            try laptops[3].0.send(.pull(scope))
            #expect(try laptops[3].0.expectProblem() == .unknownScope)
        }
        await server.stop()
        let files = try FileManager.default.subpathsOfDirectory(atPath: yard.directory.path)
        #expect(files.contains { $0.hasSuffix(".sqlite") })
        for file in files {
            let bytes = FileManager.default.contents(atPath: yard.directory.path + "/" + file) ?? Data()
            #expect(bytes.range(of: Data(Self.canary.utf8)) == nil, "\(file)")
        }
        // It is in them, sealed.
        let held = try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }
        #expect(held.count == 6)
    }

    @Test func `a role is read anew at each pull, not at the greeting alone`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = try ["anna", "ben"].map { try tenant.invite($0) }
        let scope = try #require(try tenant.engagements().first).id
        let ben = try #require(try tenant.members().first { $0.handle == "ben" })
        try await blocking {
            let people = try invitations.map { try Enrolment(port: server.port, $0) }
            let laptops = try people.map { try $0.greeted(port: server.port).0 }
            let author = Author(people[0], scope)
            #expect(try author.push([author.change(Catalogue.observation, try .drawn(at: 1), handle: "OB-1", [("text", .text(Self.canary))])], laptops[0]) != nil)
            let before = try Self.pulled(scope, laptops[1])
            #expect(before.parts.count == 1 && before.parts.allSatisfy(Self.isValue))
            try tenant.store.write { try $0.updateMember(TenantMember(id: ben.id, name: ben.name, role: Role.analyst.key)) }
            try laptops[1].send(.pull(scope))
            guard case .problem(let problem) = try laptops[1].receive() else { throw RawSocket.Ended.refused }
            #expect(problem.code == .greetingOutdated, "the connection is the same, the role is not")
            let after = try Self.pulled(scope, people[1].greeted(port: server.port).0)
            #expect(after.parts.count == 1 && !after.parts.contains(where: Self.isValue))
        }
        await server.stop()
    }

    @Test func `when consent is withdrawn the words are redacted at once, and those that come later from a device that did not know`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = try ["anna", "ben"].map { try tenant.invite($0) }
        let scope = try #require(try tenant.engagements().first).id
        let (person, other) = (try Identifier.drawn(at: 1), try Identifier.drawn(at: 1))
        let interview = try Identifier.drawn(at: 2)
        try await blocking {
            let people = try invitations.map { try Enrolment(port: server.port, $0) }
            let laptops = try people.map { try $0.greeted(port: server.port) }
            let (anna, ben) = (Author(people[0], scope), Author(people[1], scope))
            let asked = anna.change(Catalogue.person, person, handle: "P-A001", [("level", .int(3)), ("consent", Self.consent(.given))])
            func quote(_ author: Author, _ handle: String, _ text: String, of person: Identifier?) throws -> Change {
                var fields: [(String, Value)] = [("interview", .id(interview)), ("text", .text(text))]
                if let person { fields.append(("person", .id(person))) }
                return author.change(Catalogue.quote, try .drawn(at: 3), handle: handle, fields)
            }
            let answer = anna.change(
                Catalogue.answer, DerivedIdentifiers.answer(interview: interview, question: "LB1", scorer: people[0].enrolled.member, by: SystemPrimitives()),
                handle: nil,
                [
                    ("interview", .id(interview)), ("question", .text("LB1")), ("scorer", .id(people[0].enrolled.member)), ("person", .id(person)),
                    ("response", .group([.init(1, .int(2))])), ("rationale", .text(Self.canary)), ("reference", .text(Self.canary)),
                ])
            func check(_ handle: String) throws -> Change {
                anna.change(Catalogue.quickCheck, try .drawn(at: 3), handle: handle, [
                    ("subject", .text("receiving")), ("date", .int(20_000)), ("boxes", .list([Value](repeating: .bool(true), count: 25))), ("person", .id(person)), ("note", .text(Self.canary)),
                ])
            }
            let first = try anna.push(
                [
                    asked, try check("QC-A001"), anna.change(Catalogue.person, other, handle: "P-A002", [("level", .int(4)), ("consent", Self.consent(.given))]),
                    anna.change(Catalogue.interview, interview, handle: "IV-A001", [], elements: [("persons", .id(person)), ("persons", .id(other))]),
                    try quote(anna, "Q-A001", Self.canary, of: person), try quote(anna, "Q-A002", "what the other said", of: other), answer,
                ], laptops[0].0)
            #expect(first?.verdicts.contains { $0 != .accepted } == false, "\(first?.verdicts as Any)")
            #expect(try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.count == 5)

            // Ben hears the withdrawal and hands it in; the state before it is what Anna wrote.
            let state = try tenant.store.read { try $0.record(person, in: scope) }
            let withdrawal = ben.change(Catalogue.person, person, handle: nil, [("consent", Self.consent(.withdrawn))], over: state)
            #expect(try ben.push([withdrawal], laptops[1].0)?.verdicts == [.accepted])
            let left = try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }
            #expect(left.count == 1, "only what the other person said is left")
            #expect(try tenant.store.read { try $0.barredCounts() }.values == 4, "the quote, the answer's rationale and reference, and the note of the check")

            // Anna did not know: her quote is taken, redacted in the same transaction, and nobody gets it. One that names nobody is of everyone.
            let place = try tenant.store.read { try $0.scope(scope) }?.place.position
            let late = try anna.push([try quote(anna, "Q-A003", Self.canary, of: person), try quote(anna, "Q-A004", Self.canary, of: nil), try check("QC-A002")], laptops[0].0)
            #expect(late?.verdicts == [.accepted, .accepted, .accepted])
            #expect(late?.place.position == place.map { $0 + 1 })
            let after = try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }
            #expect(after.map(\.redacted) == left.map(\.redacted))
            let pulled = try Self.pulled(scope, laptops[1].0)
            #expect(!"\(pulled.blocks.map(\.changes))".contains(Self.canary))
            #expect("\(pulled.blocks.map(\.changes))".contains("what the other said"))
        }
        await server.stop()
        #expect(try tenant.verify().holds)
        let report = try tenant.report(on: "ops", software: "test")
        #expect(report.withdrawnQuotes == 3 && report.withdrawnAnswers == 1)
        for text in [report.html, report.markdown, report.json] { #expect(!text.contains(Self.canary) && !text.contains("P-A001") && !text.contains("Q-A001")) }
        let acts = try tenant.store.read { try $0.audit() }.filter { $0.act == "redaction.make" }
        #expect(acts.count == 2)
    }

    @Test func `a quote that is given a person who withdrew loses the words that it had`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna")
        let scope = try #require(try tenant.engagements().first).id
        let (person, interview, quote) = (try Identifier.drawn(at: 1), try Identifier.drawn(at: 2), try Identifier.drawn(at: 3))
        try await blocking {
            let enrolment = try Enrolment(port: server.port, invitation)
            let laptop = try enrolment.greeted(port: server.port)
            let anna = Author(enrolment, scope)
            let first = try anna.push(
                [
                    anna.change(Catalogue.person, person, handle: "P-A001", [("level", .int(3)), ("consent", Self.consent(.withdrawn))]),
                    anna.change(Catalogue.interview, interview, handle: "IV-A001", []),
                    anna.change(Catalogue.quote, quote, handle: "Q-A001", [("interview", .id(interview)), ("text", .text(Self.canary))]),
                ], laptop.0)
            #expect(first?.verdicts == [.accepted, .accepted, .accepted])
            #expect(try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.count == 1, "it names nobody, and nobody was asked")
            let state = try tenant.store.read { try $0.record(quote, in: scope) }
            let named = anna.change(Catalogue.quote, quote, handle: nil, [("person", .id(person))], over: state)
            #expect(try anna.push([named], laptop.0)?.verdicts == [.accepted])
            #expect(try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.isEmpty)
        }
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `words that an older program's rule left are redacted with the first that come in after the server started`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let invitation = try tenant.invite("anna")
        let scope = try #require(try tenant.engagements().first).id
        let (person, interview, quote) = (try Identifier.drawn(at: 1), try Identifier.drawn(at: 2), try Identifier.drawn(at: 3))
        let first = try await yard.start()
        let anna = try await blocking {
            let enrolment = try Enrolment(port: first.port, invitation)
            let anna = Author(enrolment, scope)
            let receipt = try anna.push(
                [
                    anna.change(Catalogue.person, person, handle: "P-A001", [("level", .int(3)), ("consent", Self.consent(.withdrawn))]),
                    anna.change(Catalogue.interview, interview, handle: "IV-A001", []),
                    anna.change(Catalogue.quote, quote, handle: "Q-A001", [("interview", .id(interview)), ("text", .text(Self.canary))]),
                ], try enrolment.greeted(port: first.port).0)
            #expect(receipt?.verdicts == [.accepted, .accepted, .accepted])
            return anna
        }
        await first.stop()
        // The quote becomes hers in a store that follows no rule.
        let folder = URL(fileURLWithPath: tenant.vault).deletingLastPathComponent()
        let bare = try TenantStore.open(at: folder.appendingPathComponent("tenant.sqlite").path, tools: .standard(dataKey: tenant.keys.dataKey))
        let state = try bare.read { try $0.record(quote, in: scope) }
        let named = anna.change(Catalogue.quote, quote, handle: nil, [("person", .id(person))], over: state)
        let author = try bare.read { try $0.identity() }.author
        let change = Change(scope: scope, stamp: Stamp(time: WallClock.system.now(), device: author), member: author, schema: 1, edits: named.edits, primitives: SystemPrimitives())
        _ = try bare.write { try $0.author([change], in: scope, by: tenant.keys.signingKey, received: WallClock.system.now()) }
        func left() throws -> Int { try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.count }
        #expect(try left() == 1)
        let second = try await yard.start()
        try await blocking {
            let other = anna.change(Catalogue.quote, try .drawn(at: 4), handle: "Q-A002", [("interview", .id(interview)), ("text", .text("nobody's words"))])
            #expect(try anna.push([other], try anna.enrolment.greeted(port: second.port).0)?.verdicts == [.accepted])
        }
        await second.stop()
        #expect(try left() == 1, "what names nobody is left")
        #expect(try tenant.store.read { try $0.barredCounts() }.values == 1)
        #expect(try tenant.verify().holds)
    }

    @Test func `headquarters redacts a field with all that it ever said, and says what cannot be`() throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let scope = try #require(try tenant.engagements().first).id
        let site = try Identifier.drawn(at: 1)
        for text in [Self.canary + " 1", Self.canary + " 2"] {
            try tenant.store.write { transaction in
                let headquarters = try Headquarters(transaction, keys: tenant.keys, now: 5)
                try headquarters.write(Catalogue.site, site, in: scope, handle: "ST-HQ") { record in
                    record.set("name", .text("Plant"))
                    record.set("notes", .text(text))
                }
            }
        }
        #expect(throws: OperationFailure.self) { try tenant.redact("name", of: "ST-HQ", in: "ops", reason: "no") }
        #expect(throws: OperationFailure.self) { try tenant.redact("notes", of: "ST-NO", in: "ops", reason: "no") }
        #expect(throws: OperationFailure.self) { try tenant.redact("notes", of: "ST-HQ", in: "ops", reason: "two\nlines") }
        #expect(try tenant.redact("notes", of: "st-hq", in: "ops", reason: "named a customer").values == 2)
        #expect(throws: OperationFailure.self) { try tenant.redact("notes", of: "ST-HQ", in: "ops", reason: "again") }
        #expect(try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.isEmpty)
        #expect(try tenant.verify().holds)
    }

    @Test func `headquarters redacts a field of a record in those that were merged with it too, and says which they are`() throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let scope = try #require(try tenant.engagements().first).id
        let (kept, gone, other) = (try Identifier.drawn(at: 1), try Identifier.drawn(at: 2), try Identifier.drawn(at: 3))
        for (id, handle) in [(kept, "ST-KEPT"), (gone, "ST-GONE"), (other, "ST-OTHER")] {
            try tenant.store.write { transaction in
                let headquarters = try Headquarters(transaction, keys: tenant.keys, now: 5)
                try headquarters.write(Catalogue.site, id, in: scope, handle: handle) { record in
                    record.set("name", .text("Plant"))
                    record.set("notes", .text(Self.canary + handle))
                    if id == gone { record.set("mergedInto", .id(kept)) }
                }
            }
        }
        let redacted = try tenant.redact("notes", of: "ST-KEPT", in: "ops", reason: "named a customer")
        #expect(redacted.values == 2 && redacted.others == ["ST-GONE"])
        #expect(try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.map(\.record) == [other])
        #expect(try tenant.verify().holds)
    }
}
