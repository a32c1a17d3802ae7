import SeamarkJournal
import SeamarkTestSupport
import Testing

/// Identifiers, hashes, stamps: how things are named and ordered.
@Suite struct NamesTests {
    @Test func `an identifier's text reads back, and no other grouping does`() {
        var dice = SplitMix64(seed: 1)
        for _ in 0..<1000 {
            let id = dice.identifier()
            #expect(Identifier(id.description) == id)
            #expect(Identifier(bytes: id.bytes) == id)
        }
        let text = Identifier(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210).description
        #expect(text == "01234567-89ab-cdef-fedc-ba9876543210")
        let wrong = [
            "", String(text.dropLast()), text + "0", "{\(text)}", text.replacing("-", with: ""), text.replacing("-", with: "_"),
            text.replacing("a", with: "g"), "0123456789ab-cdef-fedc-ba98-76543210",
        ]
        for wrong in wrong {
            #expect(Identifier(wrong) == nil, "\(wrong)")
        }
    }

    @Test func `a time-ordered id is a UUIDv7 and sorts by time`() {
        var dice = SplitMix64(seed: 2)
        var last = Identifier.zero
        for time: Int64 in [.min, -1, 1, 2, 1_700_000_000_000, (1 << 48) - 1] {
            let id = Identifier.timeOrdered(milliseconds: time, dice: (dice.next(), dice.next()))
            #expect(id.high >> 12 & 15 == 7)
            #expect(id.low >> 62 == 2)
            #expect(id.high >> 16 == UInt64(max(0, time)))
            if time > 0 { #expect(last < id) }
            last = id
        }
    }

    @Test func `derived ids are UUIDv8, and purpose and parts tell them apart`() {
        let primitives = CheapPrimitives()
        let ids = [("a", [UInt8(1)]), ("a", [2]), ("b", [1]), ("a", []), ("", [1])].map { Identifier.derived($0, from: $1, by: primitives) }
        #expect(Set(ids).count == ids.count)
        for id in ids { #expect(id.high >> 12 & 15 == 8 && id.low >> 62 == 2) }
        #expect(Identifier.derived("a", from: [1], by: primitives) == ids[0])
    }

    @Test func `a device's stamps rise even when its clock stands still or goes back, and stamps of others do not move it`() {
        var clock = DeviceClock(device: Clash.device(1))
        var last = Int64.min
        for now in [5, 5, 4, -100, 6, 1000, 7] as [Int64] {
            clock.remember(Stamp(time: 1 << 50, device: Clash.device(2)))
            let stamp = clock.stamp(now: now)
            #expect(stamp.time > last)
            last = stamp.time
        }
        clock.remember(Stamp(time: 5000, device: Clash.device(1)))
        #expect(clock.stamp(now: 3).time == 5001)
        #expect(last < 1 << 40)
    }

    @Test func `every value of one is another value of the same bytes, and of no other`() throws {
        var clash = Clash(seed: 3, CheapPrimitives())
        let values = (0..<3000).map { _ in clash.value() }
        for value in values {
            var reader = ByteReader(value.encoded)
            let read = try Value.read(from: &reader)
            #expect(read == value && reader.remaining == 0)
            #expect(read.hashValue == value.hashValue)
        }
        var byBytes: [[UInt8]: Value] = [:]
        for value in values { byBytes[value.encoded] = value }
        #expect(Set(values).count == byBytes.count)
    }

    @Test func `a clock at either end of time, in 1970 or in 9999 gives stamps that never fall`() {
        for start in [Int64.min, .min + 1, -1, 0, 253_402_300_799_999, .max - 1, .max] {
            var clock = DeviceClock(device: Clash.device(1))
            var last = Int64.min
            for now in [start, start, 0, .max, .min, start] {
                let stamp = clock.stamp(now: now)
                #expect(stamp.time > last || last == .max || last == .min)
                #expect(stamp.time >= last)
                last = stamp.time
            }
            clock.remember(Stamp(time: .max, device: Clash.device(1)))
            #expect(clock.stamp(now: 0).time == .max)
        }
    }

    @Test func `an id is written in one way, and read in no other`() {
        let id = Identifier(high: 0x0190_abcd_ef00_7000, low: 0x8000_0000_0000_00ff)
        #expect(Identifier(id.description) == id)
        #expect(Identifier(id.description.uppercased()) == nil)
        #expect(Identifier(id.description.replacing("-", with: "")) == nil)
    }
}
