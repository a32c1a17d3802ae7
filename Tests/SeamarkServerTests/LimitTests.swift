import NIOCore
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Synchronization
import Testing

@testable import SeamarkServer

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// The limits as they are shipped, one below, at and one above each (the table is in `Server/THREATS.md`).
@Suite struct LimitTests {
    private static let shipped = ConnectionLimits()
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private static func after(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }

    // MARK: Times

    @Test(arguments: [
        (ConnectionTimes.Overdue.handshake, ConnectionTimes.Stage.arriving, 10_000), (.firstFrame, .serving, 5_000), (.frame, .serving, 30_000),
        (.idle, .serving, 600_000), (.farewell, .leaving, 2_000),
    ] as [(ConnectionTimes.Overdue, ConnectionTimes.Stage, Int64)])
    func `each time-out ends a connection at its millisecond and not one sooner`(_ what: ConnectionTimes.Overdue, in stage: ConnectionTimes.Stage, at limit: Int64) {
        var times = ConnectionTimes(began: Self.start)
        times.greeted = Self.start
        times.hasHeardFrame = what != .firstFrame
        times.leaving = Self.start
        if what == .frame { times.frameWindow = (Self.start, 1) }
        for (milliseconds, expected) in [(limit - 1, nil), (limit, what), (limit + 1, what)] as [(Int64, ConnectionTimes.Overdue?)] {
            var now = times
            #expect(now.overdue(in: stage, isBusy: false, at: Self.after(milliseconds), Self.shipped) == expected, "\(milliseconds) ms")
        }
        let next = times.next(in: stage, at: Self.start, Self.shipped)
        #expect(next.map { $0 <= Self.after(limit) } ?? false, "it is looked at in time")
    }

    @Test func `a frame has to bring 30,720 bytes in thirty seconds, one KiB a second, and then the next thirty seconds begin`() {
        for (bytes, expected) in [(30_719, ConnectionTimes.Overdue.frame), (30_720, nil), (30_721, nil)] as [(Int, ConnectionTimes.Overdue?)] {
            var times = ConnectionTimes(began: Self.start)
            times.hasHeardFrame = true
            times.frameWindow = (Self.start, bytes)
            #expect(times.overdue(in: .serving, isBusy: false, at: Self.after(30_000), Self.shipped) == expected, "\(bytes) bytes")
            guard expected == nil else { continue }
            #expect(times.frameWindow?.bytes == 0 && times.frameWindow?.start == Self.after(30_000))
            #expect(times.overdue(in: .serving, isBusy: false, at: Self.after(59_999), Self.shipped) == nil)
            #expect(times.overdue(in: .serving, isBusy: false, at: Self.after(60_000), Self.shipped) == .frame)
        }
    }

    @Test func `who waits for the server is neither idle nor late with a first frame`() {
        var times = ConnectionTimes(began: Self.start)
        times.greeted = Self.start
        #expect(times.overdue(in: .serving, isBusy: true, at: Self.after(700_000), Self.shipped) == nil)
        #expect(times.overdue(in: .gone, isBusy: false, at: Self.after(700_000), Self.shipped) == nil)
    }

    // MARK: Places

    private static func register() -> ConnectionRegister { ConnectionRegister(limits: shipped, milliseconds: { 0 }) }

    /// Which connections were cut, by the order in which they came.
    private final class Cut: Sendable {
        let numbers = Mutex<[Int]>([])
        func end(_ number: Int) -> @Sendable (ConnectionRegister.Ending) -> Void { { [self] ending in if ending == .cutting { numbers.withLock { $0.append(number) } } } }
    }

