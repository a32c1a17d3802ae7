/// Who may do what: role × record type × operation × owner. The only place where this is said; the server applies it when it
/// merges, devices to tell early. Headquarters (the server's own signed changes) may do every operation; the classes of the
/// fields (`MergeClass`) bind it as they bind everybody.
public enum RoleTable {
    public enum Operation: Int, CaseIterable, Hashable, Sendable {
        case create, edit
        /// Deleting, and making a deleted record present again.
        case delete
        /// Replacing several different values of one field: the resolution of a conflict.
        case resolve
    }

    public enum Owner: String, Hashable, Sendable {
        case any, own
    }

    /// One row of the table. `types` empty: none.
    public struct Rule: Sendable {
        public let role: Role
        public let operations: [Operation]
        public let types: [RecordType]
        public let owner: Owner
    }

    /// What consultants write together: everybody staffed may correct it.
    private static let shared: [RecordType] = [
        Catalogue.site, Catalogue.unit, Catalogue.person, Catalogue.interview, Catalogue.evidence, Catalogue.contributor,
        Catalogue.seam, Catalogue.decisionRight, Catalogue.constraint, Catalogue.initiative, Catalogue.initiativeTarget,
        Catalogue.leakageLine, Catalogue.overlap, Catalogue.pool, Catalogue.move, Catalogue.driftSignal,
        Catalogue.finding, Catalogue.recommendation,
    ] + gates

    /// Reviews of gates are work of the field, and headquarters writes them too.
    private static let gates: [RecordType] = [Catalogue.gateReview, Catalogue.gateResult]

    /// What one consultant says: answers, scores, quotes, samples.
    private static let personal: [RecordType] = [
        Catalogue.answer, Catalogue.observation, Catalogue.quote, Catalogue.seamModeScore, Catalogue.decisionSample,
        Catalogue.moveCheck, Catalogue.quickCheck, Catalogue.formAnswer,
    ]

    /// What headquarters says, from an analyst's or a lead's device, so that its author is known.
    private static let governing: [RecordType] = [Catalogue.cycle, Catalogue.boardAnswer, Catalogue.sequenceDecision, Catalogue.checkAnswer, Catalogue.questionnaire]

    public static let rules: [Rule] = [
        Rule(role: .consultant, operations: [.create, .edit, .delete], types: shared, owner: .any),
        Rule(role: .consultant, operations: [.create, .edit, .delete], types: personal, owner: .own),
        Rule(role: .lead, operations: [.create, .edit, .delete, .resolve], types: shared, owner: .any),
        Rule(role: .lead, operations: [.create, .edit, .delete], types: personal, owner: .own),
        Rule(role: .lead, operations: [.create, .edit, .resolve], types: [Catalogue.engagement, Catalogue.scoreReview] + governing, owner: .any),
        // Links of an observation (site, seams, evidence) are shared work; what was seen stays its author's by class.
        Rule(role: .lead, operations: [.edit, .resolve], types: [Catalogue.observation, Catalogue.quote], owner: .any),
        Rule(role: .lead, operations: [.create], types: [Catalogue.redaction, Catalogue.snapshot, Catalogue.interviewReview], owner: .any),
        Rule(role: .analyst, operations: [.create, .edit, .resolve], types: [Catalogue.pool] + gates + governing, owner: .any),
        // What is frozen stays as it is: nobody edits or deletes it.
        Rule(role: .analyst, operations: [.create], types: [Catalogue.snapshot], owner: .any),
    ]

    public static func reading(of role: Role) -> Reading {
        switch role {
        case .consultant, .lead: .everything
        case .analyst: .withoutSensitive
        case .tenantAdmin: .directory
        case .clientViewer: .published
        }
    }

    /// May `role` do this to records of `type` that are its own, or another's?
    public static func allows(_ role: Role, _ operation: Operation, _ type: RecordType, isOwn: Bool) -> Bool {
        let mask = masks[Int(role.rawValue)][Int(type.number)]
        return mask >> UInt16(operation.rawValue * 2) & (isOwn ? 0b11 : 0b01) != 0
    }

    /// Two bits an operation: any, own.
    private static let masks: [[UInt16]] = {
        let width = Int(Catalogue.types.map(\.number).max() ?? 0) + 1
        var table = [[UInt16]](repeating: [UInt16](repeating: 0, count: width), count: Role.allCases.count + 1)
        for rule in rules {
            for type in rule.types {
                for operation in rule.operations {
                    table[Int(rule.role.rawValue)][Int(type.number)] |= (rule.owner == .any ? 0b01 : 0b10) << UInt16(operation.rawValue * 2)
                }
            }
        }
        return table
    }()

    /// The table in words: a line a record type, a column a role. C create, E edit, D delete, R resolve; in small letters where
    /// only one's own.
    public static var text: String {
        let letters = ["C", "E", "D", "R"]
        var rows = [["record type"] + Role.allCases.map(\.key)]
        for type in Catalogue.types {
            rows.append([type.key] + Role.allCases.map { role in
                let cell = Operation.allCases.map { operation in
                    allows(role, operation, type, isOwn: false) ? letters[operation.rawValue]
                        : allows(role, operation, type, isOwn: true) ? letters[operation.rawValue].lowercased() : ""
                }.joined()
                return cell.isEmpty ? "-" : cell
            })
        }
        rows.append(["reads"] + Role.allCases.map { reading(of: $0).rawValue })
        let widths = (0...Role.allCases.count).map { column in rows.map { $0[column].utf8.count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0.0 + String(repeating: " ", count: $0.1 - $0.0.utf8.count) }.joined(separator: "  ")
        }.joined(separator: "\n") + "\n"
    }
}
