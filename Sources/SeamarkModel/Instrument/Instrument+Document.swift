import SeamarkJournal

extension Instrument {
    /// An instrument holds at most this many domains, and a domain this many questions.
    static let mostDomains = 60
    static let mostQuestions = 200

    /// Reads a published document (`seamark-instrument`, version 1), whole or not at all.
    public init(document: String) throws(InstrumentError) {
        let json: JSONValue
        do throws(JSONError) { json = try JSONParser.parse(document, atMost: 1024 * 1024) } catch { throw .notJSON(error) }
        try self.init(json: json)
    }

    public init(json: JSONValue) throws(InstrumentError) {
        guard json["format"]?.text == "seamark-instrument", json["version"]?.integer == 1 else { throw .otherFormat }
        key = try Self.code(json["key"], "key")
        guard let edition = json["edition"]?.integer, (1...100_000).contains(edition) else { throw .invalid(place: "edition", needs: "a whole number from 1") }
        self.edition = Int(edition)
        language = try Self.code(json["language"], "language")
        name = try Self.text(json["name"], "name")
        guard let rows = json["domains"]?.elements, (1...Self.mostDomains).contains(rows.count) else {
            throw .invalid(place: "domains", needs: "1 to \(Self.mostDomains) domains")
        }
        var domains: [InstrumentDomain] = []
        var codes: Set<String> = []
        var ids: Set<String> = []
        for (index, row) in rows.enumerated() {
            let domain = try Self.domain(row, "domains[\(index)]", &ids)
            guard codes.insert(domain.code).inserted else { throw .invalid(place: "domains[\(index)].code", needs: "a code that no other domain has") }
            domains.append(domain)
        }
        try Self.judgeComparable(domains, edition: self.edition)
        self.domains = domains
        var entries: [CategoryMatrix.Entry] = []
        for row in json["matrix"]?.members ?? [] {
            guard let category = LeakageCategory(rawValue: row.name), let weights = row.value.members else {
                throw .invalid(place: "matrix", needs: "an object of weights for each of EXPEDITE, QUALITY, LABOUR, PENALTY, DOWNTIME")
            }
            for weight in weights {
                guard codes.contains(weight.name), let value = weight.value.number, (0...100).contains(value) else {
                    throw .invalid(place: "matrix.\(row.name)", needs: "weights from 0 to 100 for domains of the instrument")
                }
                entries.append(CategoryMatrix.Entry(category, weight.name, value))
            }
        }
        matrix = CategoryMatrix(entries)
    }

    /// The document that `init(document:)` reads.
    public var json: JSONValue {
        .object([
            JSONMember("format", "seamark-instrument"), JSONMember("version", 1), JSONMember("key", .string(key)),
            JSONMember("edition", .integer(Int64(edition))), JSONMember("language", .string(language)), JSONMember("name", .string(name)),
            JSONMember("matrix", .object(LeakageCategory.allCases.compactMap { category in
                let weights = matrix.entries.filter { $0.category == category }.map { JSONMember($0.domain, Self.number($0.weight)) }
                return weights.isEmpty ? nil : JSONMember(category.rawValue, .object(weights))
            })),
            JSONMember("domains", .array(domains.map { domain in
                .object([
                    JSONMember("code", .string(domain.code)), JSONMember("key", .string(domain.key)), JSONMember("name", .string(domain.name)),
                    JSONMember("description", .string(domain.description)), JSONMember("mayBeNotAssessed", .bool(domain.mayBeNotAssessed)),
                    JSONMember("drives", .array(domain.drives.map { .string($0.rawValue) })), JSONMember("evidence", .string(domain.evidence)),
                    JSONMember("questions", .array(domain.questions.map(Self.json))),
                ])
            })),
        ])
    }

    private static func json(_ question: InstrumentQuestion) -> JSONValue {
        var members = [
            JSONMember("id", .string(question.id)), JSONMember("text", .string(question.text)),
            JSONMember("asked", .array(question.asked.map { .string($0.rawValue) })), JSONMember("weight", number(question.weight)),
            JSONMember("anchors", .object(question.anchors.map { JSONMember(String($0.score), .string($0.text)) })),
        ]
        if !question.comparable.isEmpty {
            members.append(JSONMember("comparable", .object(question.comparable.map { JSONMember(String($0.edition), .string($0.question)) })))
        }
        return .object(members)
    }

    // MARK: - Parts