    @Test func `128 unfinished handshakes have a place; for the 129th the oldest of the source with most makes room, and none of those that are done`() {
        let (register, cut) = (Self.register(), Cut())
        let done = register.entered(from: .four(7), end: cut.end(-1))
        if let done { register.finishedHandshake(done) }
        // 28 from one address, before them and behind them others of which each has one.
        let sources = (0..<50).map { UInt32($0) + 100 } + [UInt32](repeating: 9, count: 28) + (0..<50).map { UInt32($0) + 200 }
        for (index, address) in sources.enumerated() { #expect(register.entered(from: .four(address), end: cut.end(index)) != nil) }
        #expect(cut.numbers.withLock(\.self).isEmpty && register.counts.refusedByLimit == 0, "128 have a place")
        let late = register.entered(from: .four(501), end: cut.end(128))
        #expect(late != nil && cut.numbers.withLock(\.self) == [50])
        // When that address has no more than others, the oldest of all goes.
        for index in 0..<27 { #expect(register.entered(from: .four(600 + UInt32(index)), end: cut.end(129 + index)) != nil) }
        #expect(cut.numbers.withLock(\.self) == Array(50..<77) + [0])
        #expect(register.counts.refusedByLimit == 28)
        if let late { register.finishedHandshake(late) }
        #expect(register.entered(from: .four(700), end: cut.end(999)) != nil && register.counts.refusedByLimit == 28, "one that is done leaves its place")
    }

    @Test func `where an address has its 64 connections, an unfinished one of its own makes room, and nobody else's`() {
        let (register, cut) = (Self.register(), Cut())
        for index in 0..<30 { _ = register.entered(from: .four(8), end: cut.end(100 + index)) }
        for index in 0..<64 {
            let number = register.entered(from: .four(7), end: cut.end(index))
            if index < 62, let number { register.finishedHandshake(number) }
        }
        let more = (64..<67).map { register.entered(from: .four(7), end: cut.end($0)) }
        #expect(more.allSatisfy { $0 != nil } && cut.numbers.withLock(\.self) == [62, 63, 64])
        for number in more { if let number { register.finishedHandshake(number) } }
        #expect(register.entered(from: .four(7), end: cut.end(67)) == nil)
    }

    @Test func `64 connections from one address have a place and the 65th has none, while others come in`() {
        let register = Self.register()
        func enter(_ address: UInt32) -> UInt64? {
            let number = register.entered(from: .four(address), end: { _ in })
            if let number { register.finishedHandshake(number) }
            return number
        }
        let numbers = (0..<64).map { _ in enter(7) }
        #expect(numbers.allSatisfy { $0 != nil })
        #expect(enter(7) == nil && enter(8) != nil)
        if let first = numbers[0] { register.left(first) }
        #expect(enter(7) != nil && enter(7) == nil)
    }

    @Test func `four connections of one device have a place; for the fifth its oldest makes room, and nobody else's`() throws {
        let (register, cut) = (Self.register(), Cut())
        let tenant = ObjectIdentifier(register)
        var (numbers, next) = ([UInt64](), 0)
        func admit(_ device: UInt64) throws -> ConnectionRegister.Admission {
            let end = cut.end(next)
            next += 1
            let entered = register.entered(from: .four(7), end: end)
            let number = try #require(entered)
            register.finishedHandshake(number)
            numbers.append(number)
            return register.admitted(number, as: .init(tenant: tenant, device: Identifier(high: 0, low: device)))
        }
        // A colleague's is older than all of them.
        #expect(try admit(2) == .free)
        #expect(try (0..<4).map { _ in try admit(1) } == [.free, .free, .free, .free])
        #expect(cut.numbers.withLock(\.self).isEmpty && register.counts.refusedByLimit == 0)
        for number in numbers[1...] { register.watches(number) }
        #expect(try admit(1) == .displacing && cut.numbers.withLock(\.self) == [1])
        #expect(try admit(1) == .displacing && cut.numbers.withLock(\.self) == [1, 2])
        // The end of one that had to go frees nothing a second time.
        register.left(numbers[1])
        #expect(try admit(1) == .displacing && cut.numbers.withLock(\.self) == [1, 2, 3])
        #expect(register.counts.refusedByLimit == 3)
        register.left(numbers[4])
        #expect(try admit(1) == .free)
        // One that was ended while it came in is nobody's.
        let entered = register.entered(from: .four(7), end: { _ in })
        let late = try #require(entered)
        register.left(late)
        #expect(register.admitted(late, as: .init(tenant: tenant, device: Identifier(high: 0, low: 3))) == .gone)
        for number in numbers { register.left(number) }
        #expect(register.isEmpty && register.guests().isEmpty)
    }

    // MARK: Attachments

    /// A tenant's desk with a record that names any attachment that is asked about; bytes are never sent.
    private struct Desk {
        let yard: Yard
        let tenant: OpenTenant
        let desk: AttachmentDesk
        let scope: Identifier
        let name: DeviceName
        let key: SigningKey

        init(_ limits: AttachmentLimits) throws {
            yard = try Yard()
            let office = try yard.addTenant("halden")
            tenant = try OpenTenant(opening: try yard.directory.tenantFolders()[0].folder, under: yard.keyFolder, clock: yard.clock.wall, limits: limits)
            desk = try #require(tenant.desk.attachments)
            let member = try #require(try office.members().first { $0.handle == "anna" }).id
            let device = try Identifier.drawn(at: 1)
            let key = try SigningKey.generate()
            try tenant.store.write {
                _ = try $0.addDevice(.init(id: device, name: "laptop", certificate: .zero, signingKey: key.publicKey), of: member, at: 1)
            }
            self.key = key
            name = DeviceName(tenant: tenant.keys.tenant, member: member, device: device)
            scope = try #require(try tenant.store.read { try $0.scopes(ofMember: member).first { $0.kind == .engagement } }).id
        }

        static func attachment(_ size: Int, _ number: UInt64) throws -> Attachment {
            try #require(Attachment(hash: Hash256(words: (number, 7, 7, 7)), size: Int64(size)))
        }

        /// What an offer of so many bytes is answered with; nil when it may be handed in.
        func refusal(ofBytes size: Int, number: UInt64 = .max) throws -> Problem.Code? {
            let attachment = try Self.attachment(size, number)
            let id = try Identifier.drawn(at: Int64(size))
            var editing = RecordEditing(record: id, type: Catalogue.evidence, state: nil, salt: { .zero })
            for (key, value) in [("sha256", Value.bytes(attachment.hash.bytes)), ("size", .int(Int64(size)))] {
                if let field = Catalogue.evidence.field(key: key) { editing.set(field, value) }
            }
            let change = Change(scope: scope, stamp: Stamp(time: 1, device: name.device), member: name.member, schema: 1, edits: editing.edits, primitives: SystemPrimitives())
            let stream = StreamName(device: name.device, incarnation: try Randomness.word(), scope: scope)
            let block = Block.seal([change], in: stream, after: .beginning, by: key, SystemPrimitives())
            _ = try tenant.store.write { try $0.push([.init(device: name.device, block: block, sensitive: [], received: 1)]) { _, _, _ in .accepted } }
            switch try desk.answer(to: .init(scope: scope, record: id, attachment: attachment), of: name) {
            case .refused(let refusal): return refusal.code
            case .held, .offer, .chunk, .wanted: return nil
            }
        }

        /// The scope holds attachments of these sizes, as far as the database knows.
        func hold(_ sizes: [Int], from first: UInt64) throws {
            try tenant.store.write { transaction in
                for (index, size) in sizes.enumerated() {
                    try transaction.addAttachment(try Self.attachment(size, first + UInt64(index)), to: scope, received: 1)
                }
            }
        }
    }

    @Test func `an attachment of 25 MiB is taken and one of a byte more is refused before a byte is sent`() throws {
        let desk = try Desk(AttachmentLimits())
        let limit = 25 * 1024 * 1024
        #expect(AttachmentLimits().largest == limit)
        for (size, code) in [(limit - 1, nil), (limit, nil), (limit + 1, Problem.Code.attachmentTooLarge)] as [(Int, Problem.Code?)] {
            #expect(try desk.refusal(ofBytes: size, number: UInt64(size)) == code, "\(size) bytes")
        }
    }

    /// For an engagement and for a tenant: the limit that is tried stands as it is shipped, the other is out of the way.
    @Test(arguments: [true, false])
    func `an engagement and a tenant hold so many attachments and not one more`(isTenant: Bool) throws {
        var limits = AttachmentLimits()
        let most = isTenant ? limits.tenantCount : limits.engagementCount
        #expect(most == (isTenant ? 10_000 : 2_000))
        if isTenant { limits.engagementCount = .max }
        let desk = try Desk(limits)
        try desk.hold(Array(repeating: 1, count: most - 2), from: 1)
        for (held, code) in [(most - 2, nil), (most - 1, nil), (most, Problem.Code.attachmentOverQuota)] as [(Int, Problem.Code?)] {
            if held > most - 2 { try desk.hold([1], from: UInt64(held)) }
            #expect(try desk.refusal(ofBytes: 1) == code, "\(held) held")
        }
    }

    @Test(arguments: [true, false])
    func `an engagement and a tenant hold so many bytes of attachments and not one more`(isTenant: Bool) throws {
        var limits = AttachmentLimits()
        let most = isTenant ? limits.tenantBytes : limits.engagementBytes
        #expect(most == (isTenant ? 10 : 2) << 30)
        if isTenant { limits.engagementBytes = .max }
        let desk = try Desk(limits)
        let large = 64 * 1024 * 1024
        try desk.hold(Array(repeating: large, count: most / large - 1) + [large - 100], from: 1)
        for (size, code) in [(99, nil), (100, nil), (101, Problem.Code.attachmentOverQuota)] as [(Int, Problem.Code?)] {
            #expect(try desk.refusal(ofBytes: size, number: UInt64(1 << 40 + size)) == code, "a hundred bytes are left, \(size) are offered")
        }
    }
}
