import Testing

@testable import SeamarkStore

@Suite struct QuotedNamesTests {
    @Test(arguments: [
        ("plain", "\"plain\""), ("a\"b", "\"a\"\"b\""), ("a\"\u{301}b", "\"a\"\"\u{301}b\""), ("\"\u{20dd}); --", "\"\"\"\u{20dd}); --\""), ("a\0b", "\"ab\""), ("", "\"\""),
    ])
    func `a quote in a name never ends the name, whatever stands on it`(name: String, expected: String) {
        #expect(Array(TableDatabase.quoted(name).utf8) == Array(expected.utf8))
    }
}
