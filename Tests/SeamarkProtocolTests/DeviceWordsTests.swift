import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

/// The words by which headquarters knows a device.
@Suite struct DeviceWordsTests {
    private let tenant = Identifier(bytes: Array(0..<16))!
    private let key = [UInt8](32..<64)
    private let device = Identifier(bytes: Array(64..<80))!

    private func words(tenant: Identifier? = nil, device: Identifier? = nil, key: [UInt8]? = nil) -> DeviceWords {
        DeviceWords(tenant: tenant ?? self.tenant, device: device ?? self.device, signingKey: key ?? self.key, SystemPrimitives())
    }

    @Test func `the words are those that another program computes from the specification`() {
        #expect(words().description == "rolad dabiz rabon malom povos sumub")
    }

    @Test func `another tenant, device or signing key has other words, whichever bit differs`() {
        var seen: Set<DeviceWords> = [words(), words(tenant: Identifier(high: 1, low: 2)), words(device: .zero)]
        for bit in 0..<256 {
            var other = key
            other[bit / 8] ^= 1 << (bit % 8)
            seen.insert(words(key: other))
        }
        #expect(seen.count == 3 + 256)
    }

    @Test func `words are the same however they are typed, and others are others`() {
        for typed in [
            "rolad dabiz rabon malom povos sumub", "ROLAD-DABIZ-RABON-MALOM-POVOS-SUMUB", "  Rolad\tdabiz - rabon\nmalom  povos\r\nsumub ",
        ] { #expect(DeviceWords(typed: typed) == words(), "\(typed)") }
        let swapped = DeviceWords(typed: "dabiz rolad rabon malom povos sumub")
        #expect(swapped != nil && swapped != words())
        #expect(DeviceWords(typed: "rolad dabiz rabon malom povos sumug") != words())
    }

    @Test func `what is not six words is none`() {
        for typed in [
            "", "nilid mutid ninog hihog fuhop", "rolad dabiz rabon malom povos sumub vofih", "nilid mutid ninog hihog fuhop vofi", "nilidmutid ninog hihog fuhop vofih",
            "nilid, mutid, ninog, hihog, fuhop, vofih", "nilid mutid ninog hihog fuhop x nilid", "\u{202e}rolad dabiz rabon malom povos sumub",
        ] { #expect(DeviceWords(typed: typed) == nil, "\(typed)") }
    }
}
