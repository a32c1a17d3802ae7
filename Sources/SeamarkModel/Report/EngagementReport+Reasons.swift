// Why it is a draft, and what is to be looked at, in words for a board: without the names of fields, and without the handles of people.
extension EngagementReport {
    /// For page one: what stands in the way of each condition that is not met. Where that takes more lines than the figure, its range and what the board is
    /// asked for leave on a sheet of Letter, the longest are told in brief: how many and the first of them, then how many.
    public var reasonsInBrief: [String] {
        let forms = gate.conditions.filter { $0.outcome != .met }.map { condition -> [[String]] in
            let words = told(condition), obstacle = condition.obstacle.capitalizedWord
            guard words.count > 1 else { return [words, [obstacle + "."]] }
            let count = "\(obstacle), \(ReportFigures.whole(Double(words.count))) times."
            return [words, ["\(count) The first: \(words[0])"], [count]]
        }
        var chosen = Array(repeating: 0, count: forms.count)
        func height(_ place: Int) -> Int { forms[place][chosen[place]].reduce(0) { $0 + Self.printedLines($1) } }
        func mayBeShorter(_ place: Int) -> Bool { chosen[place] + 1 < forms[place].count }
        // What a preview says of itself stands above them.
        let room = provenance.preview == nil ? Self.reasonLines : Self.reasonLines - 2
        while forms.indices.reduce(0, { $0 + height($1) }) > room, let longest = forms.indices.filter(mayBeShorter).max(by: { height($0) < height($1) }) {
            chosen[longest] += 1
        }
        return forms.indices.flatMap { forms[$0][chosen[$0]] }
    }

    /// Lines that reasons may take: a sheet of Letter holds one or two more, below a long title and above three long decisions.
    private static let reasonLines = 6

    /// About how many lines a reason takes in the printed list of them.
    private static func printedLines(_ words: String) -> Int { Int(min(1000, (ReportDrawing.width(of: words) / 660).rounded(.up))) }

    /// Below them, where not all of them stand there.
    public var reasonsElsewhere: String? {
        reasonsInBrief == gate.conditions.filter { $0.outcome != .met }.flatMap(told) ? nil : "All of them stand under “Gate before the board”."
    }

    /// What was found of a condition of the gate.
    func told(_ condition: ReportGate.Condition) -> [String] {
        guard condition.outcome != .met else { return condition.words }
        let captured = Dictionary(findings.map { (ReportText.sentence(ReportText.clean($0.description)), $0) }) { first, _ in first }
        return condition.words.map { words in
            if let finding = captured[words] { return ReportText.sentence("\(subject(finding)): \(ReportText.clean(Self.withoutPeople(finding)))") }
            for conflict in conflicts {
                let beginning = "\(conflict.record), \(conflict.field):"
                if words.hasPrefix(beginning) { return "\(conflict.record), \(conflict.fieldName):" + words.dropFirst(beginning.count) }
            }
            return words
        }
    }

    /// What is to be looked at, a sentence for each kind: records of which the same is to be said stand together.
    var pointsToCheck: [String] {
        var order: [String] = [], names: [String: [String]] = [:], ofPeople = 0
        for finding in findings {
            guard finding.type != Catalogue.person.number else {
                ofPeople += 1
                continue
            }
            let matter = Self.matter(finding)
            // What names its field before its words, and of whom the words speak.
            let key = (Self.field(finding).map { ", \($0)" } ?? "") + ": " + matter
            if names[key] == nil { order.append(key) }
            let name = ReportText.clean(finding.name)
            if names[key, default: []].last != name { names[key, default: []].append(name) }
        }
        var points = order.map { key in ReportText.sentence(Self.list(names[key] ?? []) + key) }
        if ofPeople > 0 { points.append("People: \(Self.counted(ofPeople, "point")) to check in the list of those who were asked; the team sees them with “seamark check”.") }
        return points
    }

    private func subject(_ finding: Finding) -> String {
        finding.type == Catalogue.person.number ? "People" : ReportText.clean(finding.name) + (Self.field(finding).map { ", \($0)" } ?? "")
    }

    /// The name of the field; nil where the words say it.
    private static func field(_ finding: Finding) -> String? {
        if finding.kind == .ownerMissing || finding.kind == .deciderMissing || finding.kind == .noConsent { return nil }
        guard let key = finding.field else { return nil }
        return Catalogue.type(finding.type)?.field(key: key)?.label ?? FieldDefinition.words(of: key)
    }

    /// What is the matter, without what a consultant is to do about it.
    private static func matter(_ finding: Finding) -> String {
        switch (finding.kind, finding.field) {
        case (.ownerMissing, "ownerFrom"): "nobody owns the giving side"
        case (.ownerMissing, _): "nobody owns the receiving side"
        case (.deciderMissing, let field): "nobody is named as \(field ?? "decider")"
        case (_, _): ReportText.clean(withoutPeople(finding).split(separator: ";", maxSplits: 1).first.map(String.init) ?? finding.words)
        }
    }

    /// Who has not consented is nobody's business but the team's.
    private static func withoutPeople(_ finding: Finding) -> String {
        guard finding.kind == .noConsent, let place = finding.words.firstRange(of: " has not given consent") else { return finding.words }
        return "somebody who was asked" + finding.words[place.lowerBound...]
    }

    /// "L1, L2 and L6".
    static func list(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension EngagementReport.OpenConflict {
    /// What is in dispute, in words.
    var fieldName: String {
        if field == "life" { return "whether it is deleted" }
        return Catalogue.types.first { $0.label == type }?.field(key: field)?.label ?? FieldDefinition.words(of: field)
    }
}