    private static func domain(_ json: JSONValue, _ place: String, _ ids: inout Set<String>) throws(InstrumentError) -> InstrumentDomain {
        guard let rows = json["questions"]?.elements, (1...mostQuestions).contains(rows.count) else {
            throw .invalid(place: place + ".questions", needs: "1 to \(mostQuestions) questions")
        }
        var questions: [InstrumentQuestion] = []
        for (index, row) in rows.enumerated() {
            let question = try question(row, "\(place).questions[\(index)]")
            guard ids.insert(question.id).inserted else {
                throw .invalid(place: "\(place).questions[\(index)].id", needs: "an id that no other question of the instrument has")
            }
            questions.append(question)
        }
        return InstrumentDomain(
            code: try code(json["code"], place + ".code"), key: try code(json["key"], place + ".key"), name: try text(json["name"], place + ".name"),
            description: try text(json["description"], place + ".description"), mayBeNotAssessed: json["mayBeNotAssessed"]?.bool ?? false,
            drives: try choices(json["drives"], place + ".drives"), evidence: try text(json["evidence"], place + ".evidence"), questions: questions)
    }

    private static func question(_ json: JSONValue, _ place: String) throws(InstrumentError) -> InstrumentQuestion {
        let weight = json["weight"]?.number ?? 1
        guard weight > 0, weight <= 100 else { throw .invalid(place: place + ".weight", needs: "a weight above 0 and at most 100") }
        var anchors: [InstrumentQuestion.Anchor] = []
        for member in json["anchors"]?.members ?? [] {
            guard let score = Int(member.name), (0...4).contains(score), anchors.last.map({ $0.score < score }) ?? true else {
                throw .invalid(place: place + ".anchors", needs: "scores from 0 to 4, ascending")
            }
            anchors.append(InstrumentQuestion.Anchor(score: score, text: try text(member.value, place + ".anchors")))
        }
        guard anchors.first?.score == 0, anchors.last?.score == 4 else { throw .invalid(place: place + ".anchors", needs: "at least what 0 and 4 mean") }
        let asked: [RespondentLevel] = try choices(json["asked"], place + ".asked")
        guard !asked.isEmpty else { throw .invalid(place: place + ".asked", needs: "at least one level") }
        var comparable: [InstrumentQuestion.Former] = []
        for member in json["comparable"]?.members ?? [] {
            guard let edition = Int(member.name), String(edition) == member.name, edition >= 1, comparable.last.map({ $0.edition < edition }) ?? true else {
                throw .invalid(place: place + ".comparable", needs: "numbers of earlier editions, ascending")
            }
            comparable.append(InstrumentQuestion.Former(edition: edition, question: try code(member.value, place + ".comparable")))
        }
        return InstrumentQuestion(
            id: try code(json["id"], place + ".id"), text: try text(json["text"], place + ".text"), asked: asked, weight: weight, anchors: anchors,
            comparable: comparable)
    }

    /// One answer becomes one answer: no two questions may claim the same former one.
    private static func judgeComparable(_ domains: [InstrumentDomain], edition: Int) throws(InstrumentError) {
        var claimed: Set<InstrumentQuestion.Former> = []
        for question in domains.flatMap(\.questions) {
            for former in question.comparable {
                guard former.edition < edition else { throw .invalid(place: "question \(question.id)'s comparable", needs: "editions before its own") }
                guard claimed.insert(former).inserted else {
                    throw .invalid(place: "question \(question.id)'s comparable", needs: "questions that no other question is comparable with")
                }
            }
        }
    }

    private static func choices<Choice: RawRepresentable<String> & CaseIterable & Hashable>(
        _ json: JSONValue?, _ place: String
    ) throws(InstrumentError) -> [Choice] {
        var choices: [Choice] = []
        for element in json?.elements ?? [] {
            guard let choice = element.text.flatMap({ Choice(rawValue: $0) }), !choices.contains(choice) else {
                throw .invalid(place: place, needs: "each once of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
            }
            choices.append(choice)
        }
        return choices
    }

    private static func code(_ json: JSONValue?, _ place: String) throws(InstrumentError) -> String {
        guard let text = json?.text, FieldKind.code.fault(in: .text(text)) == nil else {
            throw .invalid(place: place, needs: "1 to 40 letters, digits, '-', '_' or '.'")
        }
        return text
    }

    private static func text(_ json: JSONValue?, _ place: String) throws(InstrumentError) -> String {
        guard let text = json?.text, FieldKind.text(TextRule(longest: 1000)).fault(in: .text(text)) == nil else {
            throw .invalid(place: place, needs: "a text of 1 to 1,000 characters on one line")
        }
        return text
    }

    private static func number(_ value: Double) -> JSONValue {
        value == value.rounded() ? .integer(Int64(value)) : .number(value)
    }
}
