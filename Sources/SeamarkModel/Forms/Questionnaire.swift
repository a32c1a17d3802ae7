/// Additional questions of a firm's or a client's own, beside the instrument: an XLSForm (xlsform.org) within a stated subset, read once and whole.
///
/// What a form asks for and this cannot do is refused when it is read (`FormRefusal`), never left out in silence: a form that was taken over asks
/// every question that its author wrote, under every condition.
public struct Questionnaire: Hashable, Sendable {
    /// The form's id: letters, digits, `-`, `_`, `.`.
    public let key: String
    /// The form's version as its author wrote it; `1` where there is none.
    public let edition: String
    public let title: String
    /// The languages of its texts, the one that is shown without asking first. A form that names none has one, `default`.
    public let languages: [String]
    /// In the form's order; what a group holds is in it.
    public let items: [Item]
    /// Choice lists that questions use, in the order of their first use.
    public let lists: [ChoiceList]

    /// `site-check@3`: how answers name it.
    public var reference: String { "\(key)@\(edition)" }

    public enum Kind: Hashable, Sendable {
        case text, integer, decimal, date
        /// Of the list of that name.
        case selectOne(String)
        case selectMultiple(String)
        /// Words that are shown and not answered.
        case note
        case group

        public var isAnswered: Bool {
            switch self {
            case .text, .integer, .decimal, .date, .selectOne, .selectMultiple: true
            case .note, .group: false
            }
        }

        public var list: String? {
            switch self {
            case .selectOne(let list), .selectMultiple(let list): list
            case .text, .integer, .decimal, .date, .note, .group: nil
            }
        }
    }

    /// A question, a note or a group.
    public struct Item: Hashable, Sendable {
        public let name: String
        public let kind: Kind
        public let label: FormWords
        public let hint: FormWords
        /// Must be answered where this comes to true.
        public let required: FormLogic?
        public let requiredMessage: FormWords
        /// Is asked where this comes to true, and where the groups around it are.
        public let relevant: FormLogic?
        /// An answer is taken where this comes to true.
        public let constraint: FormLogic?
        public let constraintMessage: FormWords
        /// Of a group.
        public let items: [Item]
    }

    public struct ChoiceList: Hashable, Sendable {
        public struct Choice: Hashable, Sendable {
            public let name: String
            public let label: FormWords
        }

        public let name: String
        /// Names occur once.
        public let choices: [Choice]
    }

    public func list(_ name: String) -> ChoiceList? { lists.first { $0.name == name } }

    /// Every question, note and group, each behind the group that it is in.
    public var all: [Item] { Self.flat(items) }

    static func flat(_ items: [Item]) -> [Item] { items.flatMap { [$0] + flat($0.items) } }

    // MARK: - Bounds

    public static let mostItems = 1000
    public static let mostChoices = 2000
    public static let mostLanguages = 20
    public static let deepestGroup = 10

    /// What keys and editions are made of.
    static func isCode(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
        case _: false
        }
    }

    /// Names of questions and groups: letters, digits, `-`, `_`, `.`, beginning with a letter or `_`, at most 120.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 120 else { return false }
        func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 }
        return isLetter(first) && text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 }
    }
}

/// Words in the languages of a form. What a language does not have is shown in the first one that has it.
public struct FormWords: Hashable, Sendable {
    /// By language; no text is empty.
    public let texts: [String: String]

    public init(_ texts: [String: String]) { self.texts = texts.filter { !$0.value.isEmpty } }

    public static let none = FormWords([:])

    public var isEmpty: Bool { texts.isEmpty }

    /// In the language, or else in the first of `languages` that has a text.
    public func text(in language: String, of languages: [String]) -> String? {
        texts[language] ?? languages.lazy.compactMap { texts[$0] }.first
    }

    /// The questions whose answers are shown in the words.
    var references: Set<String> {
        var names: Set<String> = []
        for text in texts.values { for case .answer(let name) in Self.parts(text) { names.insert(name) } }
        return names
    }

    enum Part: Hashable {
        case words(Substring)
        case answer(String)
    }

    /// Words and, as `${name}`, answers that are shown among them.
    static func parts(_ text: String) -> [Part] {
        var (parts, rest) = ([Part](), text[...])
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            parts.append(.words(rest[..<start.lowerBound]))
            parts.append(.answer(FormTextTables.trimmed(rest[start.upperBound..<end])))
            rest = rest[rest.index(after: end)...]
        }
        return parts + [.words(rest)]
    }
}
