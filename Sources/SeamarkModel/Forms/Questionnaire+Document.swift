extension Questionnaire {
    /// The form as a document (`seamark-questionnaire`, version 1). The same form gives the same document, whatever file it came in.
    public var json: JSONValue {
        .object([
            JSONMember("format", "seamark-questionnaire"), JSONMember("version", 1), JSONMember("key", .string(key)), JSONMember("edition", .string(edition)),
            JSONMember("title", .string(title)), JSONMember("languages", .array(languages.map { .string($0) })), JSONMember("items", .array(items.map(json))),
            JSONMember("lists", .array(lists.map { list in
                .object([
                    JSONMember("name", .string(list.name)),
                    JSONMember("choices", .array(list.choices.map { .object([JSONMember("name", .string($0.name)), JSONMember("label", json($0.label))]) })),
                ])
            })),
        ])
    }

    private func json(_ item: Item) -> JSONValue {
        var members = [JSONMember("name", .string(item.name)), JSONMember("type", .string(item.kind.word))]
        func add(_ name: String, _ words: FormWords) { if !words.isEmpty { members.append(JSONMember(name, json(words))) } }
        func add(_ name: String, _ logic: FormLogic?) { if let logic { members.append(JSONMember(name, .string(logic.source))) } }
        if let list = item.kind.list { members.append(JSONMember("list", .string(list))) }
        add("label", item.label)
        add("hint", item.hint)
        add("required", item.required)
        add("requiredMessage", item.requiredMessage)
        add("relevant", item.relevant)
        add("constraint", item.constraint)
        add("constraintMessage", item.constraintMessage)
        if item.kind == .group { members.append(JSONMember("items", .array(item.items.map(json)))) }
        return .object(members)
    }

    /// In the form's order of languages.
    private func json(_ words: FormWords) -> JSONValue {
        .object(languages.compactMap { language in words.texts[language].map { JSONMember(language, .string($0)) } })
    }
}

extension Questionnaire.Kind {
    /// As the form language calls it.
    public var word: String {
        switch self {
        case .text: "text"
        case .integer: "integer"
        case .decimal: "decimal"
        case .date: "date"
        case .selectOne: "select_one"
        case .selectMultiple: "select_multiple"
        case .note: "note"
        case .group: "group"
        }
    }
}
