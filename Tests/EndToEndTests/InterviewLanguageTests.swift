import Foundation
import SeamarkModel
import Testing

/// Guided interviews under an instrument in another language and writing. All people are fictitious.
@Suite(.serialized) struct InterviewLanguageTests {
    private static let question = "決める人に時間がなく、何が待たされましたか。"
    private static let anchor = "決定は滞っていない"
    private static let domain = "指導者の余力"

    @Test func `a sitting asks in the instrument's own words, on a wide terminal, on a narrow one and line by line, and stores answers in any writing`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let document = try InstrumentStoryTests.document(2) { text in
            text.replacing("\"language\": \"en\"", with: "\"language\": \"ja\"").replacing("\"name\": \"Leadership bandwidth\"", with: "\"name\": \"\(Self.domain)\"")
                .replacing("In the last two weeks, what waited only because the person who had to decide had no time?", with: Self.question)
                .replacing("nothing; open decisions are listed and short-lived", with: Self.anchor)
        }
        let file = headquarters.folder.appendingPathComponent("japanese.json")
        try Data(document.utf8).write(to: file)
        try headquarters.verb("instrument", "publish", file.path)
        try headquarters.verb("instrument", "use", "baseline", "core-9@2")
        let (ann, interview) = try Interview.laptop("ann", headquarters)

        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("D1 \(Self.domain)")
        try sitting.shows("LB1  \(Self.question)")
        try sitting.shows(" 0  \(Self.anchor)")
        #expect(sitting.screen.allSatisfy { TerminalText.width($0) <= 80 }, "\(sitting.screen)")
        try sitting.type("3")
        try sitting.shows("LB2  ")
        try sitting.type("b")
        try sitting.shows("LB1  \(Self.question)")
        try sitting.type("t")
        try sitting.shows("Note")
        try sitting.type("毎朝電話している\r")
        try sitting.shows("Saved O-")
        try sitting.type("z")
        #expect(try sitting.ended() == 0)
        #expect(try ann.must("list", "observation", "--json").contains("毎朝電話している"))

        let narrow = try Sitting(ann, ["interview", interview], columns: 40, rows: 20)
        try narrow.shows("D1 \(Self.domain)")
        try narrow.type("j")
        try narrow.tells("Jump to question")
        try narrow.type("LB1\r")
        // A key that comes before the jump was made would belong to what was typed.
        try eventually("the jump is made", within: 30) { narrow.screen.contains { $0.contains("Jump to") } ? nil : true }
        try narrow.shows("LB1  \(Self.question.prefix(10))")
        let shown = narrow.screen
        #expect(shown.map { $0.trimmingCharacters(in: .whitespaces) }.joined().contains(Self.question) && shown.allSatisfy { TerminalText.width($0) <= 40 }, "\(shown)")
        try narrow.type("z")
        #expect(try narrow.ended() == 0)

        let lines = try ann.run(["interview", interview, "--plain", "--language", "ja"], input: "j LB1\nj LB3\n2 電話で\nz\n")
        #expect(lines.status == 0 && lines.output.contains(Self.question) && lines.output.contains(Self.anchor), "\(lines)")
        #expect(try Interview.rows(ann, "answer", of: interview).contains { $0.contains("電話で") })
        // The first edition is on this laptop in English, and this interview is not held under it.
        let other = try ann.run("interview", interview, "--plain", "--language", "en")
        #expect(other.status == 66 && other.error.contains("core-9@2 is not on this device in 'en'"), "\(other)")
        try ann.must("verify")
    }
}
