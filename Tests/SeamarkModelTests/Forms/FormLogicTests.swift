import Foundation
import Testing

@testable import SeamarkModel

@Suite struct FormLogicTests {
    private func value(_ source: String, _ answers: [String: FormValue] = [:], current: FormValue = .text("")) throws -> FormValue {
        try FormLogic(source).value(in: FormLogic.Setting(answer: { answers[$0] ?? .text("") }, current: current, today: 20_000))
    }

    @Test(arguments: [
        // XPath 1.0, 3.4 and 3.5: ranks, signs, NaN, what is compared as what.
        ("1 + 2 * 3 = 7", true), ("(1 + 2) * 3 = 9", true), ("7 mod 3 = 1 and -7 mod 3 = -1", true), ("6 div 4 = 1.5", true), ("1 - 1 - 1 = -1", true),
        ("2 > 1 = true()", true), ("1 < 2 < 3", true), ("3 > 2 > 1", false), ("- - 2 = 2", true), ("1 or 0 and 0", true), ("'a' = \"a\"", true),
        ("'' = 0", false), ("'x' < 1 or 'x' >= 1", false), ("'10' > '9'", true), ("true() = 'anything'", true), ("not('')", true), ("1 div 0 > 999999", true),
        ("0 div 0 = 0 div 0", false), ("' 12 ' = 12", true), ("'1e3' = 1000", false), (".5 + 5. = 5.5", true),
        // The functions.
        ("selected('a b c', 'b')", true), ("selected('ab', 'a')", false), ("selected-at('a b', 1) = 'b'", true), ("selected-at('a b', 2) = ''", true),
        ("count-selected(' a  b ') = 2", true), ("count-selected('') = 0", true), ("if(1 > 2, 'x', 'y') = 'y'", true), ("coalesce('', 'z') = 'z'", true),
        ("concat('a', 1, true()) = 'a1true'", true), ("string-length('漢字é') = 3", true), ("substr('hello', 1, 3) = 'el'", true), ("substr('hello', -2) = 'lo'", true),
        ("substr('hello', 4, 2) = ''", true), ("contains('shift', 'hi') and not(contains('a', 'b'))", true), ("starts-with('dock', 'do') and ends-with('dock', 'ck')", true),
        ("int(-1.9) = -1", true), ("round(2.5) = 3 and round(-2.5) = -2", true), ("round(3.14159, 2) = 3.14", true), ("round(1234, -2) = 1200", true),
        ("min(3, '2', 5) = 2 and max(3, '2', 5) = 5", true), ("max(1, 'x') > 0 or max(1, 'x') <= 0", false), ("boolean('false')", true), ("string(0.00005) = '0.00005'", true), ("string(1234567.25) = '1234567.25'", true), ("number(string(0.00005)) = 0.00005", true), ("string(1.50) = '1.5'", true),
        // Dates are days.
        ("today() = '2024-10-04'", true), ("today() - date('2024-10-01') = 3", true), ("today() + 1 = date('2024-10-05')", true), ("today() > '2024-10-03'", true),
        ("date('2024-02-30') = ''", true), ("number(today()) = 20000", true),
    ])
    func `expressions come to what XPath and ODK's functions say`(source: String, truth: Bool) throws {
        #expect(try value(source).truth == truth)
    }

    @Test func `answers and the answer that is looked at stand in expressions`() throws {
        #expect(try value("${a} > 3 and . != ${ b }", ["a": .number(4), "b": .text("x")], current: .text("y")).truth)
        #expect(try !value("${nothing} > 0 or ${nothing} <= 0").truth)
        #expect(try value("${nothing} = ''").truth)
        #expect(try FormLogic("${a} + ${b-1.x} * .").references == ["a", "b-1.x"])
        #expect(try value("${a} = ‘turned’", ["a": .text("turned")]).truth)
    }

    @Test(arguments: [
        ("", FormLogicError.endsEarly), ("1 +", .endsEarly), ("(1", .endsEarly), ("'a", .endsEarly), ("1 2", .unexpected(3)), ("a = 1", .unexpected(1)),
        ("/data/a = 1", .unexpected(1)), ("../a", .unexpected(1)), ("${}", .unexpected(1)), ("${last-saved#a}", .unexpected(1)), ("$a", .unexpected(1)), ("1 = ", .endsEarly),
        ("uuid()", .unknownFunction("uuid")), ("pulldata('a')", .unknownFunction("pulldata")), ("not()", .arguments("not", needs: 1...1)), ("if(1, 2)", .arguments("if", needs: 3...3)),
        ("regex(., ${a})", .patternNotText), ("regex(., '(')", .pattern(.endsEarly)), ("1 andd 2", .unexpected(3)), ("3mod2", .unexpected(2)), ("[1]", .unexpected(1)), ("1 | 2", .unexpected(3)),
    ])
    func `what is no expression of the subset is refused where it stands`(source: String, error: FormLogicError) {
        #expect(throws: error) { _ = try FormLogic(source) }
    }

