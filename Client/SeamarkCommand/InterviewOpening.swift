import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// Which interview it is: one that is there, or a new one with its people, asked line by line. Each answer is stored before the next is asked for.
struct InterviewOpening {
    private let place: Workplace
    private let scope: Identifier
    private(set) var input: InterviewInput

    /// The input ended before it was said.
    private struct Ended: Error {}

    init(_ place: Workplace, _ scope: Identifier, _ input: InterviewInput) {
        (self.place, self.scope, self.input) = (place, scope, input)
    }

    /// Nil where the input ended first.
    mutating func interview(called name: String?, persons: [String], site: String?, mode: String?) throws -> Identifier? {
        do {
            return try opened(name, persons, site, mode)
        } catch is Ended {
            return nil
        } catch where !Terminal.inputIsTerminal && input.lineNumber > 0 {
            let explanation = Explanation(error)
            throw Explained(explanation.status, GuidedInterviewWords.notOpened(input.lineNumber, explanation.sentence))
        }
    }

    private mutating func opened(_ name: String?, _ persons: [String], _ site: String?, _ mode: String?) throws -> Identifier? {
        if let name {
            let finder = try place.finder()
            let id: Identifier
            do throws(RecordFinder.Failure) {
                id = try finder.record(name, type: Catalogue.interview).id
            } catch {
                // Whoever names whom they sit with wants to begin.
                guard case .otherType(let called, is: Catalogue.person.label, wanted: _) = error else { throw error }
                throw Explained(.notFound, GuidedInterviewWords.isPerson(called))
            }
            guard let standing = InterviewDesk.standing(id, finder) else { throw RecordCapture.Failure.isDeleted(name: finder.name(of: id)) }
            return standing
        }
        if persons.isEmpty, let open = try chooseOpen() { return open }
        return try begin(persons, site, mode)
    }

    // MARK: - One that is there

    /// One of one's own that has no end yet; nil for a new one.
    private mutating func chooseOpen() throws -> Identifier? {
        guard place.shows else { return nil }
        let own = try place.device.state.identity.member
        let finder = try place.finder()
        let open = finder.all.filter { record in
            record.type === Catalogue.interview && !record.isDeleted && !finder.merges.isGone(record.id) && record.integer("endedAt") == nil && (record.integer("status") ?? 1) == 1
                && (record.author == own || record.reference("lead") == own || record.reference("noteTaker") == own)
        }.sorted { ($0.integer("startedAt") ?? 0) > ($1.integer("startedAt") ?? 0) }.prefix(9)
        guard !open.isEmpty else { return nil }
        for (index, record) in open.enumerated() {
            let people = record.references("persons").map { finder.name(of: $0) }.joined(separator: ", ")
            let time = record.integer("startedAt").map { TimeText.local($0) } ?? ""
            Terminal.line([finder.name(of: record.id), people, time].filter { !$0.isEmpty }.reduce(into: [Terminal.Piece("\(index + 1): ")]) { line, part in
                line.append(Terminal.Piece((line.count > 1 ? "  " : "") + part))
            })
        }
        while true {
            let word = try ask(GuidedInterviewWords.whichInterview).lowercased()
            if word == "n" { return nil }
            if let number = Int(word), open.indices.contains(number - 1) { return open[number - 1].id }
            if !Terminal.inputIsTerminal { throw Explained(.refused, GuidedInterviewWords.noneOfThese(word) + " " + GuidedInterviewWords.whichInterview + ".") }
            Terminal.line("\(GuidedInterviewWords.noneOfThese(word))")
        }
    }

    // MARK: - A new one

