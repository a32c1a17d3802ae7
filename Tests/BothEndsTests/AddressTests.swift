import SeamarkClient
import SeamarkServer
import SeamarkTestSupport
import Testing

/// What the server takes for an address it puts into invitations; what a laptop cannot read there lets nobody in.
@Suite struct AddressTests {
    private static let rest = "/\(String(repeating: "0f", count: 16))/halyard.example/\(String(repeating: "a", count: 64))/\(String(repeating: "b", count: 32))"
    private static let parts = ["a", "halyard.example", "127.0.0.1", "[", "]", ":", "::1", "fd00::5", "7440", "0", "07", "+1", "65535", "65536", "/", "@", " ", "ä", ""]

    @Test(arguments: UInt64(0)..<40)
    func `server and laptop take the same addresses`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let text = (0...Int.random(in: 1...5, using: &dice)).map { _ in Self.parts.randomElement(using: &dice) ?? "" }.joined()
            let read = try? Invitation("seamark://" + text + Self.rest)
            if Installation.isAddress(text) { #expect(read != nil, "\(text)") } else { #expect(read == nil || text.contains("@"), "\(text)") }
        }
        for text in ["halyard.example:1", "[fd00::5]:7440", "127.0.0.1:65535"] { #expect(Installation.isAddress(text)) }
    }
}
