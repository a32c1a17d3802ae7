import ArgumentParser
import SeamarkClient
import SeamarkModel

/// A record type as a noun of the command line. The verbs behind it are the same for all (`CaptureCommand`).
protocol CapturedType {
    /// What a type has beside `key=value`.
    associatedtype Extra: CaptureExtra = NoExtra
    static var noun: String { get }
    static var aliases: [String] { get }
    static var type: RecordType { get }
    static var abstract: String { get }
    /// What follows `seamark NOUN add` in the example of the help.
    static var example: String { get }
    /// Verbs of this type alone, beside those of all; the first is meant where none is said.
    static var verbs: [any ParsableCommand.Type] { get }
}

extension CapturedType {
    static var aliases: [String] { [] }
    static var verbs: [any ParsableCommand.Type] { [] }
}

/// Options that become assignments.
protocol CaptureExtra: ParsableArguments {
    var assignments: [Assignment] { get }
    /// What goes for ever need not be asked about.
    var agrees: Bool { get }
}

extension CaptureExtra {
    var agrees: Bool { false }
}

struct NoExtra: CaptureExtra {
    var assignments: [Assignment] { [] }
}

/// The nouns, in the order in which an engagement goes.
enum CapturedTypes {
    static let commands: [any ParsableCommand.Type] = [
        EngagementCommand.self,
        CaptureCommand<Site>.self, CaptureCommand<Unit>.self, CaptureCommand<Person>.self, CaptureCommand<Interview>.self,
        CaptureCommand<Answer>.self, CaptureCommand<Observation>.self, CaptureCommand<Quote>.self, CaptureCommand<Evidence>.self,
        CaptureCommand<Contributor>.self, CaptureCommand<Seam>.self, CaptureCommand<ModeScore>.self, CaptureCommand<Decision>.self,
        CaptureCommand<Sample>.self, CaptureCommand<Constraint>.self, CaptureCommand<Initiative>.self, CaptureCommand<Target>.self,
        CaptureCommand<Pool>.self, CaptureCommand<Line>.self, CaptureCommand<Overlap>.self,
    ] + CycleTypes.commands

    /// Each noun and what else it is called, with its type: `list` and `show` understand the same words.
    static let nouns: [(noun: String, aliases: [String], type: RecordType)] = [
        ("engagement", [], Catalogue.engagement),
        entry(Site.self), entry(Unit.self), entry(Person.self), entry(Interview.self), entry(Answer.self), entry(Observation.self),
        entry(Quote.self), entry(Evidence.self), entry(Contributor.self), entry(Seam.self), entry(ModeScore.self), entry(Decision.self),
        entry(Sample.self), entry(Constraint.self), entry(Initiative.self), entry(Target.self), entry(Pool.self), entry(Line.self),
        entry(Overlap.self), ("redaction", [], Catalogue.redaction), ("snapshot", [], Catalogue.snapshot), ("questionnaire", [], Catalogue.questionnaire),
        ("form-answer", [], Catalogue.formAnswer),
    ] + CycleTypes.nouns

    static func entry<Noun: CapturedType>(_ noun: Noun.Type) -> (noun: String, aliases: [String], type: RecordType) {
        (noun.noun, noun.aliases, noun.type)
    }

    /// The type that a word means: a noun, its plural, an alias, or the type's own key.
    static func type(_ word: String) -> RecordType? {
        let folded = word.lowercased()
        for (noun, aliases, type) in nouns where ([noun, type.key.lowercased()] + aliases).contains(where: { $0 == folded || $0 + "s" == folded }) {
            return type
        }
        return folded == "people" ? Catalogue.person : folded == "leakage" ? Catalogue.leakageLine : nil
    }

    /// A word that means no type, with what comes near.
    static func unknown(_ word: String) -> Explained {
        let names = nouns.map(\.noun)
        return Explained(.notFound, "There is no type '\(word)'. \(Suggestion.sentence(word, among: names))There are " + names.joined(separator: ", ") + ".")
    }

    static func noun(of type: RecordType) -> String { nouns.first { $0.type === type }?.noun ?? type.key }

    /// The words after `seamark` that make a record of a type; most are made as nouns are.
    static func verb(capturing type: RecordType) -> String {
        switch type.number {
        case Catalogue.engagement.number: "engagement set"
        case Catalogue.redaction.number: "redact"
        case Catalogue.snapshot.number: "snapshot freeze"
        case Catalogue.questionnaire.number: "form add"
        case Catalogue.formAnswer.number: "form answer"
        case _: "\(noun(of: type)) add"
        }
    }
}

enum Site: CapturedType {
    static let noun = "site"
    static let type = Catalogue.site
    static let abstract = "A place where the client works."
    static let example = #"name="Dayton plant" country=US kind=plant headcount=310"#
}

enum Unit: CapturedType {
    static let noun = "unit"
    static let type = Catalogue.unit
    static let abstract = "A department, cell or function."
    static let example = #"name="Gear cell 3" site=ST-A001 kind=production"#
}

enum Person: CapturedType {
    typealias Extra = ConsentOptions
    static let noun = "person"
    static let type = Catalogue.person
    static let abstract = "An interviewee. The handle is the pseudonym; the name travels sealed and stands nowhere else."
    static let example = #"title="planning manager" level=manager --consent given --method written --scope quotes,role"#
}

