import SeamarkModel
import Testing

/// Core-9 beside the table of the method's description, word for word.
@Suite struct Core9Tests {
    /// Whom a letter of the table asks.
    private static let asked: [Character: Set<RespondentLevel>] = ["E": [.executive, .director], "M": [.manager, .supervisor], "F": [.frontline]]

    @Test func `every domain, question, level and anchor of core-9 is the specification's, in its order`() throws {
        let instrument = Instrument.core9
        var codes: [String] = [], ids: [String] = []
        for row in Self.table.split(separator: "\n") {
            let cells = row.dropFirst(2).dropLast(2).split(separator: " | ").map { String($0) }
            try #require(cells.count == 6, "\(row)")
            if let domain = instrument.domain(cells[0]) {
                codes.append(domain.code)
                #expect([domain.key, domain.name, domain.description, domain.drives.map(\.rawValue).joined(separator: " "), domain.evidence] == Array(cells[1...]))
                continue
            }
            ids.append(cells[0])
            let (domain, question) = try #require(instrument.question(cells[0]), "\(row)")
            #expect(domain.code == codes.last && question.text == cells[1], "\(row)")
            let levels = cells[2].filter { $0 != " " }.reduce(into: Set<RespondentLevel>()) { $0.formUnion(Self.asked[$1] ?? []) }
            #expect(Set(question.asked) == levels && question.asked.count == levels.count, "\(row)")
            #expect(question.anchors.map(\.score) == [0, 2, 4] && question.anchors.map(\.text) == Array(cells[3...]), "\(row)")
            #expect(question.weight == 1 && question.comparable.isEmpty, "\(row)")
        }
        #expect(codes == instrument.domains.map(\.code) && codes.count == 9)
        #expect(ids == instrument.domains.flatMap(\.questions).map(\.id) && ids.count == 54)
    }

    @Test func `the matrix of core-9 is the specification's`() {
        let expected = Self.matrix.split(separator: ".").flatMap { sentence -> [String] in
            let words = sentence.split(separator: " ").map { String($0) }
            return stride(from: 1, to: words.count, by: 2).map { place in "\(words[0]) \(words[place]) \(words[place + 1].filter { $0 != "," })" }
        }
        let found = Instrument.core9.matrix.entries.map { "\($0.category.rawValue) \($0.domain) \(Int($0.weight))" }
        #expect(expected.count == 25 && found.sorted() == expected.sorted())
        #expect(Instrument.core9.matrix.entries.allSatisfy { $0.weight == $0.weight.rounded() })
    }

    // MARK: - The specification

    private static let matrix = "EXPEDITE D2 3, D3 3, D1 1, D6 1, D8 1. QUALITY D5 3, D6 3, D2 1, D4 1, D7 1, D9 1. LABOUR D4 3, D1 2, D5 1, D6 1, D8 1. PENALTY D2 3, D3 2, D9 2, D1 1. DOWNTIME D8 3, D3 2, D6 2, D4 1, D7 1."

