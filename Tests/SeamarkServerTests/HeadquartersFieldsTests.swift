import SeamarkJournal
import SeamarkModel
import Testing

@testable import SeamarkServer
@testable import SeamarkStore

/// `record set`: what headquarters alone may write has a hand that writes it.
@Suite struct HeadquartersFieldsTests {
    @Test func `the settings of the method, an approved quote and what the tenant is are set by headquarters, signed and on record`() throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let scope = try #require(try tenant.engagements().first).id
        func view(_ id: Identifier, in scope: Identifier) throws -> RecordView { RecordView(id: id, state: try #require(try tenant.store.read { try $0.record(id, in: scope) })) }
        let done = try tenant.set([("methodSettings.iterations", "2000"), ("methodSettings.minCell", "6")], of: nil, in: "ops")
        #expect(done.type === Catalogue.engagement && !done.changed.isEmpty)
        #expect(try tenant.set([("methodSettings.seed", "7")], of: nil, in: "ops").changed == done.changed)
        let settings = try #require(try view(scope, in: scope).group("methodSettings"))
        #expect(settings.integer("iterations") == 2000 && settings.integer("minCell") == 6 && settings.integer("seed") == 7)
        #expect(try tenant.set([("methodSettings.seed", "7")], of: nil, in: "ops").changed == [])

        let quote = try Identifier.drawn(at: 1)
        try tenant.store.write { transaction in
            try Headquarters(transaction, keys: tenant.keys, now: 5).write(Catalogue.quote, quote, in: scope, handle: "Q-1") { record in
                record.set("interview", .id(scope))
                record.set("text", .text("Invented."))
            }
        }
        _ = try tenant.set([("approvedForReport", "true")], of: "q-1", in: "ops")
        #expect(try view(quote, in: scope).boolean("approvedForReport") == true)

        let shared = try tenant.store.read { snapshot in (try #require(try snapshot.scopes().first { $0.kind == .shared }).id, try snapshot.identity().id) }
        _ = try tenant.set([("sector", "energy"), ("legalName", "Halden Works (fictitious)")], of: nil, in: nil)
        let directory = try view(shared.1, in: shared.0)
        #expect(directory.choice("sector") == "energy" && directory.text("legalName") == "Halden Works (fictitious)")
        #expect(try tenant.store.read { try $0.audit() }.filter { $0.act == "record.set" }.count == 4)
        #expect(try tenant.verify().holds)
    }

    @Test func `what members write, what breaks a bound, and an instrument that is not there are refused, and nothing is changed`() throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let before = try tenant.engagements().map(\.digest)
        let acts = try tenant.store.read { try $0.audit().count }
        for (fields, record, engagement) in [
            ([("title", "Ours")], nil, "ops"), ([("methodSettings.iterations", "2000"), ("title", "Ours")], nil, "ops"), ([("methodSettings.iterations", "1")], nil, "ops"),
            ([("methodSettings.rho", "NaN")], nil, "ops"), ([("instrument", "nope@9")], nil, "ops"), ([("instrument", "-")], nil, "ops"), ([("status", "active")], nil, nil),
            ([("retentionDays", "3")], nil, nil), ([("name", "x")], "anna", nil), ([("sector", "energy")], "nobody", nil), ([("sector", "energy")], nil, "nothing"),
        ] as [([(String, String)], String?, String?)] {
            #expect(throws: OperationFailure.self, "\(fields)") { try tenant.set(fields.map { (key: $0.0, text: $0.1) }, of: record, in: engagement) }
        }
        #expect(try tenant.engagements().map(\.digest) == before && tenant.store.read { try $0.audit().count } == acts)
    }
}
