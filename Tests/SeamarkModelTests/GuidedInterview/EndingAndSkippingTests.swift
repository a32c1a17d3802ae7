import SeamarkJournal
@testable import SeamarkModel
import SeamarkTestSupport
import Testing

/// What one stroke too many does not do: skip a question, end an interview, take a paste for a choice; and what is said of it.
@Suite struct EndingAndSkippingTests {
    private func sit(isScripted: Bool = false) -> (PaperDesk, GuidedInterview) {
        let desk = PaperDesk()
        return (desk, GuidedInterview(.core9, desk.records, isScripted: isScripted))
    }

    @Test(arguments: [InterviewKey.enter, .tab, .right])
    func `a key that people press by habit skips no question and says which one does`(key: InterviewKey) {
        var (desk, interview) = sit()
        _ = desk.carryOut(.key(key), &interview)
        #expect(interview.question?.id == "LB1" && interview.isDeclined && interview.notice.contains("k skips LB1"), "\(interview.notice)")
        _ = desk.carryOut(.key(.character("k")), &interview)
        #expect(interview.question?.id == "LB2" && !interview.isDeclined && interview.notice == "Skipped LB1; it stays open.")
        // What is answered is not skipped.
        for line in ["b", "3", "b", "k"] { _ = desk.carryOut(.line(line), &interview) }
        #expect(interview.question?.id == "LB2" && interview.notice.isEmpty, "\(interview.notice)")
        while interview.place != .end { _ = desk.carryOut(.line("k"), &interview) }
        _ = desk.carryOut(.key(key), &interview)
        #expect(interview.place == .end && interview.isDeclined && interview.notice.contains("f ends the interview"))
    }

    @Test func `an empty line says where one is, and in a file it says nothing`() {
        var (desk, interview) = sit()
        _ = desk.carryOut(.line(""), &interview)
        #expect(interview.question?.id == "LB1" && !interview.isDeclined && interview.notice.contains("LB1 stands here. k skips it"), "\(interview.notice)")
        var scripted = GuidedInterview(.core9, desk.records, isScripted: true)
        _ = desk.carryOut(.line("  "), &scripted)
        #expect(scripted.question?.id == "LB1" && !scripted.isDeclined && scripted.notice.isEmpty)
    }

    @Test func `an interview with open questions ends when it is asked for twice in a row`() {
        for inLines in [true, false] {
            var (desk, interview) = sit()
            func press(_ letter: Character) -> GuidedInterview.Ending? { desk.carryOut(inLines ? .line(String(letter)) : .key(.character(letter)), &interview) }
            _ = press("3")
            #expect(press("f") == nil && interview.isDeclined && interview.notice.contains("48 of 49 questions are open"), "\(interview.notice)")
            // Something else is between them.
            for other: Character in ["w", "b", "?"] {
                #expect(press(other) == nil && press(other) == nil)
                #expect(press("f") == nil && desk.endedAt == nil, "\(other)")
            }
            // What others store is not.
            #expect(desk.carryOut(.looked(desk.records), &interview) == nil)
            #expect(press("f") == .finished && desk.endedAt != nil)
        }
        // Where all is answered, and where lines come from a file, once is enough.
        var (desk, interview) = sit()
        while interview.place != .end { _ = desk.carryOut(.line("3"), &interview) }
        #expect(desk.carryOut(.line("f"), &interview) == .finished)
        var (other, scripted) = sit(isScripted: true)
        #expect(other.carryOut(.line("f"), &scripted) == .finished && other.endedAt != nil)
    }

    @Test func `an answer that is given after the end takes it away, and who takes that back has it again`() {
        var (desk, first) = sit()
        for line in ["3", "f", "f"] { _ = desk.carryOut(.line(line), &first) }
        let end = desk.endedAt
        #expect(end != nil && first.ending == .finished)
        var interview = GuidedInterview(.core9, desk.records)
        // What it rests on, and what was seen besides, is no answer.
        for line in ["b", "r They phone.", "e c", "t They wait."] {
            _ = desk.carryOut(.line(line), &interview)
            #expect(desk.endedAt == end && !interview.isDeclined, "\(line): \(interview.notice)")
        }
        for (line, stands, words) in [("2", false, "not noted any more"), ("u", true, "as it was noted before"), ("U", false, "not noted any more")] {
            _ = desk.carryOut(.line(line), &interview)
            #expect(desk.endedAt == (stands ? end : nil) && interview.notice.contains(words), "\(line): \(interview.notice)")
        }
        // It is noted anew.
        for line in ["f", "f"] { _ = desk.carryOut(.line(line), &interview) }
        let later = desk.endedAt
        #expect(later != nil && later != end)
    }

