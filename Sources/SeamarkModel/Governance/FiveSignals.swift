/// The five-signal check: two minutes for one initiative, five sections of five boxes. It says where to interview first and is never money.
public struct FiveSignals: Hashable, Sendable {
    public enum Section: Int, CaseIterable, Hashable, Sendable {
        case decisionLatency, handoffFriction, ownershipDrift, capacityStrain, knowledgeConcentration

        public var title: String {
            switch self {
            case .decisionLatency: "Decision latency"
            case .handoffFriction: "Handoff friction"
            case .ownershipDrift: "Ownership drift"
            case .capacityStrain: "Capacity strain"
            case .knowledgeConcentration: "Knowledge concentration"
            }
        }

        /// The domains that it points to, by their keys, which are the same in every instrument that has them; codes are the instrument's own.
        public var domainKeys: [String] {
            switch self {
            case .decisionLatency: ["leadership_bandwidth", "decision_ownership"]
            case .handoffFriction: ["cross_functional_alignment"]
            case .ownershipDrift: ["decision_ownership", "capital_sequencing"]
            case .capacityStrain: ["hiring_friction", "leadership_bandwidth"]
            case .knowledgeConcentration: ["knowledge_transfer", "training_roi"]
            }
        }

        /// The same in an instrument, as it calls them. What it does not have is left out.
        public func domains(in instrument: Instrument) -> [InstrumentDomain] {
            domainKeys.flatMap { key in instrument.domains.filter { $0.key == key } }
        }

        /// What its boxes say, in their order.
        public var boxes: [String] {
            switch self {
            case .decisionLatency: [
                "The last exception took longer to decide than to fix.", "Nobody on shift could state their own limit.",
                "One topic was on the agenda three meetings running.", "People doing the work heard of a changed decision late.",
                "A decider was away without a deputy this month.",
            ]
            case .handoffFriction: [
                "The receiving team keeps a private copy of the plan.", "A job went back this week for missing information.",
                "Two functions report different numbers for one result.", "The quickest way through is a personal call.",
                "No one could name the owner of last week's late item.",
            ]
            case .ownershipDrift: [
                "The sponsor changed or is overloaded.", "Priorities moved with no reset of the plan.", "Gains were not measured after 90 days.",
                "Two people each think the other tracks it.", "The old way is back in some place.",
            ]
            case .capacityStrain: [
                "Overtime is planned as capacity.", "The same few carry every change.", "A constraint post is vacant or covered by agency.",
                "Leave is refused to hold the plan.", "Maintenance or training is skipped for output.",
            ]
            case .knowledgeConcentration: [
                "One name answers each hard question.", "A key setting is unwritten.", "Handover between shifts is only spoken.",
                "A leaver is known and not shadowed.", "An audit would find the method in someone's head.",
            ]
            }
        }
    }

    public enum Light: String, Hashable, Sendable { case dark, amber, red }

    /// Ticks by section, 0…5 each.
    public let ticks: [Int]

    /// Nil unless there are 25 boxes.
    public init?(boxes: [Bool]) {
        guard boxes.count == 25 else { return nil }
        ticks = (0..<5).map { section in boxes[section * 5..<section * 5 + 5].count { $0 } }
    }

    /// From two ticks on amber, from four on red.
    public func light(_ section: Section) -> Light {
        let count = ticks[section.rawValue]
        return count >= 4 ? .red : count >= 2 ? .amber : .dark
    }

    /// Which of the domains with these codes of `instrument` to interview first: the sum of ticks of the sections that point there, the most first, ties in the
    /// order given. Domains that nothing points to are left out.
    public static func order(of codes: [String], in instrument: Instrument, after checks: [FiveSignals]) -> [(domain: String, ticks: Int)] {
        codes.map { code -> (domain: String, ticks: Int) in
            let sections = Section.allCases.filter { section in section.domains(in: instrument).contains { $0.code == code } }
            return (domain: code, ticks: checks.reduce(0) { sum, check in sections.reduce(sum) { $0 + check.ticks[$1.rawValue] } })
        }.enumerated().filter { $0.element.ticks > 0 }
            .sorted { $0.element.ticks != $1.element.ticks ? $0.element.ticks > $1.element.ticks : $0.offset < $1.offset }.map(\.element)
    }
}
