/// How long texts may be.
extension GuidedInterview {
    /// A text in parts of so many characters at most.
    static func parts(_ text: String, _ longest: Int) -> [String] {
        var parts: [String] = []
        var rest = Array(text.unicodeScalars)[...]
        while !rest.isEmpty {
            var part = String.UnicodeScalarView()
            part.append(contentsOf: rest.prefix(longest))
            parts.append(String(part))
            rest = rest.dropFirst(longest)
        }
        return parts
    }

    /// How many characters the field takes.
    static func longest(_ use: TextUse) -> Int {
        let field: FieldDefinition? =
            switch use {
            case .rationale: Catalogue.answer.field(key: "rationale")
            case .note: Catalogue.observation.field(key: "text")
            case .quote: Catalogue.quote.field(key: "text")
            case .seam: Catalogue.seam.field(key: "name")
            case .decision: Catalogue.decisionRight.field(key: "name")
            case .leak: Catalogue.leakageLine.field(key: "title")
            case .reference, .jump, .search, .own: nil
            }
        if case .own = use { return FormInterview.longestText }
        if case .text(let rule)? = field?.kind { return rule.longest }
        return 300
    }
}