    @Test func `undo and redo say which change each takes back`() {
        var (desk, interview) = sit()
        for line in ["3", "t They phone.", "u", "U", "u", "u"] { _ = desk.carryOut(.line(line), &interview) }
        #expect(desk.changes.count == 6)
        #expect(desk.undoings.map(\.change) == [desk.changes[1], desk.changes[2], desk.changes[3], desk.changes[0]])
        #expect(desk.undoings.map(\.isRedo) == [false, true, false, false])
        _ = desk.carryOut(.line("u"), &interview)
        #expect(interview.isDeclined && interview.notice.contains("'seamark undo'"))
    }

    @Test func `a paste where something is to be chosen chooses nothing, and is not told to become a note`() {
        var (desk, interview) = sit()
        for key: InterviewKey in [.character("q"), .paste("Nobody knows.", isCut: false), .enter] { _ = desk.carryOut(.key(key), &interview) }
        let asked = interview.prompt
        _ = desk.carryOut(.key(.paste("rut", isCut: false)), &interview)
        #expect(interview.prompt == asked && desk.rows.isEmpty && interview.notice.contains("was not taken for keys") && !interview.notice.contains("press t"), "\(interview.notice)")
        _ = desk.carryOut(.key(.character("r")), &interview)
        _ = desk.carryOut(.key(.paste("rut", isCut: false)), &interview)
        #expect(interview.prompt == .question && interview.notice.contains("press t first"))
    }

    @Test func `what was said is not said again when the lines end`() {
        var (desk, interview) = sit()
        _ = desk.carryOut(.line("3"), &interview)
        #expect(interview.statements(now: 0).first?.hasPrefix("Saved LB1") == true)
        #expect(desk.carryOut(.hungUp, &interview) == .paused && interview.statements(now: 0).isEmpty)
    }

    // MARK: - What is being written, in rows

    @Test(arguments: UInt64(0)..<40)
    func `a text is broken at its blanks, no character is lost, and the cursor stands on its character`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let room = Int.random(in: 8...30, using: &dice)
        let words = (0..<60).map { _ in String(repeating: "w", count: Int.random(in: 1...8, using: &dice)) }
        let text = words.joined(separator: " ")
        let rows = EntryRows(text, room: room)
        #expect(rows.texts.joined() == text && rows.texts.count > 1)
        #expect(rows.texts.dropLast().allSatisfy { $0.hasSuffix(" ") }, "\(room): \(rows.texts)")
        #expect(rows.texts.allSatisfy { $0.count <= room + 1 })
        for (number, character) in text.enumerated() {
            let place = rows.place(of: number)
            #expect(Array(rows.texts[place.row])[place.column] == character)
        }
        let end = rows.place(of: text.count)
        #expect(end.row == rows.texts.count - 1 && end.column == rows.texts[end.row].count)
    }

    @Test func `a word that is longer than a row is broken where the row ends, and line breaks and wide characters have their places`() {
        #expect(EntryRows("ab cdefghijkl", room: 5).texts == ["ab ", "cdefg", "hijkl"])
        #expect(EntryRows("漢字かな x", room: 5).texts == ["漢字", "かな ", "x"])
        let lines = EntryRows("one\n\ntwo", room: 5)
        #expect(lines.texts == ["one", "", "two"])
        #expect(lines.place(of: 3) == (0, 3) && lines.place(of: 4) == (1, 0) && lines.place(of: 5) == (2, 0) && lines.place(of: 8) == (2, 3))
        #expect(EntryRows("", room: 5).texts == [""] && EntryRows("", room: 5).place(of: 0) == (0, 0))
    }
}
