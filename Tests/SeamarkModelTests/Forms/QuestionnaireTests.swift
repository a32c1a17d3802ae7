import SeamarkJournal
import SeamarkTestSupport
import Testing

@testable import SeamarkModel

/// Packs nothing: what a zip file is to hold comes out of it as it went in.
private struct StoredPrimitives: Primitives {
    func sha256(_ bytes: Span<UInt8>) -> Hash256 { CheapPrimitives().sha256(bytes) }
    func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool { false }
    func deflate(_ bytes: [UInt8]) -> [UInt8] { [0, 0] + bytes + [0, 0, 0, 0] }
    func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] { throw InflateError() }
}

@Suite struct QuestionnaireTests {
    private static let form = """
        | survey |
        |        | type                 | name    | label::English (en)     | label::Deutsch (de) | hint::English (en) | required | relevant              | constraint          | constraint_message::English (en) |
        |        | begin group          | works   | The works               | Das Werk            |                    |          |                       |                     |                                  |
        |        | select_one yesno     | covered | Is the shift covered?   | Ist jemand da?      |                    | yes      |                       |                     |                                  |
        |        | integer              | people  | How many people?        | Wie viele?          | On the list        |          | ${covered} = 'yes'    | . > 0 and . <= 500  | Between 1 and 500, not ${covered} |
        |        | end group            |         |                         |                     |                    |          |                       |                     |                                  |
        |        | select_multiple late | why     | Why was it late?        |                     |                    | ${people} > 10 | ${people} > 2   |                     |                                  |
        |        | note                 | thanks  | Thank you for ${people} | Danke               |                    |          |                       |                     |                                  |
        |        | date                 | since   | Since when?             | Seit wann?          |                    |          | selected(${why}, 'p') | . <= today()        |                                  |
        | choices |
        |         | list_name | name | label::English (en) | label::Deutsch (de) |
        |         | yesno     | yes  | Yes                 | Ja                  |
        |         | yesno     | no   | No                  | Nein                |
        |         | late      | p    | Parts               |                     |
        |         | late      | q    | People              |                     |
        |         | unused    | z    | Nobody              |                     |
        | settings |
        |          | form_title  | form_id    | version | default_language |
        |          | Shift check | shift-check | 3      | English (en)     |
        """

    private static func read(_ text: String, _ format: Questionnaire.FileFormat = .markdown) throws -> Questionnaire {
        try Questionnaire(file: Array(text.utf8), format: format, name: "my form") { _, _ in nil }
    }