/// Consent, as a person says it at the beginning of an interview.
struct ConsentOptions: CaptureExtra {
    @Option(help: ArgumentHelp("The person's consent: none, given or withdrawn.", valueName: "state"), completion: .list(["none", "given", "withdrawn"]))
    var consent: String?

    @Option(help: ArgumentHelp("How it was given: written, verbal or electronic.", valueName: "how"), completion: .list(["written", "verbal", "electronic"]))
    var method: String?

    @Option(help: ArgumentHelp("To what: quotes, role, audio, recontact, separated by commas.", valueName: "what"))
    var scope: String?

    @Flag(help: "Withdraw consent without asking: what was said goes for ever.")
    var yes = false

    var agrees: Bool { yes }

    var assignments: [Assignment] {
        [("consent.state", consent), ("consent.method", method), ("consent.scope", scope)].compactMap { key, text in
            text.map { Assignment(key: key, text: $0) }
        }
    }
}

enum Interview: CapturedType {
    static let noun = "interview"
    static let type = Catalogue.interview
    static let verbs: [any ParsableCommand.Type] = [InterviewRun.self, InterviewCarry.self]
    static let abstract = "A conversation with one or more people: asked question by question (seamark interview IV-A001), or captured as a record."
    static let example = "persons=P-A001 site=ST-A001 startedAt=now mode=onSite"
}

enum Answer: CapturedType {
    static let noun = "answer"
    static let type = Catalogue.answer
    static let abstract = "Your score of one question in one interview. Two who score give two answers."
    static let example = "interview=IV-A001 question=LB1 score=3 grade=B rationale=@-"
}

enum Observation: CapturedType {
    static let noun = "observation"
    static let aliases = ["note"]
    static let type = Catalogue.observation
    static let abstract = "Something that you saw or heard."
    static let example = "text=@notes.txt interview=IV-A001 domains=D2,D6 polarity=drag"
}

enum Quote: CapturedType {
    static let noun = "quote"
    static let type = Catalogue.quote
    static let abstract = "Somebody's words. Only with consent to quotes."
    static let example = "interview=IV-A001 person=P-A001 text=@- attribution=roleOk"
}

enum Evidence: CapturedType {
    static let noun = "evidence"
    static let type = Catalogue.evidence
    static let abstract = "A document, extract or ledger that supports an answer or a price."
    static let example = #"kind=ledger title="Premium freight account" period.from=2025-03-01 period.to=2026-02-28"#
}

enum Contributor: CapturedType {
    static let noun = "contributor"
    static let type = Catalogue.contributor
    static let abstract = "Someone who scored or led and is no member of this tenant."
    static let example = #"name="Guest consultant""#
}

enum Seam: CapturedType {
    static let noun = "seam"
    static let type = Catalogue.seam
    static let abstract = "A handover between units where work or decisions get lost."
    static let example = #"name="Release to planning" fromUnit=U-A001 toUnit=U-A002"#
}

enum ModeScore: CapturedType {
    static let noun = "mode-score"
    static let type = Catalogue.seamModeScore
    static let abstract = "Your score of one way in which a seam fails."
    static let example = "seam=S-A001 mode=approvalLatency score=3 grade=B"
}

enum Decision: CapturedType {
    static let noun = "decision"
    static let type = Catalogue.decisionRight
    static let abstract = "A decision right: who decides, who stands in, up to what."
    static let example = #"name="Expedite above plan" decider="plant director" limit=25k"#
}

enum Sample: CapturedType {
    static let noun = "sample"
    static let type = Catalogue.decisionSample
    static let abstract = "One measured decision: detected, escalated, decided, acted."
    static let example = "decision=DR-A001 detectedAt=2026-03-02T08:00 decidedAt=2026-03-03T10:00 actedAt=2026-03-03T15:00"
}

enum Constraint: CapturedType {
    static let noun = "constraint"
    static let type = Catalogue.constraint
    static let abstract = "What limits output."
    static let example = #"resource="Heat-treat furnace 2" site=ST-A001 status=suspected"#
}

enum Initiative: CapturedType {
    static let noun = "initiative"
    static let type = Catalogue.initiative
    static let abstract = "A project that is under way or planned."
    static let example = #"name="Release desk" declaredRank=2 cost=100k/140k/200k"#
}

enum Target: CapturedType {
    static let noun = "target"
    static let type = Catalogue.initiativeTarget
    static let abstract = "What an initiative takes off a line."
    static let example = "initiative=N-A001 line=L-A001 reduction=20%/30%/45%"
}

enum Pool: CapturedType {
    static let noun = "pool"
    static let type = Catalogue.pool
    static let abstract = "A booked amount that several lines draw on."
    static let example = #"name="Premium freight" code=6410 booked=1.2M"#
}

enum Line: CapturedType {
    static let noun = "line"
    static let aliases = ["leak"]
    static let type = Catalogue.leakageLine
    static let abstract = "A leakage line: money that leaks in a year, as a range."
    static let example = #"title="Night shift overtime" category=LABOUR amount.low=90k amount.likely=120k amount.high=200k grade=B domainPoints=D4:60,D1:20"#
}

enum Overlap: CapturedType {
    static let noun = "overlap"
    static let type = Catalogue.overlap
    static let abstract = "How much of two lines is the same money."
    static let example = #"lines=L4,L7 share=30% reason="the same late orders""#
}
