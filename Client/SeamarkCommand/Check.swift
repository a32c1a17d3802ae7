import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What is missing before fieldwork can close.",
        discussion: """
            For example:
              seamark check
              seamark check --questions
              seamark check --quiet && echo ready

            Interview by interview which questions nobody answered and what keeps it from being finalised; which domains are too thinly \
            heard to be ranked; and every other record that wants something, of which some is advice that nothing waits for. It looks at what this device holds, and refuses nothing. \
            With --quiet it lists nothing; its status is 0 when nothing is missing and 65 otherwise.
            """)

    @Flag(help: "Say it by the exit status alone.") var quiet = false
    @Flag(help: "Name every question that nobody answered.") var questions = false
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let finder = try Workplace(work, to: .read).finder()
        let check = try FieldworkCheck(finder.all + finder.concealed + finder.directory, instrument: finder.instrument, now: TimeText.now(), former: finder.instrument)
        let conflicts = finder.conflicts.count
        let unsent = finder.replica.unsentCount + finder.replica.stranded.count
        let isComplete = check.isComplete && conflicts == 0
        if quiet {
            guard isComplete else { throw Explained(.refused, "Fieldwork cannot close yet: 'seamark check' says what is missing.") }
            return
        }
        if format.json { return Terminal.json(document(check, finder, conflicts, unsent, isComplete), .check) }
        interviews(check)
        domains(check)
        if !check.findings.isEmpty {
            Terminal.line("")
            Terminal.line(.init(counted(check.findings.count, "thing") + " about other records", .bold))
            for finding in check.findings {
                let words = finding.words + (finding.words.hasSuffix(".") ? "" : ".")
                Terminal.block(words, first: ["  ", .init(finder.name(of: finding.record), finding.blocksBoard ? .yellow : nil), .init(finding.field.map { " \($0)" } ?? "", .dim), "  "], indent: "      ")
            }
        }
        Terminal.line("")
        if conflicts > 0 { Terminal.line(.init("\(counted(conflicts, "conflict")) to settle: see 'seamark conflicts'.", .yellow)) }
        if unsent > 0 { Terminal.line(.init("\(counted(unsent, "change")) not yet sent: 'seamark sync'.", .yellow)) }
        let advice = check.findings.count(where: \.isAdvice)
        let done = advice == 0 ? "Nothing is missing: fieldwork can close." : "Fieldwork can close: what is said above of other records is advice."
        Terminal.line(isComplete ? .init(done, .green) : .init("Fieldwork cannot close yet.", .yellow))
    }

    private func interviews(_ check: FieldworkCheck) {
        guard !check.interviews.isEmpty else { return Terminal.line("No interview is captured yet. Begin one with 'seamark interview add'.") }
        Terminal.line(.init("Interviews", .bold), .init("  \(check.interviews.count { $0.isDone }) of \(check.interviews.count) done", .dim))
        let wants = check.interviews.map { interview in interview.obstacles.map { ($0.field.map { $0 + ": " } ?? "") + $0.words }.joined(separator: "; ") }
        let room = Terminal.width.map { $0 - 2 }
        var table = interviewTable(check, wants)
        let isWhole = table.isWhole(in: room)
        if !isWhole { table = interviewTable(check, nil) }
        table.show(indent: "  ")
        // What is wanted is read whole, below where it has no room beside.
        for (interview, wants) in zip(check.interviews, wants) where !isWhole && !wants.isEmpty {
            Terminal.block(wants, first: ["  ", .init(interview.name, .bold), "  "], indent: "      ")
        }
        guard questions else { return }
        for interview in check.interviews where !interview.unanswered.isEmpty {
            Terminal.block(interview.unanswered.joined(separator: ", "), first: ["  ", .init(interview.name, .bold), " not asked: "], indent: "      ")
        }
    }

    private func interviewTable(_ check: FieldworkCheck, _ wants: [String]?) -> Table {
        var table = Table(["", "answered", ""] + (wants == nil ? [] : [""]), rightAligned: [1])
        for (place, interview) in check.interviews.enumerated() {
            let given = interview.asked.count - interview.unanswered.count
            table.add(
                [interview.name, interview.asked.isEmpty ? "–" : "\(given)/\(interview.asked.count)", interview.isDone ? "done" : interview.isFinalised ? "finalised" : "draft"]
                    + (wants.map { [$0[place]] } ?? []),
                styles: [0: .bold, 2: interview.isDone ? .green : .yellow])
        }
        return table
    }

    private func domains(_ check: FieldworkCheck) {
        let thin = check.domains.filter(\.isThin)
        Terminal.line("")
        Terminal.line(.init("Domains", .bold), .init("  \(check.domains.count - thin.count) of \(check.domains.count) can be ranked", .dim))
        guard !thin.isEmpty else { return }
        var table = Table(["", "", "questions", "people", "confidence"], rightAligned: [2, 3, 4])
        for domain in thin {
            let confidence = domain.confidence.map { "\(($0 * 100).rounded() / 100)" } ?? "not assessed"
            table.add([domain.code, domain.name, "\(domain.scored)/\(domain.questions)", "\(domain.people)", confidence], styles: [0: .bold, 4: .yellow])
        }
        table.show(indent: "  ")
    }

    private func document(_ check: FieldworkCheck, _ finder: RecordFinder, _ conflicts: Int, _ unsent: Int, _ isComplete: Bool) -> JSONValue {
        func finding(_ one: Finding) -> JSONValue {
            .object([
                JSONMember("record", .string(finder.name(of: one.record))), JSONMember("kind", .string(one.kind.rawValue)), JSONMember("field", one.field.map { .string($0) } ?? .null),
                JSONMember("blocksBoard", .bool(one.blocksBoard)), JSONMember("words", .string(one.words)),
            ])
        }
        return .object([
            JSONMember("complete", .bool(isComplete)),
            JSONMember("interviews", .array(check.interviews.map { interview in
                .object([
                    JSONMember("name", .string(interview.name)), JSONMember("finalised", .bool(interview.isFinalised)), JSONMember("asked", .integer(Int64(interview.asked.count))),
                    JSONMember("unanswered", .array(interview.unanswered.map { .string($0) })), JSONMember("obstacles", .array(interview.obstacles.map(finding))),
                ])
            })),
            JSONMember("domains", .array(check.domains.map { domain in
                .object([
                    JSONMember("code", .string(domain.code)), JSONMember("scored", .integer(Int64(domain.scored))), JSONMember("questions", .integer(Int64(domain.questions))),
                    JSONMember("people", .integer(Int64(domain.people))), JSONMember("confidence", domain.confidence.map { .number($0) } ?? .null), JSONMember("thin", .bool(domain.isThin)),
                ])
            })),
            JSONMember("findings", .array(check.findings.map(finding))), JSONMember("conflicts", .integer(Int64(conflicts))), JSONMember("unsent", .integer(Int64(unsent))),
        ])
    }
}