    private static func faults(_ text: String) throws -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let refusal as FormRefusal {
            return refusal.faults.map(\.description)
        }
    }

    @Test func `a form is read whole: questions in groups, words in languages, conditions, choices that are used`() throws {
        let form = try Self.read(Self.form)
        #expect(form.reference == "shift-check@3" && form.title == "Shift check" && form.languages == ["English (en)", "Deutsch (de)"])
        #expect(form.all.map(\.name) == ["works", "covered", "people", "why", "thanks", "since"])
        #expect(form.items[0].items.map(\.kind) == [.selectOne("yesno"), .integer])
        #expect(form.lists.map(\.name) == ["yesno", "late"])
        #expect(form.items[1].label.text(in: "Deutsch (de)", of: form.languages) == "Why was it late?", "what a language lacks is shown in the first")
    }

    @Test func `what is asked follows from what was answered, through groups and chains`() throws {
        var interview = FormInterview(try Self.read(Self.form), clock: .day(20_000))
        #expect(interview.asked.map(\.name) == ["works", "covered", "thanks"])
        #expect(interview.missing.map(\.name) == ["covered"])
        try interview.answer("covered", .choices(["yes"]), language: "English (en)")
        #expect(interview.fault(of: .integer(0), to: "people", language: "Deutsch (de)") == .constraint("Between 1 and 500, not yes"))
        try interview.answer("people", .integer(11), language: "English (en)")
        #expect(interview.missing.map(\.name) == ["why"])
        try interview.answer("why", .choices(["p", "q"]), language: "English (en)")
        #expect(interview.fault(of: .date(20_001), to: "since", language: "English (en)") == .constraint(nil))
        try interview.answer("since", .date(20_000), language: "English (en)")
        #expect(interview.words("Thank you for ${people}") == "Thank you for 11")
        // What is no longer asked counts as not answered, and is not thrown away.
        try interview.answer("covered", .choices(["no"]), language: "English (en)")
        #expect(interview.asked.map(\.name) == ["works", "covered", "thanks"] && interview.answers.count == 4)
        #expect(interview.words("Thank you for ${people}") == "Thank you for ")
        try interview.answer("covered", .choices(["yes"]), language: "English (en)")
        #expect(interview.isAsked("since"))
    }

    @Test func `an answer of another kind, of no choice, or to nothing that is asked is not taken`() throws {
        var interview = FormInterview(try Self.read(Self.form), clock: .day(20_000))
        func fault(_ name: String, _ answer: FormAnswer) -> FormAnswerFault? { interview.fault(of: answer, to: name, language: "English (en)") }
        #expect(fault("covered", .text("yes")) == .otherKind(.selectOne("yesno")))
        #expect(fault("covered", .choices(["maybe"])) == .unknownChoice)
        #expect(fault("covered", .choices(["yes", "no"])) == .unknownChoice)
        #expect(fault("people", .integer(3)) == .notAsked)
        #expect(fault("works", .text("x")) == .unknownQuestion)
        #expect(fault("nobody", .text("x")) == .unknownQuestion)
        try interview.answer("covered", .choices(["yes"]), language: "")
        #expect(fault("people", .integer(.max)) == .otherKind(.integer))
        #expect(fault("people", .decimal(1)) == .otherKind(.integer))
    }

    @Test(arguments: [
        ("calculate", "survey, row 3, column type (b): calculations are not taken over"), ("geopoint", "places on a map"), ("image", "pictures"), ("rank l", "rankings"),
        ("select_one_from_file a.csv", "choices from a file"), ("select_one l or_other", "or_other"), ("phonenumber", "the device notes"), ("select_one nowhere", "no list \"nowhere\""),
        ("begin repeat", "repeats are not taken over"), ("nonsense", "there is no type \"nonsense\""), ("end group", "no group is open"), ("begin group", "the group has no end"),
    ])
    func `types that are not taken over are refused by sheet, row, column and name`(type: String, says: String) throws {
        let end = type.hasSuffix("repeat") ? "| | end repeat | | |\n" : ""
        let faults = try Self.faults("| survey |\n| | type | name | label |\n| | \(type) | b | B |\n" + end)
        #expect(faults.count == 1 && faults[0].hasPrefix("survey, row 3") && faults[0].contains(says), "\(faults)")
    }

    @Test(arguments: [
        ("calculation", "1"), ("appearance", "minimal search('places')"), ("read_only", "yes"), ("choice_filter", "a = 1"), ("repeat_count", "2"), ("media::image", "a.png"), ("label::", "x"), ("something", "x"),
        ("relevant", "uuid() = 1"), ("relevant", "${nobody} = 1"), ("relevant", ". = 1"), ("constraint", "position(..) = 1"), ("required", "maybe"), ("hint", "${nobody}"), ("hint", "a\u{202e}b"),
    ])
    func `columns, functions and references that are not taken over are refused where they stand`(column: String, cell: String) throws {
        #expect(try Self.faults("| survey |\n| | type | name | label | \(column) |\n| | text | a | A | |\n") == [])
        let faults = try Self.faults("| survey |\n| | type | name | label | \(column) |\n| | text | a | A | |\n| | text | b | B | \(cell) |\n")
        #expect(faults.count == 1 && faults[0].hasPrefix("survey, row 4, column \(column) (b): "), "\(faults)")
    }

    @Test func `what a record has anyway, how a form is shown and answers that nobody gave are told, and the form is the one without them`() throws {
        let read = try FormOfFile(file: Array("""
            | survey |
            | | type        | name  | label     | appearance | default | read_only | relevant |
            | | start       | began |           |            |         |           |          |
            | | get today   | day   | The day   |            |         |           |          |
            | | username    | who   |           |            |         |           |          |
            | | begin group | g     | G         | field-list |         |           |          |
            | | integer     | n     | How many? |            | 5       | no        |          |
            | | end group   |       |           |            |         |           |          |
            | | text        | t     | Why?      | multiline  |         |           | ${n} > 5 |
            | | end         | done  |           |            |         |           |          |
            | | device id   | where |           |            |         |           |          |
            """.utf8), format: .markdown, name: "my form") { _, _ in nil }
        #expect(read.notes.map { $0.description.prefix { $0 != ":" } } == [
            "survey, row 3, column type (began)", "survey, row 4, column type (day)", "survey, row 5, column type (who)", "survey, rows 6, 9, column appearance",
            "survey, row 7, column default (n)", "survey, row 10, column type (done)", "survey, row 11, column type (where)",
        ])
        #expect(read.notes.map(\.kind) == [.fact(.start), .fact(.today), .fact(.user), .appearance, .presetAnswer, .fact(.end), .fact(.device)])
        let plain = try FormOfFile(file: Array("""
            | survey |
            | | type        | name | label     | relevant |
            | | begin group | g    | G         |          |
            | | integer     | n    | How many? |          |
            | | end group   |      |           |          |
            | | text        | t    | Why?      | ${n} > 5 |
            """.utf8), format: .markdown, name: "my form") { _, _ in nil }
        #expect(plain.notes == [] && plain.questionnaire == read.questionnaire && plain.questionnaire.document == read.questionnaire.document)
    }

    @Test func `nothing that is asked hangs on what the record has anyway, and a form of that alone asks nothing`() throws {
        let facts = "| survey |\n| | type | name | label | relevant |\n| | today | day | | |\n"
        #expect(try Self.faults(facts + "| | text | a | A | ${day} > 1 |\n")[0].hasPrefix("survey, row 4, column relevant (a): \"day\" is a fact"))
        #expect(try Self.faults(facts + "| | text | a | On ${day} | |\n")[0].hasPrefix("survey, row 4, column label (a): \"day\" is a fact"))
        #expect(try Self.faults(facts + "| | text | day | A | |\n") == ["survey, row 4, column name (day): an earlier row has this name"])
        #expect(try Self.faults(facts) == ["survey: no row asks anything: the record has what these rows name"])
        #expect(try Self.faults(facts + "| | text | a | A | |\n| | end | b | | ${a} = 1 |\n") == ["survey, row 5, column relevant (b): this says nothing where nothing is answered"])
        #expect(try Self.faults(facts + "| | text | a | A | |\n| | deviceid | | | |\n") == ["survey, row 5: the row has no name"])
    }

    @Test func `everything that is wrong is told at once, in order, and no more than a hundred`() throws {
        let faults = try Self.faults("""
            | survey |
            | | type | name | label |
            | | text | 1a | A |
            | | text |  | A |
            | | text | a |  |
            | | text | b | B |
            | | integer | b | B |
            | |  | c | C |
            | choices |
            | | list_name | name | label |
            | | l | x y | X |
            | | l | x | X |
            | | l | x | X |
            | settings |
            | | form_id | style |
            | | a b | pages |
            """)
        #expect(faults.map { $0.prefix { $0 != ":" } } == [
            "settings, row 16, column style", "settings, row 16, column form_id", "choices, row 11, column name (x y)", "choices, row 13, column name (x)",
            "survey, row 3, column name (1a)", "survey, row 4", "survey, row 5, column label (a)", "survey, row 7, column name (b)", "survey, row 8 (c)",
        ])
        let many = "| survey |\n| | type | name | label |\n" + String(repeating: "| | nonsense | a | A |\n", count: 150)
        do {
            _ = try Self.read(many)
            Issue.record("it was taken")
        } catch let refusal as FormRefusal {
            #expect(refusal.faults.count == FormRefusal.most && refusal.isCut)
        }
    }

    @Test func `what a reader could leave out in silence is refused`() throws {
        let survey = "| survey |\n| | type | name | label |\n| | text | a | A |\n"
        #expect(try Self.faults(survey + "| choices |\n| | list_name | name |\n| survey |\n| | type | name | label |\n| | text | b | B |\n").contains { $0.contains("an earlier sheet has this name") })
        #expect(throws: FormFileError.openRow(line: 3)) { _ = try Self.read("| survey |\n| | type | name | label | relevant |\n| | text | a | A | 1 = 2\n") }
        #expect(try Self.faults("| survey |\n| | type | name | label |\n| | text | a | A | # a remark\n") == [])
        let both = "| survey |\n| | type | name | label | label::English |\n| | text | a | A | B |\n"
        #expect(try Self.faults(both) == [])
        #expect(try Self.faults(both + "| settings |\n| | default_language |\n| | English |\n").contains { $0.contains("two columns mean the same") })
        #expect(try Self.faults("| survey |\n| | type | name | label::D\u{202e}e |\n| | text | a | A |\n").contains { $0.contains("steer") })
        #expect(try Self.faults("| survey |\n| | type | name | label | relevant |\n| | text | b | B | |\n| | text | a | A | ${b} = '\u{202e}x' |\n").contains { $0.contains("steer") })
    }

    @Test func `languages stand behind one colon where no header of the sheet has two, as in pyxform's own samples`() throws {
        let good = try Self.read("""
            | survey  |
            |         | type                      | name     | label:english                  |
            |         | select one from yes_or_no | good_day | have you had a good day today? |
            | choices |
            |         | list name | name | label: english |
            |         | yes_or_no | yes  | yes            |
            |         | yes_or_no | no   | no             |
            """)
        #expect(good.languages == ["english"] && good.items[0].label.texts == ["english": "have you had a good day today?"])
        #expect(good.lists[0].choices.map(\.label.texts) == [["english": "yes"], ["english": "no"]])
        let two = try Self.read("""
            | survey |
            | | type    | name      | label:english               | label:English (en) | hint : english |
            | | text    | your_name | What is your name?          | Name? | As written |
            | | integer | your_age  | How many years old are you? | Age?  | |
            | choices |
            | | list name | name | label:english |
            """)
        #expect(two.languages == ["english", "English (en)"] && two.items.map(\.kind) == [.text, .integer] && two.items[0].hint.texts == ["english": "As written"])
        // Beside two colons one is part of a name that nobody knows.
        #expect(try Self.faults("| survey |\n| | type | name | label::A | hint:A |\n| | text | a | A | B |\n").contains { $0.contains("column hint:A") })
        #expect(try Self.faults("| survey |\n| | type | name | label:A | media:image |\n| | text | a | A | b.png |\n").contains { $0.contains("column media:image") })
    }

    @Test func `turned quotes are the same in choices and in expressions`() throws {
        let form = try Self.read("""
            | survey |
            | | type | name | label | relevant |
            | | select_one l | a | A | |
            | | text | b | B | selected(${a}, “l’eau”) |
            | choices |
            | | list_name | name | label |
            | | l | l’eau | L’eau |
            """)
        var interview = FormInterview(form, clock: .day(0))
        try interview.answer("a", .choices(["l'eau"]), language: "default")
        #expect(interview.isAsked("b") && form.lists[0].choices[0].label.texts == ["default": "L’eau"])
    }

    /// In the form's own language whatever it is asked in, and whether the choice itself was answered or not.
    private static let knowing = """
        | survey |
        | | type | name | label::English | label::Deutsch | relevant | required | constraint |
        | | select_one late | why | Why? | Warum? | | | jr:choice-name(., '${why}') != 'Nobody knows' |
        | | text | said | What did they say? | Was? | jr:choice-name(${why}, '${why}') = 'Parts' | | once('x') = . and string-length(.) > 1 |
        | | text | more | More? | Mehr? | count(${said}) = 1 | sum(${hours}) > 8 | |
        | | decimal | hours | Hours? | Stunden? | | | |
        | | date | since | Since? | Seit? | | | . <= now() and format-date(., '%Y') = format-date(now(), '%Y') |
        | choices |
        | | list_name | name | label::English | label::Deutsch |
        | | late | parts | Parts | Teile |
        | | late | none | Nobody knows | Niemand |
        """

    @Test(arguments: ["English", "Deutsch"])
    func `conditions know the words of choices, whether a question is asked, and the moment`(language: String) throws {
        // The last minute of 2026 in Tokyo: in UTC it is afternoon.
        var interview = FormInterview(try Self.read(Self.knowing), clock: FormClock(milliseconds: 20_818 * 86_400_000 + 14 * 3_600_000 + 59 * 60_000, secondsFromUTC: 9 * 3600))
        #expect(interview.asked.map(\.name) == ["why", "hours", "since"])
        #expect(interview.fault(of: .choices(["none"]), to: "why", language: language) == .constraint(nil))
        try interview.answer("why", .choices(["parts"]), language: language)
        // A question that is asked counts before it is answered, and what hangs on it is asked.
        #expect(interview.asked.map(\.name) == ["why", "said", "more", "hours", "since"] && interview.missing.isEmpty)
        try interview.answer("hours", .decimal(8.5), language: language)
        #expect(interview.missing.map(\.name) == ["more"])
        try interview.answer("said", .text("Late."), language: language)
        #expect(interview.fault(of: .text("x"), to: "said", language: language) == .constraint(nil))
        #expect(interview.fault(of: .date(20_818), to: "since", language: language) == nil && CalendarDate.text(days: 20_818) == "2026-12-31")
        #expect(interview.fault(of: .date(20_819), to: "since", language: language) == .constraint(nil) && interview.fault(of: .date(20_453), to: "since", language: language) == .constraint(nil))
        try interview.answer("why", nil, language: language)
        #expect(interview.asked.map(\.name) == ["why", "hours", "since"])
    }

    @Test(arguments: [
        ("relevant", "once(1) = 1", "the sign . and once()"), ("required", "once(${a}) = 1", "the sign . and once()"), ("relevant", "count(${nobody}) = 1", "no question \"nobody\" to answer"), ("relevant", "count(${b}) = 1", "circle"),
        ("constraint", "jr:choice-name(., '${a}') = ''", "no question \"a\" with choices"), ("relevant", "jr:choice-name('x', '${nobody}') = ''", "no question \"nobody\" with choices"), ("constraint", "format-date(., '%H') = 1", "%H is not taken over in the format of format-date(); it has %Y %y %m %n %b %d %e %a"),
    ])
    func `what these functions cannot know is refused where it stands`(column: String, cell: String, says: String) throws {
        let faults = try Self.faults("| survey |\n| | type | name | label | \(column) |\n| | text | a | A | |\n| | text | b | B | \(cell) |\n")
        #expect(faults.count == 1 && faults[0].hasPrefix("survey, row 4, column \(column) (b): ") && faults[0].contains(says), "\(faults)")
    }

    @Test func `a condition on the words of a choice is judged by device and server alike`() throws {
        let form = try Self.read(Self.knowing)
        let why = try #require(form.all.first { $0.name == "why" }), since = try #require(form.all.first { $0.name == "since" }), said = try #require(form.all.first { $0.name == "said" })
        #expect(form.faultByItself(.choices(["parts"]), to: why, FormWork()) == nil && form.faultByItself(.choices(["none"]), to: why, FormWork()) == .constraint(nil))
        #expect(form.faultByItself(.text("x"), to: said, FormWork()) == .constraint(nil) && form.faultByItself(.text("xy"), to: said, FormWork()) == nil)
        // What hangs on the clock is for whoever asks.
        #expect(form.faultByItself(.date(100_000), to: since, FormWork()) == nil)
        // It is read from its document as from its file.
        #expect(try Questionnaire(document: form.document) == form)
    }

    @Test func `nothing in an answer is no answer`() throws {
        var interview = FormInterview(try Self.read("| survey |\n| | type | name | label | required |\n| | text | a | A | yes |\n"), clock: .day(0))
        try interview.answer("a", .text(""), language: "default")
        #expect(interview.missing.map(\.name) == ["a"])
    }

    /// A workbook whose parts are not packed, with right sums.
    private static func workbook(sheet: String, strings: String = "<sst/>") -> [UInt8] {
        var archive = ZipArchive(at: 0, StoredPrimitives())
        let parts = [
            ("xl/workbook.xml", "<workbook><sheets><sheet name='survey' sheetId='1' r:id='r1'/></sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='r1' Target='worksheets/sheet1.xml'/></Relationships>"),
            ("xl/sharedStrings.xml", strings), ("xl/worksheets/sheet1.xml", sheet),
        ]
        for (name, text) in parts { try? archive.add(name, Array(text.utf8)) }
        return archive.finished()
    }

    private static func sheets(_ sheet: String, strings: String = "<sst/>") throws -> [FormSheet] {
        try FormWorkbook.sheets(workbook(sheet: sheet, strings: strings)) { bytes, count in bytes.count == count ? bytes : nil }
    }

    @Test func `a workbook's cells are read in their places: shared and own texts, numbers, truth, results of formulas`() throws {
        let read = try Self.sheets(
            "<worksheet><sheetData><row r='2'><c r='B2' t='s'><v>1</v></c><c r='D2'><f>1+1</f><v>2.0</v></c><c r='E2' t='b'><v>1</v></c></row>"
                + "<row><c t='inlineStr'><is><t>a &amp; b</t></is></c><c r='C3' t='str'><f>x</f><v>shown</v></c><c r='XFD3' s='4'/></row></sheetData></worksheet>",
            strings: "<sst><si><t>no</t></si><si><r><t> two </t></r><r><t>runs</t></r><rPh><t>aloud</t></rPh></si></sst>")
        #expect(read == [FormSheet(name: "survey", rows: [
            .init(number: 2, cells: ["", "two runs", "", "2", "TRUE"]), .init(number: 3, cells: ["a & b", "", "shown"]),
        ])])
    }

    @Test(arguments: [
        "<worksheet><row r='9223372036854775807'><c><v>1</v></c></row><row><c><v>1</v></c></row></worksheet>", "<worksheet><row r='0'/></worksheet>",
        "<worksheet><row><c r='A1'><v>1</v></c><c r='A1'><v>1</v></c></row></worksheet>", "<worksheet><row><c r='ZZZ1'><v>1</v></c></row></worksheet>",
        "<worksheet><row><c t='s'><v>1</v></c></row></worksheet>", "<worksheet><row>", "<worksheet></row></worksheet>", "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>",
        "<worksheet>&b;</worksheet>", "<worksheet a='1' a></worksheet>", "<worksheet>&#0;</worksheet>", String(repeating: "<a>", count: 100),
    ])
    func `what no spreadsheet writes is refused`(sheet: String) {
        #expect(throws: FormFileError.self) { _ = try Self.sheets(sheet) }
    }

    @Test func `one long text that many cells name is held once, and a longer one is refused`() throws {
        let cells = (0..<200).map { _ in "<c t='s'><v>0</v></c>" }.joined()
        let text = String(repeating: "x", count: FormSheet.longestCell)
        #expect(try Self.sheets("<worksheet><row>\(cells)</row></worksheet>", strings: "<sst><si><t> \(text)</t></si></sst>")[0].rows[0].cells.count == 200)
        #expect(throws: FormFileError.tooMany("characters in a cell", most: FormSheet.longestCell)) {
            _ = try Self.sheets("<worksheet/>", strings: "<sst><si><t>\(text)y</t></si></sst>")
        }
    }

    @Test func `no sheet, however it was altered, is more than refused`() throws {
        var dice = SplitMix64(seed: 2)
        let whole = Array("<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1'><v>12</v></c></row><row r='2'><c t='inlineStr'><is><t>a &lt; b</t></is></c></row></sheetData></worksheet>".utf8)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                let place = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0..<3, using: &dice) {
                case 0: bytes[place] = UInt8.random(in: 0x20...0x7e, using: &dice)
                case 1: bytes.removeSubrange(place..<min(place + 5, bytes.count - 1))
                case _: bytes.insert(contentsOf: Array(["'", "<", "</c>", "<row>", "9999999999999999999", "&#x110000;"].randomElement(using: &dice)!.utf8), at: place)
                }
            }
            do { _ = try Self.sheets(String(decoding: bytes, as: UTF8.self), strings: "<sst><si><t>a</t></si></sst>") } catch {
                #expect(error is FormFileError, "\(error)")
            }
        }
    }

    @Test func `a thousand questions that all name one another are refused in no time`() throws {
        let names = (0..<990).map { "q\($0)" }
        let rows = names.indices.map { index in
            "| | text | \(names[index]) | Q | " + (0..<180).map { "${\(names[(index + $0 * 5) % 990])}" }.joined(separator: "+") + " |\n"
        }
        do {
            _ = try Self.read("| survey |\n| | type | name | label | relevant |\n" + rows.joined())
            Issue.record("it was taken")
        } catch let refusal as FormRefusal {
            #expect(refusal.isCut)
        }
    }

    @Test func `circles in what decides whether a question is asked are refused, through groups too`() throws {
        let chain = "| survey |\n| | type | name | label | relevant |\n"
        #expect(try Self.faults(chain + "| | text | a | A | ${b} = 1 |\n| | text | b | B | |\n") == [])
        #expect(try Self.faults(chain + "| | text | a | A | ${b} = 1 |\n| | text | b | B | ${a} = 1 |\n").contains { $0.contains("circle") })
        #expect(try Self.faults(chain + "| | text | a | A | ${a} = 1 |\n").contains { $0.contains("circle") })
        #expect(try Self.faults(chain + "| | begin group | g | G | ${a} = 1 |\n| | text | a | A | |\n| | end group | | | |\n").contains { $0.contains("circle") })
        // A long way that is none.
        let long = (1...900).map { "| | text | q\($0) | Q | ${q\($0 + 1)} = 1 |\n" }.joined() + "| | text | q901 | Q | |\n"
        #expect(try Self.faults(chain + long) == [])
        #expect(FormInterview(try Self.read(chain + long), clock: .day(0)).asked.map(\.name) == ["q901"])
    }

    @Test func `a form without a survey, a header or a language that it names is refused in words`() throws {
        #expect(try Self.faults("| choices |\n| | list_name | name | label |\n| | l | x | X |\n") == ["survey: a form needs a sheet of this name with a header and rows below it"])
        #expect(try Self.faults("| survey |\n| | kind | label |\n| | text | A |\n") == [
            "survey, column type: the sheet needs a column of this name", "survey, column name: the sheet needs a column of this name",
        ])
        #expect(try Self.faults("| survey |\n| | type | name | label::A |\n| | text | a | A |\n| settings |\n| | default_language |\n| | B |\n").contains { $0.contains("no column has texts in \"B\"") })
        #expect(throws: FormFileError.notText) { _ = try Questionnaire(file: [0xff, 0xfe, 0x41], format: .markdown, name: "a") { _, _ in nil } }
        #expect(throws: FormFileError.brokenTable(line: 2)) { _ = try Self.read("survey\n,\"type\"x,name\n", .commaSeparated) }
        #expect(throws: FormFileError.notWorkbook("it is no zip archive")) { _ = try Self.read("PK", .workbook) }
    }

    @Test func `the same form in commas and in Markdown is the same`() throws {
        let cells = Self.form.split(separator: "\n").map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map { $0.trimmingPrefix(while: \.isWhitespace) }.map { cell in
                "\"" + String(cell.reversed().drop { $0.isWhitespace }.reversed()).replacing("\"", with: "\"\"") + "\""
            }.joined(separator: ",")
        }
        #expect(try Self.read(cells.joined(separator: "\r\n"), .commaSeparated) == Self.read(Self.form))
    }

    @Test func `no file, however it was altered, is more than refused`() throws {
        var dice = SplitMix64(seed: 1)
        for format in [Questionnaire.FileFormat.markdown, .commaSeparated, .workbook] {
            let whole = Array(Self.form.utf8)
            for _ in 0..<300 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...8, using: &dice) where !bytes.isEmpty {
                    let place = Int.random(in: 0..<bytes.count, using: &dice)
                    switch Int.random(in: 0..<4, using: &dice) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
                    case 1: bytes.removeSubrange(place..<min(place + 40, bytes.count))
                    case 2: bytes.insert(contentsOf: Array("${a}|(\"'[{".utf8), at: place)
                    case _: bytes.append(contentsOf: bytes.prefix(place))
                    }
                }
                do { _ = try Questionnaire(file: bytes, format: format, name: "x") { _, _ in nil } } catch {
                    #expect(error is FormRefusal || error is FormFileError, "\(error)")
                }
            }
        }
    }
}
