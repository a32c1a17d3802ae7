import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// There is one undoing: what a guided interview takes back and the device's own undo know of each other.
struct InterviewUndoingTests {
    private func begin(_ words: String...) throws -> (Laptop, String, InterviewDesk) {
        let laptop = try Laptop("A")
        let person = try laptop.add(Catalogue.person, "level=manager", "consent.state=given")
        let interview = try laptop.add(Catalogue.interview, "persons=\(person)", "startedAt=2026-03-02T09:00Z")
        for word in words { try laptop.set(interview, word) }
        return (laptop, interview, InterviewDesk(laptop.device, scope: Laptop.scope, interview: try laptop.record(interview).id, shows: true) { .day(20_000) })
    }

    private func score(_ question: String, _ score: Int64, over old: OwnAnswer.Content? = nil, _ desk: InterviewDesk) throws -> InterviewReceipt {
        try desk.carryOut(InterviewWrite(.answer(question: question, OwnAnswer.Content(.scored, score: score, grade: .d)), onto: .answer(old)))
    }

    private func takeBack(
        _ question: String, _ receipt: InterviewReceipt, to content: OwnAnswer.Content?, isRedo: Bool = false, _ desk: InterviewDesk
    ) throws -> InterviewReceipt {
        let back = InterviewWrite.TakingBack(change: try #require(receipt.change), isRedo: isRedo)
        return try desk.carryOut(InterviewWrite(.answer(question: question, content), unlessChangedSince: receipt.mark, takingBack: back))
    }

    /// False where nothing was taken back.
    @discardableResult
    private func undo(_ laptop: Laptop, isRedo: Bool = false) throws -> Bool {
        try laptop.device.takeBack(in: Laptop.scope, isRedo: isRedo, isTrial: false).map { !$0.edits.isEmpty } ?? false
    }

    private func scores(_ desk: InterviewDesk) throws -> [String: Int64] { try desk.records().answers.compactMapValues { $0.content?.score } }

    @Test func `undo passes over what an interview took back, and redo brings it again`() throws {
        let (laptop, _, desk) = try begin()
        _ = try score("TR1", 3, desk)
        let second = try score("TR2", 4, desk)
        _ = try takeBack("TR2", second, to: nil, desk)
        #expect(try scores(desk) == ["TR1": 3])
        #expect(try undo(laptop) && scores(desk).isEmpty)
        #expect(try undo(laptop, isRedo: true) && scores(desk) == ["TR1": 3])
        #expect(try undo(laptop, isRedo: true) && scores(desk) == ["TR1": 3, "TR2": 4])
        #expect(try !undo(laptop, isRedo: true))
    }

    @Test func `what an interview did again is the newest step once more, and a score that was altered goes back to the one before`() throws {
        let (laptop, _, desk) = try begin()
        let first = try score("TR1", 3, desk)
        let altered = try score("TR1", 4, over: first.records.answers["TR1"]?.content, desk)
        let back = try takeBack("TR1", altered, to: first.records.answers["TR1"]?.content, desk)
        #expect(try scores(desk) == ["TR1": 3])
        let again = try takeBack("TR1", back, to: altered.records.answers["TR1"]?.content, isRedo: true, desk)
        #expect(try scores(desk) == ["TR1": 4] && again.change != nil)
        for expected in [["TR1": 3], [:]] as [[String: Int64]] { #expect(try undo(laptop) && scores(desk) == expected) }
    }

    @Test func `an answer after the end takes the end away with it, and either undoing brings it back`() throws {
        let (laptop, interview, desk) = try begin("endedAt=2026-03-02T10:00Z")
        func end() throws -> Int64? { try laptop.record(interview).integer("endedAt") }
        let noted = try end()
        // What an answer rests on says nothing of the end, nor does a note.
        _ = try desk.carryOut(InterviewWrite(.note("They phone.", domain: nil)))
        #expect(try end() == noted && noted != nil)
        let first = try score("TR1", 3, desk)
        #expect(try end() == nil)
        _ = try takeBack("TR1", first, to: nil, desk)
        #expect(try end() == noted)
        let second = try score("TR2", 4, desk)
        #expect(try end() == nil && second.records.endedAt == nil)
        #expect(try undo(laptop) && end() == noted && scores(desk).isEmpty)
        // Noted anew since, it stays.
        let third = try score("TR3", 4, desk)
        _ = try desk.carryOut(InterviewWrite(.end))
        let later = try end()
        _ = try takeBack("TR3", third, to: nil, desk)
        #expect(try end() == later && later != noted && later != nil)
        // A grade is no other answer.
        let fourth = try score("TR4", 1, desk)
        let graded = OwnAnswer.Content(.scored, score: 1, grade: .c)
        _ = try desk.carryOut(InterviewWrite(.end))
        _ = try desk.carryOut(InterviewWrite(.answer(question: "TR4", graded), onto: .answer(fourth.records.answers["TR4"]?.content)))
        #expect(try end() != nil)
    }
}