    @Test func `the page of questionnaires names the functions that are taken over and no other, and what it says is refused is`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "Documentation/Questionnaires.md"), encoding: .utf8)
        func names(_ text: Substring) -> [String] { text.matches(of: /`([a-z][a-z:-]*)`/).map { String($0.1) } }
        let list = try #require(page.range(of: "and the functions ")), end = try #require(page.range(of: "`regex` matches", range: list.upperBound..<page.endIndex))
        #expect(names(page[list.upperBound..<end.lowerBound]).sorted() == FormFunction.allCases.map(\.rawValue).sorted())
        let table = try #require(page.range(of: "### Functions that are refused")), after = try #require(page.range(of: "pyxform takes these over", range: table.upperBound..<page.endIndex))
        let rows = page[table.upperBound..<after.lowerBound].split(separator: "\n").filter { $0.hasPrefix("| `") }
        let refused = rows.flatMap { row in row.split(separator: "|").first.map(names) ?? [] }
        // Those that forms in the field use most, beside what is taken over.
        #expect(Set(refused).isSuperset(of: ["jr:choice-name", "once", "sum", "count", "position", "now", "format-date", "uuid", "indexed-repeat"]))
        for name in refused { #expect(throws: FormLogicError.unknownFunction(name)) { _ = try FormLogic("\(name)()") } }
    }

    @Test func `length and depth of an expression are bounded at their last`() throws {
        let brackets = { (count: Int) in String(repeating: "(", count: count) + "1" + String(repeating: ")", count: count) }
        _ = try FormLogic(brackets(FormLogic.deepest - 1))
        #expect(throws: FormLogicError.tooDeep) { _ = try FormLogic(brackets(FormLogic.deepest)) }
        _ = try FormLogic("1" + String(repeating: " ", count: FormLogic.longest - 1))
        #expect(throws: FormLogicError.tooLong) { _ = try FormLogic("1" + String(repeating: " ", count: FormLogic.longest)) }
        // Signs do not nest.
        _ = try FormLogic(String(repeating: "-", count: 1000) + "1")
    }

    @Test(arguments: [
        ("[0-9]{3}", ["123"], ["12", "1234", "12a", ""]), ("a|bc|", ["a", "bc", ""], ["b", "abc"]), ("^[A-Z][a-z]*$", ["Dock"], ["dock", "DOck"]),
        ("(ab){2,3}", ["abab", "ababab"], ["ab", "abababab"]), ("x{2,}", ["xx", "xxxxx"], ["x"]), (#"\d+\.\d{2}"#, ["10.25"], ["10.2", "10x25"]),
        ("[^,;]+", ["a b"], ["a,b", ""]), ("[a\\-z]+", ["a-z"], ["b"]), ("[]a]", ["]", "a"], ["b"]), (".*é?", ["", "caf", "é"], ["a\nb"]),
        (#"[\d\s]+"#, ["1 2"], ["a"]), (#"[^\D]"#, ["5"], ["x"]), ("(?:a|b)*?c", ["c", "abac"], ["ab"]), ("漢+", ["漢漢"], ["字"]), ("a{0}b", ["b"], ["ab"]), ("(a*)*", ["", "aaa"], ["b"]), ("a|b|cd|", ["a", "b", "cd", ""], ["c", "ab", "bcd"]), ("(a|b|c)(d|e|f)", ["ad", "bf", "ce"], ["a", "d", "adf"]),
        (#"\w+@\w+(\.\w+)+"#, ["a@b.c", "a@b.c.d"], ["a@b", "@b.c"]),
    ])
    func `patterns match whole texts`(pattern: String, yes: [String], no: [String]) throws {
        let pattern = try FormPattern(pattern)
        for text in yes { #expect(pattern.matches(text), "\(text)") }
        for text in no { #expect(!pattern.matches(text), "\(text)") }
    }

    @Test(arguments: [
        ("(a", FormPatternError.endsEarly), ("[a", .endsEarly), ("a{2", .endsEarly), ("\\", .endsEarly), ("a)", .unexpected(2)), ("*a", .unexpected(1)), ("a{2,1}", .unexpected(2)),
        ("[z-a]", .unexpected(3)), (#"(a)\1"#, .notTakenOver("references back")), ("(?=a)", .notTakenOver("groups that look ahead or have a name")),
        ("a$b", .notTakenOver("signs of a beginning or an end in its middle")), (#"\bx"#, .notTakenOver("escapes such as \\b")), ("a++", .notTakenOver("repetitions that never give back")),
        ("[[:alpha:]]", .notTakenOver("sets inside a set")), ("(a{100}){100}", .tooLarge), ("a{4000}", .tooLarge), ("a{99999999999999999999}", .unexpected(2)), ("a{9223372036854775807,}", .tooLarge), ("a{9223372036854775807}", .tooLarge),
    ])
    func `what would need another kind of search is refused`(pattern: String, error: FormPatternError) {
        #expect(throws: error) { _ = try FormPattern(pattern) }
    }

    /// It would take a backtracking search longer than the world has stood.
    @Test func `no pattern makes a laptop wait`() throws {
        let pattern = try FormPattern("(a*)*(a|aa)+(a?){100}b")
        #expect(!pattern.matches(String(repeating: "a", count: 5000)))
    }
}
