import SeamarkJournal
@testable import SeamarkModel
import SeamarkTestSupport
import Testing

/// What is drawn and what is said, whatever the window and the texts.
@Suite struct InterviewScreenTests {
    /// An instrument in another writing, with long and wide words.
    static let wide: Instrument = {
        let question = #"{"id": "Q1", "text": "漢字かな交じり文の質問はこの端末で何桁になりますか、そして👩‍👩‍👧‍👦はどうですか Donaudampfschifffahrtsgesellschaftskapitän", "asked": ["manager"], "weight": 1, "anchors": {"0": "全部が管理されている", "4": "誰も知らない"}}"#
        let document = #"{"format": "seamark-instrument", "version": 1, "key": "wide", "edition": 1, "language": "ja", "name": "N", "matrix": {}, "domains": [{"code": "D1", "key": "k", "name": "指導者の帯域", "description": "x", "drives": [], "evidence": "x", "questions": ["# + question + "]}]}"
        do { return try Instrument(document: document) } catch { preconditionFailure("\(error)") }
    }()

    @Test(arguments: UInt64(0)..<30)
    func `a screen is as high as the window and nowhere wider, and nothing on it is obeyed`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        var desk = PaperDesk()
        let hostile = HostileText.all[Int(seed) % HostileText.all.count].text
        desk.respondents = [
            InterviewRecords.Respondent(id: Identifier(high: 1, low: 1), handle: "P-\(hostile)", title: hostile + "長い役職名", level: .manager, consent: Consent(state: .given, scope: .quotes)),
            InterviewRecords.Respondent(id: Identifier(high: 1, low: 2), handle: "P-A002", title: nil, level: .manager, consent: Consent(state: seed % 3 == 0 ? .none : .given)),
        ]
        var interview = GuidedInterview(seed % 2 == 0 ? .core9 : Self.wide, desk.records)
        var fingers = Fingers(seed)
        for _ in 0..<60 {
            guard desk.carryOut(fingers.event(seed % 3 == 1), &interview) == nil else { break }
            let (width, height) = (Int.random(in: 20...200, using: &dice), Int.random(in: 5...60, using: &dice))
            let screen = interview.screen(width: width, height: height, now: 3_600_000)
            #expect(screen.lines.count == height)
            for line in screen.lines {
                #expect(TerminalText.width(line.text) <= width, "\(width) columns: \(line.text)")
                #expect(HostileText.live(in: line.text).isEmpty)
            }
            if let cursor = screen.cursor { #expect((0..<height).contains(cursor.row) && (0..<width).contains(cursor.column)) }
            for statement in interview.statements(now: 0) { #expect(!statement.contains { $0.isNewline } && HostileText.live(in: statement).isEmpty) }
        }
        for (width, height) in [(1, 1), (9, 3), (10, 4), (20, 5)] {
            let screen = interview.screen(width: width, height: height, now: 0)
            #expect(screen.lines.count == height && screen.lines.allSatisfy { TerminalText.width($0.text) <= width })
        }
    }

    @Test func `a hundred thousand characters are laid out at once, and the cursor stays in sight`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        _ = desk.carryOut(.key(.character("t")), &interview)
        _ = desk.carryOut(.key(.paste(String(repeating: "漢字 and words\n", count: 7000), isCut: false)), &interview)
        let clock = ContinuousClock()
        let took = clock.measure {
            for key: InterviewKey in [.left, .home, .character("x"), .end] {
                _ = desk.carryOut(.key(key), &interview)
                let screen = interview.screen(width: 40, height: 20, now: 0)
                #expect(screen.cursor != nil)
            }
        }
        #expect(took < .seconds(2), "\(took)")
    }

    @Test func `the screens of a question, a note and the end are those that were looked at`() {
        var desk = PaperDesk()
        var interview = GuidedInterview(.core9, desk.records)
        func drawn(_ width: Int, _ height: Int) -> String {
            interview.screen(width: width, height: height, now: 23 * 60_000).lines.map(\.text).map { line in
                String(line.reversed().drop { $0 == " " }.reversed())
            }.joined(separator: "\n")
        }
        #expect(drawn(80, 24) == Self.question80)
        _ = desk.carryOut(.key(.character("3")), &interview)
        _ = desk.carryOut(.key(.character("r")), &interview)
        _ = desk.carryOut(.key(.paste("They phone every morning, and whoever is away decides nothing.", isCut: false)), &interview)
        #expect(drawn(40, 20) == Self.rationale40)
        _ = desk.carryOut(.key(.enter), &interview)
        _ = desk.carryOut(.key(.character("b")), &interview)
        #expect(drawn(120, 40) == Self.answered120)
    }

    private static let question80 = """
        IV-A001  P-A001 planning manager, manager                        0 of 49  23 min
        D1 Leadership bandwidth
        LB1  In the last two weeks, what waited only because the person who had to
             decide had no time?

         0  nothing; open decisions are listed and short-lived
         1  between 0 and 2
         2  two or three items, up to a week
         3  between 2 and 4
         4  nobody can count them; people stop asking
         d  don't know   n  does not apply   x  declined











        0-4 d n x  ? help  z stop  u undo  b back  k skip  t note  r why  q quote
        e evidence  j jump  / find  s seam  c decision  l leak  f finish  U redo
        """
    private static let rationale40 = """
        IV-A001  P-A001 plannin… 1 of 49  23 min
        D1 Leadership bandwidth
        LB2  How many change initiatives does
             your busiest leader sponsor, and
             which would be dropped first?

         0  three or fewer, drop order written
         1  between 0 and 2
         2  four to six, order argued about
         3  between 2 and 4
         4  seven or more, all "top priority"
         d  don't know
         n  does not apply
         x  declined


        Rationale of LB1
        They phone every morning, and whoever
        is away decides nothing.
        Enter stores   Esc leaves   Ctrl-O your…
        """
    private static let answered120 = """
        IV-A001  P-A001 planning manager, manager                                                                1 of 49  23 min
        D1 Leadership bandwidth
        LB1  In the last two weeks, what waited only because the person who had to decide had no time?

         0  nothing; open decisions are listed and short-lived
         1  between 0 and 2
         2  two or three items, up to a week
        >3  between 2 and 4
         4  nobody can count them; people stop asking
         d  don't know   n  does not apply   x  declined

        Your answer: 3 serious, grade D
        Rationale: They phone every morning, and whoever is away decides nothing.

























        0-4 d n x  ? help  z stop  u undo  b back  k skip  t note  r why  q quote  e evidence  j jump  / find  s seam
        c decision  l leak  f finish  U redo
        """
}
