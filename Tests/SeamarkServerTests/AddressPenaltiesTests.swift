import Foundation
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

@testable import SeamarkServer

@Suite struct AddressPenaltiesTests {
    private let one = Source([192, 0, 2, 1])
    private let other = Source([192, 0, 2, 2])

    @Test func `a source is refused from the offence that reaches fifteen seconds until nothing is owed any more`() {
        for (offence, count) in [(AddressPenalties.Offence.handshake, 15), (.door, 3), (.enrolment, 3), (.frame, 3), (.slow, 2)] {
            var penalties = AddressPenalties()
            for number in 1..<count {
                let isTold = penalties.add(offence, of: one, at: 1_000)
                #expect(!isTold, "\(offence) \(number)")
                #expect(!penalties.isRefused(one, at: 1_000))
            }
            let (crossing, further) = (penalties.add(offence, of: one, at: 1_000), penalties.add(offence, of: one, at: 1_000))
            #expect(crossing && !further, "told once")
            #expect(penalties.isRefused(one, at: 1_000) && !penalties.isRefused(other, at: 1_000))
            let until = 1_000 + Int64(count + 1) * offence.milliseconds
            #expect(penalties.isRefused(one, at: until - 1), "refused to the last millisecond")
            #expect(!penalties.isRefused(one, at: until))
            let isTold = penalties.add(.handshake, of: one, at: until)
            #expect(!isTold && !penalties.isRefused(one, at: until), "what was paid off is not held against it again")
        }
    }

    @Test func `one failed handshake a second is never refused, and no source for longer than ten minutes`() {
        var penalties = AddressPenalties()
        for second in 0..<10_000 {
            let isTold = penalties.add(.handshake, of: one, at: Int64(second) * 1000)
            #expect(!isTold)
        }
        for _ in 0..<10_000 { _ = penalties.add(.slow, of: one, at: 0) }
        #expect(penalties.isRefused(one, at: AddressPenalties.most - 1) && !penalties.isRefused(one, at: AddressPenalties.most))
    }

    @Test func `what is owed is what a bookkeeper with all offences on paper finds, in random histories`() {
        for seed in 0..<200 as Range<UInt64> {
            var dice = SplitMix64(seed: seed)
            var penalties = AddressPenalties()
            var paper: [Source: (until: Int64, isRefused: Bool)] = [:]
            var now: Int64 = 0
            for _ in 0..<300 {
                now += Int64.random(in: 0..<4000, using: &dice)
                let source = Source([10, 0, 0, UInt8.random(in: 0..<3, using: &dice)])
                if let row = paper[source], row.until <= now { paper[source] = nil }
                if Int.random(in: 0..<3, using: &dice) == 0 {
                    #expect(penalties.isRefused(source, at: now) == (paper[source]?.isRefused ?? false))
                } else {
                    let offence = AddressPenalties.Offence.allCases.randomElement(using: &dice)!
                    var row = paper[source] ?? (now, false)
                    row.until = min(row.until + offence.milliseconds, now + 600_000)
                    let begins = !row.isRefused && row.until - now >= 15_000
                    row.isRefused = row.isRefused || begins
                    paper[source] = row
                    let isTold = penalties.add(offence, of: source, at: now)
                    #expect(isTold == begins)
                }
            }
        }
    }

    @Test func `a flood of sources is held in bounded memory and forgets those first that owe least`() {
        var penalties = AddressPenalties()
        for _ in 0..<20 { _ = penalties.add(.slow, of: one, at: 0) }
        // Beyond the bound by so many that it makes room twice.
        for number in 0..<UInt32(AddressPenalties.mostSources * 5 / 4) { _ = penalties.add(.handshake, of: .four(10 << 24 | number), at: 0) }
        #expect(penalties.count <= AddressPenalties.mostSources)
        #expect(penalties.isRefused(one, at: 1000))
    }

    @Test func `a source is an address of IPv4 however written, or what one subscriber has of IPv6; loopback owes nothing`() {
        let six: [UInt8] = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1]
        var neighbour = six
        neighbour[15] = 9
        var stranger = six
        stranger[7] = 8
        #expect(Source(six) == Source(neighbour) && Source(six) != Source(stranger))
        #expect(Source([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1]) == one)
        #expect(Source([1, 2, 3]) == .other)
        let loopbacks = [Source([127, 0, 0, 1]), Source([127, 9, 9, 9]), Source([UInt8](repeating: 0, count: 15) + [1])]
        var penalties = AddressPenalties()
        for source in loopbacks {
            for _ in 0..<100 { _ = penalties.add(.slow, of: source, at: 0) }
            #expect(!penalties.isRefused(source, at: 0))
        }
        #expect(penalties.count == 0)
    }

    @Test func `an address that keeps misbehaving is turned away and counted, and a laptop elsewhere goes on`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start { $0.penalizesLoopback = true }
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            var tries = 0
            // Fifteen at one a second; more where the machine was slow meanwhile.
            while server.counts.refusedByPenalty == 0, tries < 2000 {
                tries += 1
                let socket = try RawSocket(port: server.port, from: 0x7f00_0009)
                try? socket.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
                while let bytes = try? socket.receive(), !bytes.isEmpty {}
            }
            #expect(tries >= 16 && server.counts.failedHandshakes >= 15)
            let before = server.counts
            let again = try RawSocket(port: server.port, from: 0x7f00_0009)
            #expect((try? again.receive().isEmpty) ?? true, "closed without a word")
            #expect(server.counts.refusedByPenalty == before.refusedByPenalty + 1 && server.counts.accepted == before.accepted)
            #expect(try anna.greeted(port: server.port).1.role == 1)
        }
        await server.stop()
        #expect(server.counts.refusedByLimit == 0 && server.counts.faults == 0)
    }
}
