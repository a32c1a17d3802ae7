extension Questionnaire {
    /// The form as one text, the same for the same form: what a record holds.
    public var document: String {
        var bytes: [UInt8] = []
        JSONWriter.write(json, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same form under another key.
    public init(_ form: Questionnaire, key: String) {
        self.init(key: key, edition: form.edition, title: form.title, languages: form.languages, items: form.items, lists: form.lists)
    }

    public static func isKey(_ text: String) -> Bool { (1...40).contains(text.unicodeScalars.count) && text.unicodeScalars.allSatisfy(isCode) }

    /// Reads what `document` wrote, whole or not at all: whoever holds a record has a form that keeps every rule that forms are read by.
    public init(document: String) throws(QuestionnaireDocumentError) {
        let json: JSONValue
        do throws(JSONError) { json = try JSONParser.parse(document, atMost: 4 * HeldQuestionnaire.longestDocument) } catch { throw .notJSON(error) }
        guard json["format"]?.text == "seamark-questionnaire", let version = json["version"]?.integer else { throw .otherFormat }
        guard version == 1 else { throw version > 1 ? .newerVersion : .otherFormat }
        var reader = DocumentReader()
        let key = try reader.text(json["key"], "key", most: 40), edition = try reader.text(json["edition"], "edition", most: 40)
        guard Self.isKey(key), Self.isKey(edition) else { throw .invalid("key") }
        let title = try reader.text(json["title"], "title", most: 120)
        guard !title.unicodeScalars.contains(where: \.steers) else { throw .invalid("title") }
        let languages = try reader.elements(json["languages"], "languages", 1...Self.mostLanguages).map { value throws(QuestionnaireDocumentError) in
            try reader.text(value, "languages", most: 120)
        }
        guard Set(languages).count == languages.count, !languages.contains(where: { $0.unicodeScalars.contains(where: \.steers) }) else { throw .invalid("languages") }
        reader.languages = languages
        let lists = try reader.lists(json["lists"])
        reader.known = Set(lists.map(\.name))
        let items = try reader.items(json["items"], depth: 0)
        guard !items.isEmpty else { throw .invalid("items") }
        self.init(key: key, edition: edition, title: title, languages: languages, items: items, lists: lists)
        let all = self.all
        var used: [String] = []
        for list in all.compactMap(\.kind.list) where !used.contains(list) { used.append(list) }
        guard Set(all.map(\.name)).count == all.count, used == lists.map(\.name) else { throw .invalid("items") }
        var faults = FormFaults()
        FormReferences(items: items, places: [:], table: FormTable(FormSheet(name: "survey", rows: []), faults: &faults), facts: []).check(&faults)
        guard faults.all.isEmpty else { throw .invalid("references") }
        // Whatever it says beyond this, in another order or in another spelling would be lost when it is written again.
        guard self.document == document else { throw .notCanonical }
    }
}

private struct DocumentReader {
    typealias Failure = QuestionnaireDocumentError

    var languages: [String] = []
    /// Lists that there are.
    var known: Set<String> = []
    private var count = 0

    func text(_ json: JSONValue?, _ place: String, most: Int) throws(Failure) -> String {
        guard let text = json?.text, (1...most).contains(text.unicodeScalars.count) else { throw .invalid(place) }
        return text
    }

    func elements(_ json: JSONValue?, _ place: String, _ bounds: ClosedRange<Int>) throws(Failure) -> [JSONValue] {
        guard let elements = json?.elements, bounds.contains(elements.count) else { throw .invalid(place) }
        return elements
    }

    func words(_ json: JSONValue?, _ place: String) throws(Failure) -> FormWords {
        guard let json else { return .none }
        guard let members = json.members, members.count <= Questionnaire.mostLanguages else { throw .invalid(place) }
        var texts: [String: String] = [:]
        for member in members {
            let words = try text(member.value, place, most: FormWordsReader.longest)
            guard languages.contains(member.name), !words.unicodeScalars.contains(where: { $0 != "\n" && $0.steers }) else { throw .invalid(place) }
            texts[member.name] = words
        }
        return FormWords(texts)
    }

    func logic(_ json: JSONValue?, _ place: String) throws(Failure) -> FormLogic? {
        guard let json else { return nil }
        guard let source = json.text, !source.unicodeScalars.contains(where: { $0 != "\n" && $0.steers }) else { throw .invalid(place) }
        do throws(FormLogicError) { return try FormLogic(source) } catch { throw .invalid(place) }
    }

    func lists(_ json: JSONValue?) throws(Failure) -> [Questionnaire.ChoiceList] {
        var (lists, count) = ([Questionnaire.ChoiceList](), 0)
        for list in try elements(json, "lists", 0...Questionnaire.mostItems) {
            let name = try text(list["name"], "lists", most: FormWordsReader.longest)
            var choices: [Questionnaire.ChoiceList.Choice] = []
            for choice in try elements(list["choices"], "lists", 1...Questionnaire.mostChoices) {
                let name = try text(choice["name"], "choices", most: 120), label = try words(choice["label"], "choices")
                guard !name.contains(where: \.isWhitespace), !name.unicodeScalars.contains(where: \.steers), !label.isEmpty else { throw .invalid("choices") }
                choices.append(.init(name: name, label: label))
            }
            count += choices.count
            guard count <= Questionnaire.mostChoices, Set(choices.map(\.name)).count == choices.count, !lists.contains(where: { $0.name == name }),
                !name.unicodeScalars.contains(where: \.steers)
            else { throw .invalid("lists") }
            lists.append(.init(name: name, choices: choices))
        }
        return lists
    }

    mutating func items(_ json: JSONValue?, depth: Int) throws(Failure) -> [Questionnaire.Item] {
        guard depth <= Questionnaire.deepestGroup else { throw .invalid("items") }
        var items: [Questionnaire.Item] = []
        for item in try elements(json, "items", 0...Questionnaire.mostItems) {
            count += 1
            guard count <= Questionnaire.mostItems else { throw .invalid("items") }
            let name = try text(item["name"], "items", most: 120), list = item["list"]?.text
            guard Questionnaire.isName(name), let kind = Questionnaire.Kind(word: item["type"]?.text ?? "", list: list), kind.list.map(known.contains) ?? true else {
                throw .invalid("items")
            }
            let label = try words(item["label"], name), hint = try words(item["hint"], name)
            guard kind == .group || label.texts[languages[0]] != nil || hint.texts[languages[0]] != nil else { throw .invalid(name) }
            let required = try logic(item["required"], name), constraint = try logic(item["constraint"], name)
            guard kind.isAnswered || required == nil && constraint == nil else { throw .invalid(name) }
            items.append(.init(
                name: name, kind: kind, label: label, hint: hint, required: required, requiredMessage: try words(item["requiredMessage"], name),
                relevant: try logic(item["relevant"], name), constraint: constraint, constraintMessage: try words(item["constraintMessage"], name),
                items: kind == .group ? try self.items(item["items"], depth: depth + 1) : []))
        }
        return items
    }
}

extension Questionnaire.Kind {
    /// What `word` and a list say.
    init?(word: String, list: String?) {
        switch (word, list) {
        case ("text", nil): self = .text
        case ("integer", nil): self = .integer
        case ("decimal", nil): self = .decimal
        case ("date", nil): self = .date
        case ("select_one", let list?): self = .selectOne(list)
        case ("select_multiple", let list?): self = .selectMultiple(list)
        case ("note", nil): self = .note
        case ("group", nil): self = .group
        case _: return nil
        }
    }
}