    /// Domains: code, key, name, what it means, the categories that it drives, evidence. Questions: id, words, who is asked, what 0, 2 and 4 mean.
    private static let table = #"""
        | D1 | leadership_bandwidth | Leadership bandwidth | Leaders have the time and the shared priorities to decide, unblock and follow through. | DOWNTIME LABOUR EXPEDITE | calendar sample, open-decision list with ages, approval ageing export, sponsor count per leader |
        | LB1 | In the last two weeks, what waited only because the person who had to decide had no time? | M F | nothing; open decisions are listed and short-lived | two or three items, up to a week | nobody can count them; people stop asking |
        | LB2 | How many change initiatives does your busiest leader sponsor, and which would be dropped first? | E M | three or fewer, drop order written | four to six, order argued about | seven or more, all "top priority" |
        | LB3 | Tell me this quarter's first three priorities, in order. (Compare across leaders.) | E M | same list, same order | one or two in common | contradictory lists |
        | LB4 | What share of last week went on chasing, reconciling and firefighting? | E M | under a fifth | about two fifths | over two thirds |
        | LB5 | When an approver is away, what happens to the approval? | M F | named deputy with the same limit acts | a deputy exists, people still wait | it stops |
        | LB6 | How do you learn that a decision above you was changed? | M F | told with the reason before work starts | hears in a meeting days later | finds out through rework |
        | D2 | cross_functional_alignment | Cross-functional alignment | Functions pull toward one result and hand work over cleanly. | EXPEDITE PENALTY QUALITY | scorecards and bonus rules side by side, order-change log, returned-work counts, on-time-in-full misses by cause |
        | XA1 | Which of your targets, if you hit it, makes your neighbour miss theirs? | E M | clash known, one joint measure decides | known, settled case by case | each side wins at the other's cost every month |
        | XA2 | An order changes after release: who tells whom, and when does the floor know? | M F | one channel, within one planning cycle | same day, by phone | the floor learns from the missing part or truck |
        | XA3 | Which number is argued about in the main operating meeting? | E M | none; one definition, one owner | one or two reconciled by hand | more time on whose number than on action |
        | XA4 | Take last month's worst handoff: who owned the result after it left you? | M F | a named person on each side | named afterwards | nobody |
        | XA5 | How much work comes back for missing or wrong information? | M F | under 2 %, counted | around 10 % | over 25 %, or nobody counts |
        | XA6 | What do you do, outside the procedure, so that the handoff works? | F M | nothing needed | own list, a regular call | everything hangs on knowing the right person |
        | D3 | decision_ownership | Decision rights and ownership | It is clear who decides what, how fast, with which inputs, and who owns the outcome after a change. | EXPEDITE DOWNTIME PENALTY | authority matrix, time stamps of 10-20 exceptions, list of reopened decisions, override log |
        | DR1 | For your last three exceptions, who could decide, and how did you know? | F M | written limit, used | known by habit | guessed, or sent upward to be safe |
        | DR2 | How many levels does a routine exception climb? | M F | none | one | two or more as a rule |
        | DR3 | How often is a decision reopened after it was announced? | E M | rarely, with a stated reason | a few each month | expected |
        | DR4 | If a system recommends something you think is wrong, what may you do? | F M | override with a recorded, reviewed reason | override quietly | unclear: obey and repair later |
        | DR5 | After the last reorganisation, which result lost its owner? | E M | none, written handover | some shared ownership | a critical result has no owner |
        | DR6 | How long may this process run wrong before it costs money, and how long does the decision take? | M F | decision well inside the window | about equal | damage always comes first |
        | D4 | hiring_friction | Hiring friction and workforce stability | Roles are filled in time and people stay, so capacity at the constraint is real. | LABOUR QUALITY | vacancy ageing, overtime by cause, 90-day retention, agency invoices |
        | HF1 | How long has the hardest role been open and how is it covered? | M | filled to plan | 4-8 weeks, planned overtime | over 12 weeks, forced overtime or skipped steps |
        | HF2 | Of ten new starters, how many are here after 90 days? | M F | nine or ten | seven or eight | under six, or unknown |
        | HF3 | Between approved vacancy and offer, where does time go? | E M | every step has an owner and a clock | one step is vague | approvals restart |
        | HF4 | How far ahead does the staffing plan see demand, by skill? | M | a quarter, by skill | next month, headcount only | shift by shift |
        | HF5 | Of last month's overtime, how much was forced? | M F | under 3 % of hours, planned | 6-8 %, half forced | over 12 %, mostly forced |
        | HF6 | Which posts at the constraint depend on people who cannot do the whole job? | M F | none | some, not at the constraint | at the constraint |
        | D5 | training_roi | Training ROI | Training changes results that can be measured. | QUALITY LABOUR DOWNTIME | skills matrix, training dates against defects, learning-curve output |
        | TR1 | Which course in the last year moved a number here? | M | named and measured | believed | none |
        | TR2 | How do you know today's person is qualified for today's task? | M F | current matrix, checked when assigned | matrix out of date | supervisor's memory |
        | TR3 | Last defect or incident traced to skill: what changed? | M | cause coded, training changed, recurrence watched | coded only | "operator error", closed |
        | TR4 | When does a new person count in the output plan? | M F | after a protected learning curve | sometimes protected | from day one |
        | TR5 | Time to standard output, compared with plan? | M | known, on plan | about 1.5 times | over twice, or unknown |
        | TR6 | After a system or process change, when are people retrained? | M F | before go-live | weeks later | by word of mouth |
        | D6 | knowledge_transfer | Knowledge transfer | What the best people know is written, taught and reachable. | QUALITY DOWNTIME | critical-task list with qualified names, handover records, retirements within 24 months, repeat-failure rate |
        | KT1 | If one person were away for a month, what stops? | M F | nothing; two qualified per critical task | one or two tasks slow | the constraint or a regulated task |
        | KT2 | Where is the setting that makes this run well written down? | F | in the controlled instruction at the station | a notebook | someone's head |
        | KT3 | What gets lost between shifts? | F M | open items handed over and tracked | verbal, some misses | the same problem is found again each shift |
        | KT4 | Who leaves within two years with know-how nobody else has? | E M | named, handover running | named, no plan | no list |
        | KT5 | How did the last lesson from another site reach you? | M | through a changed standard | through a friend | it did not; we repeated it |
        | KT6 | For an unusual case, what do you look up? | F | a searchable case record with the decision | a veteran | nothing, we improvise |
        | D7 | ai_readiness | Upskilling and AI readiness | People and roles are prepared for automated decisions. | DOWNTIME QUALITY EXPEDITE | live versus pilot metric, override log with reasons, fallback drill record, role descriptions |
        | AI1 | Last time live results left the pilot's range: who noticed, how fast? | E M | alarm and owner, within one cycle | weekly review | the customer or Finance |
        | AI2 | What does the model not know about this job? | F M | limits written and taught | veterans know | trusted or ignored wholesale |
        | AI3 | What share of recommendations is overridden and why? | M | counted, reasons reviewed | counted only | unknown |
        | AI4 | Who can run a shift without the system? | F M | drilled fallback | written, never tried | nobody |
        | AI5 | Do the data it uses match what happens here? | F | checked with an owner, gaps logged | known gaps | people feed it what it wants |
        | AI6 | How did your job change when it arrived? | F M | role, skills and target updated | partly | old job plus the new one |
        | D8 | capital_sequencing | Capital sequencing | Money reaches the governing constraint first and in a workable order. | DOWNTIME LABOUR EXPEDITE | portfolio list with amounts and stage, constraint load data, post-completion reviews |
        | CS1 | What one resource limits output or service now, and which funded project relieves it? | E M F | same answer everywhere, funded | known, project waits | unknown, or money goes elsewhere |
        | CS2 | Which projects need another to finish first, and is that honoured? | E M | dependencies gate release | known, sometimes ignored | started anyway, redone |
        | CS3 | When did you last stop a project, and on what measure? | E | within two quarters, measured | quietly slowed | never |
        | CS4 | Who checks that the last large spend paid off? | E | Finance, after completion | the project itself | nobody |
        | CS5 | How many changes compete for the same ten people this quarter? | M | load checked before start | tight | everyone is on everything |
        | CS6 | Which small fix was refused while something large was funded? | M F | small-fix budget exists | some delayed | a well-known one at the constraint |
        | D9 | risk_exposure | Risk and compliance exposure | Controls hold under load and the cost of missing them is known. | PENALTY QUALITY DOWNTIME | hold and release time stamps, near-miss log with closure, contract penalty clauses, audit findings |
        | RX1 | Which control is done late to keep work moving? | F M | none; exceptions agreed beforehand | sometimes, recorded | routinely, not recorded |
        | RX2 | What came of the last three near misses? | F M | closed with a change | logged only | not reported |
        | RX3 | How long does a hold wait for release, and why? | M F | clock running, authority on shift | next day | days, with product or asset idle |
        | RX4 | Which contract clause costs you when you miss? | E M | known and priced in planning | known to Finance | found on the credit note |
        | RX5 | If a regulator asked why this was decided, what could you show? | E M | record with data version and approver | scattered mails | nothing |
        | RX6 | What happens to the rules at peak volume? | F M | unchanged; volume gives way | formal waivers | quiet relaxation |
        """#
}
