import Foundation
import Testing

@testable import SeamarkModel

@Suite struct FormLogicTests {
    /// At half past nine and 7.008 seconds on 4 October 2024, an hour ahead of UTC. Every question but `hidden` is asked.
    private static let clock = FormClock(milliseconds: 20_000 * 86_400_000 + 8 * 3_600_000 + 30 * 60_000 + 7008, secondsFromUTC: 3600)

    private func value(_ source: String, _ answers: [String: FormValue] = [:], current: FormValue = .text(""), at clock: FormClock = FormLogicTests.clock) throws -> FormValue {
        let late: [Questionnaire.ChoiceList.Choice] = [
            .init(name: "parts", label: FormWords(["English": "Parts", "Deutsch": "Teile"])), .init(name: "people", label: FormWords(["Deutsch": "Leute"])),
        ]
        return try FormLogic(source).value(in: FormLogic.Setting(
            answer: { answers[$0] ?? .text("") }, isAsked: { $0 != "hidden" }, current: current, clock: clock,
            choices: { $0 == "why" ? late : [] }, languages: ["English", "Deutsch"]))
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
        // The moment is its day, except among words.
        ("string(now()) = '2024-10-04T09:30:07.008+01:00'", true), ("date(now()) = today() and string(date(now())) = '2024-10-04'", true), ("now() = '2024-10-04T09:30:07.008+01:00'", true),
        ("boolean(now())", true), ("now() = '2024-10-04' and now() <= '2024-10-04' and not(now() > '2024-10-04')", true), ("now() > '2024-10-04T00:00'", false),
        // ODK's letters, and no other.
        ("format-date(today(), '%Y-%m-%d %y/%n/%e %a %b, so') = '2024-10-04 24/10/4 Fri Oct, so'", true), ("format-date('2001-02-03', '%e.%n.%Y, %a %b') = '3.2.2001, Sat Feb'", true),
        ("format-date-time(now(), '%H:%M:%S.%3 (%h)') = '09:30:07.008 (9)'", true), ("format-date-time('1969-12-31T23:05', '%a %e %b %Y %h:%M:%S.%3') = 'Wed 31 Dec 1969 23:05:00.000'", true),
        ("format-date-time('2026-03-02T00:30:00.250-05:00', '%d %H:%M:%S.%3') = '02 00:30:00.250'", true), ("format-date-time(20000.5, '%d %H:%M') = '04 12:00'", true), ("format-date(now(), '') = ''", true),
        ("format-date('', '%Y') = '' and format-date('soon', '%Y') = '' and format-date(true(), '%Y') = '' and format-date(1 div 0, '%Y') = ''", true), ("int(format-date-time(now(), '%H')) < 12", true),
        // The words of a choice, in the form's own language where it has them there.
        ("jr:choice-name('parts', '${why}') = 'Parts' and jr:choice-name('people', ' ${ why } ') = 'Leute'", true), ("jr:choice-name('parts people', '${why}') = ''", true),
        ("jr:choice-name('', '${why}') = '' and jr:choice-name('parts', '${other}') = ''", true), ("jr:choice-name(selected-at('x parts', 1), '${why}') = 'Parts'", true),
        // Outside of repeats a question is one.
        ("count(${hidden}) = 0 and count(${asked}) = 1", true), ("sum(${asked}) = 0", true),
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
        #expect(try value("sum(${a}) + sum(${b}) + sum(${c})", ["a": .number(4), "b": .text("3"), "c": .text("x")]) == .number(7))
        #expect(try value("once('first')", current: .text("")) == .text("first"))
        #expect(try value("once('first')", current: .number(0)) == .number(0))
        #expect(try FormLogic("count(${a}) + jr:choice-name('x', '${b}') + sum(${c})").references == ["a", "c"])
    }

