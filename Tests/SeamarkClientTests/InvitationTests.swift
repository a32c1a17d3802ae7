import SeamarkClient
import Testing

@Suite struct InvitationTests {
    private static let rest = "/\(String(repeating: "0f", count: 16))/halyard.example/\(String(repeating: "a", count: 64))/\(String(repeating: "b", count: 32))"

    @Test(arguments: [("127.0.0.1:7440", "127.0.0.1"), ("halyard.example:1", "halyard.example"), ("[::1]:65535", "::1")])
    func `an address is read as it was written`(address: String, host: String) throws {
        #expect(try Invitation("seamark://" + address + Self.rest).host == host)
    }

    @Test(arguments: [
        "halyard.example::7440", "::1:7440", "[::1]", "[]:1", "[halyard.example]:1", "halyard.example:+7440", "halyard.example:07440", "halyard.example:0",
        "halyard.example:65536", ":7440", "hal\u{1b}yard:7440", "hal[yard:7440", "hälyard:7440",
    ])
    func `an address that could be read in two ways, or that steers a terminal, is refused`(address: String) {
        let refusal = #expect(throws: Invitation.Malformed.self) { try Invitation("seamark://" + address + Self.rest) }
        #expect(refusal?.part == "the address (HOST:PORT)")
    }
}
