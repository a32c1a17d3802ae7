import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

/// The words by which headquarters knows a device.
@Suite struct DeviceWordsTests {
    private let tenant = Identifier(bytes: Array(0..<16))!
    private let key = [UInt8](32..<64)
    private let certificate = Digest.sha256(Array("certificate".utf8))

    private func words(tenant: Identifier? = nil, key: [UInt8]? = nil, certificate: Hash256? = nil) -> DeviceWords {
        DeviceWords(tenant: tenant ?? self.tenant, signingKey: key ?? self.key, certificate: certificate ?? self.certificate, SystemPrimitives())
    }

    @Test func `the words are those that another program computes from the specification`() {
        #expect(words().description == "nilid mutid ninog hihog fuhop vofih")
    }

    @Test func `another tenant, signing key or certificate has other words, whichever bit differs`() {
        var seen: Set<DeviceWords> = [words(), words(tenant: Identifier(high: 1, low: 2)), words(certificate: .zero)]
        for bit in 0..<256 {
            var other = key
            other[bit / 8] ^= 1 << (bit % 8)
            seen.insert(words(key: other))
        }
        #expect(seen.count == 3 + 256)
    }

    @Test func `words are the same however they are typed, and others are others`() {
        for typed in [
            "nilid mutid ninog hihog fuhop vofih", "NILID-MUTID-NINOG-HIHOG-FUHOP-VOFIH", "  Nilid\tmutid - ninog\nhihog  fuhop\r\nvofih ",
        ] { #expect(DeviceWords(typed: typed) == words(), "\(typed)") }
        let swapped = DeviceWords(typed: "mutid nilid ninog hihog fuhop vofih")
        #expect(swapped != nil && swapped != words())
        #expect(DeviceWords(typed: "nilid mutid ninog hihog fuhop vofig") != words())
    }

    @Test func `what is not six words is none`() {
        for typed in [
            "", "nilid mutid ninog hihog fuhop", "nilid mutid ninog hihog fuhop vofih vofih", "nilid mutid ninog hihog fuhop vofi", "nilidmutid ninog hihog fuhop vofih",
            "nilid, mutid, ninog, hihog, fuhop, vofih", "nilid mutid ninog hihog fuhop x nilid", "\u{202e}nilid mutid ninog hihog fuhop vofih",
        ] { #expect(DeviceWords(typed: typed) == nil, "\(typed)") }
    }
}
