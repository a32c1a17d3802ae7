import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// How long attachments are kept where a tenant chose that, and that they are kept everywhere else. All people are fictitious.
@Suite struct AttachmentRetentionTests {
    private static let day: Int64 = 86_400_000
    private let yard: Yard
    private let tenant: TenantOffice
    private let scope: Identifier
    private let start: Int64

    init() throws {
        yard = try Yard()
        tenant = try yard.addTenant("halden")
        scope = try #require(try tenant.engagements().first).id
        start = yard.clock.wall.now()
    }

    private static func row(_ number: UInt64) -> Identifier { Identifier(high: 9, low: number) }

    private static func piece(_ number: UInt8) throws -> (bytes: [UInt8], attachment: Attachment) {
        let bytes = [UInt8](repeating: number, count: 100)
        return (bytes, try #require(Attachment(hash: Digest.sha256(bytes), size: Int64(bytes.count))))
    }

    /// A row of evidence names the bytes of that number, as the server receives it so many days after the start.
    private func name(_ number: UInt8, by row: UInt64, on day: Int64) throws {
        let attachment = try Self.piece(number).attachment
        try tenant.store.write { transaction in
            try Headquarters(transaction, keys: tenant.keys, now: start + day * Self.day).write(Catalogue.evidence, Self.row(row), in: scope, handle: "EV-\(row)") {
                $0.set("kind", .int(1)); $0.set("title", .text("a photo")); $0.set("mediaType", .text("image/png"))
                $0.set("sha256", .bytes(attachment.hash.bytes)); $0.set("size", .int(Int64(attachment.size)))
            }
        }
    }

    private var vault: AttachmentVault { get throws { try AttachmentVault(at: tenant.vault, dataKey: tenant.keys.dataKey) } }

    private func handIn(_ number: UInt8, on day: Int64) throws {
        let (bytes, attachment) = try Self.piece(number)
        try vault.append(bytes, at: 0, of: attachment, by: scope)
        #expect(try vault.finish(attachment, by: scope))
        try tenant.store.write { try $0.addAttachment(attachment, to: scope, received: start + day * Self.day) }
    }

    /// Do the log, the table and the vault agree that the engagement holds it, or that it is gone?
    private func isHeld(_ number: UInt8, by row: UInt64) throws -> Bool {
        let attachment = try Self.piece(number).attachment
        let (isErased, isBarred) = try tenant.store.read { snapshot in
            (
                try snapshot.attachment(attachment.hash, in: scope)?.isErased == true,
                try snapshot.isBarred(Redaction.leaf(ofAttachment: attachment.hash, namedBy: Self.row(row), SystemPrimitives()), in: scope)
            )
        }
        let lies = try vault.holds(attachment)
        #expect(isErased == isBarred && isErased != lies)
        return lies
    }

    @Test func `an attachment is due once its bytes and every row that names them were kept for so long, and not a millisecond sooner`() throws {
        // Bytes with their row; bytes that came later; a second row that came later; a row whose bytes are still on a laptop.
        for number in UInt8(1)...4 { try name(number, by: UInt64(number), on: 0) }
        // In the order of their days: each of an engagement is received after the one before, whatever the clock says.
        for (number, day) in [(UInt8(1), Int64(0)), (3, 0), (2, 20)] { try handIn(number, on: day) }
        try name(3, by: 13, on: 20)
        func due(_ days: Int64, later milliseconds: Int64 = 0, attachments: Bool = true) throws -> [[Identifier]] {
            let retention = Retention(days: 30, attachments: attachments)
            let found = try tenant.store.read { try retention.dueAttachments(in: scope, $0, at: start + days * Self.day + milliseconds) }
            return found.map { $0.map(\.record).sorted() }.sorted { $0[0] < $1[0] }
        }
        #expect(try due(30).isEmpty)
        #expect(try due(30, later: 1) == [[Self.row(1)]])
        #expect(try due(50) == [[Self.row(1)]])
        let all = [[Self.row(1)], [Self.row(2)], [Self.row(3), Self.row(13)]]
        #expect(try due(50, later: 1) == all)
        #expect(try due(5000) == all)
        #expect(try due(5000, attachments: false).isEmpty)
    }

    @Test func `attachments go where the tenant's last choice says so and nowhere else, with their files, and the log says why`() throws {
        try name(1, by: 1, on: 0)
        try handIn(1, on: 0)
        yard.clock.advance(milliseconds: 40 * Self.day)

        try tenant.setRetention(days: 30)
        #expect(try tenant.retention(ifDays: 30, attachments: true).due.map(\.attachments) == [1])
        #expect(try tenant.retention().due.isEmpty && tenant.applyRetention().attachments == 0)
        #expect(try isHeld(1, by: 1), "nobody chose")
        // The same days, chosen for attachments, and no more for them.
        try tenant.setRetention(days: 30, attachments: true)
        #expect(try tenant.retention().includesAttachments && tenant.retention().attachments == 1)
        try tenant.setRetention(days: 30)
        #expect(try !tenant.retention().includesAttachments && tenant.applyRetention().attachments == 0)
        #expect(try isHeld(1, by: 1), "the choice was taken back")

        try tenant.setRetention(days: 30, attachments: true)
        #expect(try tenant.applyRetention().attachments == 1)
        #expect(try !isHeld(1, by: 1))
        #expect(try tenant.retention().due.isEmpty && tenant.applyRetention().attachments == 0)
        var reasons: [String?] = []
        try tenant.store.read { snapshot in
            try snapshot.records(in: scope, ofType: Catalogue.redaction.number) { id, state in
                let view = RecordView(id: id, state: state)
                if view.text("field") == "sha256" { reasons.append(view.text("reason")) }
            }
        }
        #expect(reasons == [Retention.reason])
        #expect(try tenant.store.read { try $0.audit() }.filter { $0.act == "retention.redact" }.map(\.detail) == ["\(scope) 1 attachments"])
        #expect(try tenant.verify().holds)
        // Attached again it is kept anew.
        try name(1, by: 2, on: 41)
        try handIn(1, on: 41)
        yard.clock.advance(milliseconds: 2 * Self.day)
        #expect(try tenant.applyRetention().attachments == 0)
        #expect(try vault.holds(Self.piece(1).attachment))
    }

    @Test func `days that the log came to without a choice in the chain of acts are of values alone`() throws {
        try tenant.setRetention(days: 30, attachments: true)
        #expect(try tenant.retention().includesAttachments)
        for days in [Int64(31), 30] {
            try tenant.store.write { transaction in
                let headquarters = try Headquarters(transaction, keys: tenant.keys, now: yard.clock.wall.now())
                try headquarters.write(Catalogue.tenant, transaction.identity().id, in: headquarters.shared) { $0.set("retentionDays", .int(days)) }
            }
            #expect(try tenant.retention().days == days && !tenant.retention().includesAttachments)
        }
        try tenant.setRetention(days: nil)
        #expect(try tenant.retention().days == nil && !tenant.retention().includesAttachments)
    }

    @Test func `a clock that jumps by years takes no attachment until somebody has looked at it`() throws {
        try name(1, by: 1, on: 0)
        try handIn(1, on: 0)
        try tenant.setRetention(days: 30, attachments: true)
        func round(_ days: Int64) throws -> Retention.Round { try Retention.keepSchedule(of: tenant.store, signer: tenant.keys.signingKey, at: start + days * Self.day) }
        guard case .silent = try round(3650) else {
            Issue.record("the schedule went by a clock that jumped")
            return
        }
        #expect(try isHeld(1, by: 1))
        #expect(try round(29) == .nothing)
        #expect(try isHeld(1, by: 1))
        #expect(try round(31) == .redacted(1))
        try tenant.dropErasedAttachments()
        #expect(try !isHeld(1, by: 1))
    }
}