    private mutating func begin(_ names: [String], _ site: String?, _ mode: String?) throws -> Identifier {
        var persons = names
        if persons.isEmpty {
            persons = try known(try ask(GuidedInterviewWords.who), or: GuidedInterviewWords.who)
            if persons.isEmpty { persons = [try newPerson()] }
        }
        let finder = try place.finder(), withdrawals = Withdrawals(finder.all + finder.concealed)
        for name in persons {
            // Nothing is asked of somebody who withdrew consent, so nothing begins.
            if withdrawals.includes(try finder.record(name, type: Catalogue.person).id) { throw Explained(.refused, GuidedInterviewWords.withdrawn) }
        }
        var words = [Assignment(key: "persons", text: persons.joined(separator: ",")), Assignment(key: "startedAt", text: "now")]
        if let site = try site ?? askSite() { words.append(Assignment(key: "site", text: site)) }
        if let mode { words.append(Assignment(key: "mode", text: mode)) }
        let result = try place.device.capture(in: scope) { try $0.adding(Catalogue.interview, words) }
        Terminal.line("\(GuidedInterviewWords.begun(result.name))")
        return result.record
    }

    /// Handles of people who are there; asks again for one that is not.
    private mutating func known(_ typed: String, or question: String) throws -> [String] {
        var typed = typed
        while true {
            let names = typed.split { $0 == "," || $0 == " " }.map(String.init)
            do {
                for name in names { _ = try place.finder().record(name, type: Catalogue.person) }
                return names
            } catch let failure as RecordFinder.Failure {
                if !Terminal.inputIsTerminal { throw failure }
                Terminal.line("\(Explanation(failure).sentence)")
                typed = try ask(question)
            }
        }
    }

    private mutating func newPerson() throws -> String {
        while true {
            let word = try ask(GuidedInterviewWords.level)
            guard let level = RespondentLevel.allCases.first(where: { $0.rawValue == word.lowercased() }) else {
                if !Terminal.inputIsTerminal { throw Explained(.refused, GuidedInterviewWords.noLevel(word) + " " + GuidedInterviewWords.level + ".") }
                Terminal.line("\(GuidedInterviewWords.noLevel(word))")
                continue
            }
            let words = [("level", level.rawValue), ("title", try ask(GuidedInterviewWords.title)), ("name", try ask(GuidedInterviewWords.fullName))]
            do {
                return try place.device.capture(in: scope) { try $0.adding(Catalogue.person, words.filter { !$0.1.isEmpty }.map { Assignment(key: $0.0, text: $0.1) }) }.name
            } catch let failure as RecordCapture.Failure {
                if !Terminal.inputIsTerminal { throw failure }
                Terminal.line("\(Explanation(failure).sentence)")
            }
        }
    }

    /// The only site goes without asking.
    private mutating func askSite() throws -> String? {
        let sites = try place.finder().all.filter { $0.type === Catalogue.site && !$0.isDeleted }
        guard sites.count != 1 else { return sites[0].id.description }
        guard !sites.isEmpty, Terminal.inputIsTerminal else { return nil }
        while true {
            let name = try ask(GuidedInterviewWords.site)
            if name.isEmpty { return nil }
            do { return try place.finder().record(name, type: Catalogue.site).id.description } catch { Terminal.line("\(Explanation(error).sentence)") }
        }
    }

    // MARK: - Asking

    private var locked: Workplace.Failure { .endedMeanwhile(place.device.store, of: place.tenant, then: GuidedInterviewWords.goOnOpening) }

    /// Where nobody types the answer behind it, nobody ends its line either.
    private func put(_ question: String) -> Bool {
        if Terminal.inputIsTerminal { return Terminal.prompt(question + ": ") }
        Terminal.line("\(question):")
        return Terminal.flush()
    }

    private mutating func ask(_ question: String) throws -> String {
        while true {
            guard put(question) else { throw Ended() }
            let fault: String
            let line = input.line()
            if place.device.store.isLocked { throw locked }
            switch line {
            case .text(let text): return EntryLine.clean(text, keepingLines: false).text.split(separator: " ").joined(separator: " ")
            case .cut: fault = GuidedInterviewWords.cutByTerminal
            case .tooLong: fault = GuidedInterviewWords.lineTooLong
            case .notText: fault = GuidedInterviewWords.notText
            case .end: throw Ended()
            case .locked: throw locked
            }
            // Nobody is there to read it and to write it again.
            if !Terminal.inputIsTerminal { throw Explained(.refused, fault) }
            Terminal.line("\(fault)")
        }
    }
}