    /// JavaRosa compares and counts with whole days of where the form is asked, so a form that says `now()` where `today()` was meant does what was meant.
    @Test(arguments: [-50_400, -3600, 0, 3600, 50_400], [0, 1, 43_200_000, 86_399_999] as [Int64])
    func `beside dates, numbers and texts that are dates, now is what today is, wherever the clock stands`(_ seconds: Int, _ time: Int64) throws {
        let clock = FormClock(milliseconds: 20_000 * 86_400_000 + time, secondsFromUTC: seconds)
        let others = ["date('2024-10-03')", "date('2024-10-04')", "date('2024-10-05')", "'2024-10-03'", "'2024-10-04'", "'2024-10-05'", "'later'", "''", "19999", "20000", "20001", "true()", "today()", "now()"]
        for other in others {
            for sign in ["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod"] {
                for (now, today) in [("now() \(sign) \(other)", "today() \(sign) \(other)"), ("\(other) \(sign) now()", "\(other) \(sign) today()")] {
                    // NaN is not equal to itself.
                    #expect(try value(now, at: clock).text == value(today, at: clock).text, "\(now)")
                }
            }
        }
        for function in ["number", "int", "round", "min", "max", "boolean", "not", "date"] { #expect(try value("\(function)(now())", at: clock).text == value("\(function)(today())", at: clock).text, "\(function)") }
        // Its words say the moment, and are read as it.
        let read = try #require(CalendarDate.milliseconds(try value("string(now())", at: clock).text))
        #expect(read == clock.milliseconds)
        #expect(try value("format-date-time(string(now()), '%Y-%m-%dT%H:%M:%S.%3')", at: clock) == value("format-date-time(now(), '%Y-%m-%dT%H:%M:%S.%3')", at: clock))
    }

    @Test func `only what is of the answer alone is judged by itself: no clock, and no other question`() throws {
        for source in [". > 3", "once(4) > 3", "format-date(., '%d') = '01'", "jr:choice-name(., '${a}') != ''"] { #expect(try FormLogic(source).isOfTheAnswerAlone, "\(source)") }
        for source in [". < now()", ". = today()", "format-date-time(now(), '%H') > 8", "count(${a}) = 1", "sum(${a}) > .", "once(${a}) = 1", "jr:choice-name(${a}, '${a}') = ."] { #expect(try !FormLogic(source).isOfTheAnswerAlone, "\(source)") }
        for source in ["once(1)", "1 + once(${a})", "."] { #expect(try FormLogic(source).readsCurrent, "\(source)") }
        #expect(try !FormLogic("count(${a}) + sum(${a})").readsCurrent)
    }

    @Test func `the words of a choice cost what is looked through for them`() throws {
        let logic = try FormLogic("jr:choice-name(., '${a}') = ''")
        let many = (1...500).map { Questionnaire.ChoiceList.Choice(name: "c\($0)", label: FormWords(["x": "C"])) }
        func setting(_ work: FormWork) -> FormLogic.Setting {
            FormLogic.Setting(answer: { _ in .text("") }, isAsked: { _ in true }, current: .text("none"), clock: .day(0), choices: { _ in many }, languages: ["x"], work: work)
        }
        let (enough, scarce) = (FormWork(600), FormWork(500))
        #expect(logic.value(in: setting(enough)).truth && !enough.isExhausted && enough.left < 100)
        _ = logic.value(in: setting(scarce))
        #expect(scarce.isExhausted)
    }

    @Test(arguments: [
        ("", FormLogicError.endsEarly), ("1 +", .endsEarly), ("(1", .endsEarly), ("'a", .endsEarly), ("1 2", .unexpected(3)), ("a = 1", .unexpected(1)),
        ("/data/a = 1", .unexpected(1)), ("../a", .unexpected(1)), ("${}", .unexpected(1)), ("${last-saved#a}", .unexpected(1)), ("$a", .unexpected(1)), ("1 = ", .endsEarly),
        ("uuid()", .unknownFunction("uuid")), ("pulldata('a')", .unknownFunction("pulldata")), ("not()", .arguments("not", needs: 1...1)), ("if(1, 2)", .arguments("if", needs: 3...3)),
        ("format-date(., ${a})", .formatNotText("format-date")), ("format-date-time(., concat('%', 'Y'))", .formatNotText("format-date-time")), ("format-date(., '%H')", .dateLetter("H", of: "format-date")),
        ("format-date-time(., '%B')", .dateLetter("B", of: "format-date-time")), ("format-date(., '5 %')", .dateLetter("", of: "format-date")), ("format-date(., '%%')", .dateLetter("", of: "format-date")), ("format-date(.)", .arguments("format-date", needs: 2...2)),
        ("sum(.)", .notAQuestion("sum")), ("sum(1 + 1)", .notAQuestion("sum")), ("count('a')", .notAQuestion("count")), ("count(${a} + 1)", .notAQuestion("count")), ("count()", .arguments("count", needs: 1...1)), ("now(1)", .arguments("now", needs: 0...0)),
        ("jr:choice-name(${a}, ${a})", .choicesOfNothing), ("jr:choice-name(${a}, 'a')", .choicesOfNothing), ("jr:choice-name(${a}, '${a} b')", .choicesOfNothing), ("jr:choice-name(${a}, '${}')", .choicesOfNothing), ("once()", .arguments("once", needs: 1...1)),
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
        #expect(page.contains("Every function but the \(FormFunction.allCases.count) named above is refused"))
        let table = try #require(page.range(of: "### Functions that are refused")), after = try #require(page.range(of: "pyxform takes these over", range: table.upperBound..<page.endIndex))
        let rows = page[table.upperBound..<after.lowerBound].split(separator: "\n").filter { $0.hasPrefix("| `") }
        let refused = rows.flatMap { row in row.split(separator: "|").first.map(names) ?? [] }
        // Those that forms in the field use most, beside what is taken over.
        #expect(Set(refused).isSuperset(of: ["position", "uuid", "indexed-repeat"]))
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
