import SeamarkModel
import Testing

@testable import SeamarkStore

@Suite struct QuotedNamesTests {
    @Test(arguments: [
        ("plain", "\"plain\""), ("a\"b", "\"a\"\"b\""), ("a\"\u{301}b", "\"a\"\"\u{301}b\""), ("\"\u{20dd}); --", "\"\"\"\u{20dd}); --\""), ("a\0b", "\"ab\""), ("", "\"\""),
    ])
    func `a quote in a name never ends the name, whatever stands on it`(name: String, expected: String) {
        #expect(Array(TableDatabase.quoted(name).utf8) == Array(expected.utf8))
    }

    @Test func `tables that a database does not take are a typed refusal without a word of them, and end no program`() {
        for tables in [
            [DataTable("a", [.init("canary", "c"), .init("CANARY", "c")], [])], [DataTable("a", [.init("KEY", "k")], []), DataTable("A", [.init("KEY", "k")], [])],
            [DataTable("a", [.init("KEY", "k")], [[.text("canary")], [.text("canary")]])],
        ] {
            #expect {  _ = try TableDatabase.bytes(of: tables, views: []) } throws: { error in
                guard case .refused(let code)? = error as? WorkbookWriter.Failure else { return false }
                return code != 0 && !"\(error)".contains("canary")
            }
        }
    }
}
